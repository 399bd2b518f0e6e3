"""The Turnstile port in memory."""

from datetime import UTC, datetime
from typing import Any

from syncline.memory.table import Table


class MemoryTurnstile:
    """Holder and end of each place."""

    def __init__(self) -> None:
        self.places = Table()

    @property
    def writes(self) -> int:
        return self.places.writes

    def enter(self, place: str, holder: str, *, now: datetime, until: datetime) -> bool:
        if self.holder(place, now=now) not in {None, holder}:
            return False
        self.places.put((place,), [holder, until.astimezone(UTC).isoformat()])
        return True

    def leave(self, place: str, holder: str) -> None:
        stored = self.places.get((place,))
        if stored is not None and stored[0] == holder:
            self.places.remove((place,))

    def holder(self, place: str, *, now: datetime) -> str | None:
        stored = self.places.get((place,))
        if stored is None or datetime.fromisoformat(stored[1]) <= now:
            return None
        return str(stored[0])

    def dump(self) -> dict[str, Any]:
        return self.places.dump()
