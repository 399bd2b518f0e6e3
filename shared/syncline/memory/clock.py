"""A clock that stands still until it is told to go on."""

from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)


class MemoryClock:
    """Aware, UTC."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def advance(self, by: timedelta) -> datetime:
        """Goes on by so much (backwards, if negative) and tells the new time."""
        self._now += by
        return self._now
