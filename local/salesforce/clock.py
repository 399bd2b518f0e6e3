"""The emulator's own time, which a test sets, so that no test waits for a second to pass."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


class Clock:
    """One fixed moment, or the machine's time plus an offset, faster or slower by a scale."""

    _fixed: datetime | None
    _offset: timedelta
    _scale: float
    _since: float

    def __init__(self) -> None:
        self.run()

    def now(self) -> datetime:
        """The moment as the org sees it, in UTC."""
        if self._fixed is not None:
            return self._fixed
        machine = time.time()
        ahead = timedelta(seconds=(machine - self._since) * (self._scale - 1.0))
        return datetime.fromtimestamp(machine, UTC) + self._offset + ahead

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

    def scale(self, factor: float) -> None:
        """Run on from here, `factor` seconds for each of the machine's; raises ValueError."""
        if factor <= 0:
            raise ValueError(f"scale is {factor}; give a number above 0, or stop it with now")
        start, machine = self.now(), time.time()
        self._fixed, self._scale, self._since = None, factor, machine
        self._offset = start - datetime.fromtimestamp(machine, UTC)

    def run(self) -> None:
        """Follow the machine's clock again."""
        self._fixed = None
        self._offset = timedelta()
        self._scale = 1.0
        self._since = 0.0

    def wait_seconds(self, moment: datetime) -> float | None:
        """The machine's seconds until a moment of the org; None while the clock stands still."""
        if self._fixed is not None:
            return None
        return max(0.0, (moment - self.now()).total_seconds() / self._scale)

    def answer(self) -> dict[str, object]:
        """What the control route shows."""
        return {
            "now": self.now().isoformat(),
            "frozen": self._fixed is not None,
            "scale": self._scale,
        }

    def http_date(self) -> str:
        """The value of a Date header."""
        return format_datetime(self.stamp(), usegmt=True)
