"""The emulator's own time, which a test sets, so that no test waits for a second to pass."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


class Clock:
    """Real time plus an offset, or one fixed moment."""

    def __init__(self) -> None:
        self._fixed: datetime | None = None
        self._offset = timedelta()

    def now(self) -> datetime:
        """The moment as the org sees it, in UTC."""
        if self._fixed is not None:
            return self._fixed
        return datetime.fromtimestamp(time.time(), UTC) + self._offset

    def stamp(self) -> datetime:
        """The moment at the second precision of SystemModstamp."""
        return self.now().replace(microsecond=0)

    def fix(self, moment: datetime) -> None:
        """Stop the clock at a moment."""
        self._fixed = moment.astimezone(UTC)

    def advance(self, seconds: float) -> None:
        """Go on by some seconds, fixed or running."""
        if self._fixed is not None:
            self._fixed += timedelta(seconds=seconds)
        else:
            self._offset += timedelta(seconds=seconds)

    def run(self) -> None:
        """Follow the machine's clock again."""
        self._fixed = None
        self._offset = timedelta()

    def http_date(self) -> str:
        """The value of a Date header."""
        return format_datetime(self.stamp(), usegmt=True)
