"""Kill points: the process of a function is killed just before or just after its k-th call."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum


class When(StrEnum):
    """BEFORE: the call never arrives. AFTER: it took effect, but its answer was never seen."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True)
class KillPoint:
    """Armed once for one function; `fired` is set when the process has been killed.

    `service` and `operation` say at which call, `seen` how many calls were counted so far.
    """

    function: str
    k: int
    when: When
    seen: int = 0
    service: str = ""
    operation: str = ""
    fired: threading.Event = field(default_factory=threading.Event)


class KillSwitch:
    """The armed points; a function has at most one at a time, a new one replaces it."""

    def __init__(self) -> None:
        self._armed: dict[str, KillPoint] = {}
        self._guard = threading.Lock()

    def arm(self, function: str, k: int, when: When) -> KillPoint:
        """Count the calls of `function` from now on, the first is number 1."""
        if k < 1:
            raise ValueError("calls are counted from 1")
        point = KillPoint(function, k, when)
        with self._guard:
            self._armed[function] = point
        return point

    def disarm(self, function: str | None = None) -> None:
        with self._guard:
            for name in [function] if function else list(self._armed):
                self._armed.pop(name, None)

    def next_call(self, function: str, service: str, operation: str) -> KillPoint | None:
        """Count one call; the point when this is the call to die at."""
        with self._guard:
            point = self._armed.get(function)
            if point is None:
                return None
            point.seen += 1
            if point.seen < point.k:
                return None
            del self._armed[function]
        point.service, point.operation = service, operation
        return point
