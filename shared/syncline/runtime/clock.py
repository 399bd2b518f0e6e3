"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """The Clock port of everything deployed."""

    def now(self) -> datetime:
        return datetime.now(UTC)
