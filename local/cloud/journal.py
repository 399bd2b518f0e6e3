"""What the functions called: every request through a tap, by function, service and operation."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

_KEPT: Final = 200_000


@dataclass(frozen=True, slots=True)
class Call:
    """`function` is a logical id, `status` the HTTP status or 0 when no answer was delivered."""

    function: str
    service: str
    operation: str
    status: int


class Journal:
    """Counts are exact for the whole life; single calls are kept for the last 200,000."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=_KEPT)
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._guard = threading.Lock()

    def add(self, call: Call) -> None:
        with self._guard:
            self._calls.append(call)
            self._counts[call.function, call.service, call.operation] += 1

    def calls(
        self, function: str | None = None, where: Callable[[Call], bool] | None = None
    ) -> Sequence[Call]:
        """Calls in the order in which they were answered."""
        with self._guard:
            kept = tuple(self._calls)
        return [
            call
            for call in kept
            if (function is None or call.function == function) and (where is None or where(call))
        ]

    def count(
        self,
        function: str | None = None,
        service: str | None = None,
        operation: str | None = None,
    ) -> int:
        wanted = (function, service, operation)
        return sum(
            number
            for key, number in self.counts().items()
            if all(want in (None, has) for want, has in zip(wanted, key, strict=True))
        )

    def counts(self) -> dict[tuple[str, str, str], int]:
        """(function, service, operation) → number of requests."""
        with self._guard:
            return dict(self._counts)

    def clear(self) -> None:
        with self._guard:
            self._calls.clear()
            self._counts.clear()
