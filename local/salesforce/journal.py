"""Every request that came in, so that a test counts what a client really sent."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Final

#: Entries that are kept; the counts go on for ever.
KEPT: Final = 100_000
#: Entries in one answer unless asked otherwise.
PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One request; status 0 is a connection that was cut. Sizes are of bodies, in bytes.

    `bytes_out` is what was sent, zipped where it was; without sockets it is the answer's own size.
    """

    method: str
    path: str
    query: str
    endpoint: str
    status: int
    user_id: str = ""
    bytes_in: int = 0
    bytes_out: int = 0
    fault: str | None = None


class Journal:
    """Requests in order, numbered from 1 since the last `clear`, and sums over all of them."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._total = 0
        self._bytes = [0, 0]
        self._by: dict[str, Counter[str]] = {}
        self.clear()

    def add(self, entry: Entry) -> None:
        """Take note of one request."""
        self._entries.append(entry)
        self._total += 1
        self._bytes[0] += entry.bytes_in
        self._bytes[1] += entry.bytes_out
        self._by["counts"][entry.endpoint] += 1
        self._by["users"][entry.user_id or "none"] += 1
        self._by["statuses"][str(entry.status)] += 1
        if entry.fault is not None:
            self._by["faults"][entry.fault] += 1

    def clear(self) -> None:
        """Begin again."""
        self._entries.clear()
        self._total = 0
        self._bytes = [0, 0]
        self._by = {name: Counter() for name in ("counts", "users", "statuses", "faults")}

    def answer(self, *, since: int = 0, limit: int = PAGE) -> dict[str, object]:
        """What the control route shows: entries after number `since`; `next` goes on."""
        first = self._total - len(self._entries) + 1
        skipped = max(0, since + 1 - first)
        found = list(islice(self._entries, skipped, skipped + limit))
        last = first + skipped + len(found) - 1
        return {
            "total": self._total,
            "bytes_in": self._bytes[0],
            "bytes_out": self._bytes[1],
            **{name: dict(sorted(counter.items())) for name, counter in self._by.items()},
            "entries": [
                {"number": first + skipped + at, **asdict(entry)} for at, entry in enumerate(found)
            ],
            "next": last if last < self._total else None,
        }
