"""Every request that came in, so that a test counts what a client really sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One request; status 0 is a connection that was cut."""

    method: str
    path: str
    query: str
    endpoint: str
    status: int


class Journal:
    """Requests in order, and their number by class of endpoint."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._counts: Counter[str] = Counter()

    def add(self, entry: Entry) -> None:
        """Take note of one request."""
        self._entries.append(entry)
        self._counts[entry.endpoint] += 1

    def clear(self) -> None:
        """Begin again."""
        self._entries.clear()
        self._counts.clear()

    def answer(self) -> dict[str, object]:
        """What the control route shows."""
        return {
            "total": len(self._entries),
            "counts": dict(sorted(self._counts.items())),
            "entries": [asdict(entry) for entry in self._entries],
        }
