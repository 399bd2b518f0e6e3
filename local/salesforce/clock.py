"""The emulator's own time, which a test sets, so that no test waits for a second to pass."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

#: What the calendar of SOQL and the windows of replication can reckon with.
_FIRST_YEAR: Final = 1_900
_LAST_YEAR: Final = 3_900
_FASTEST: Final = 1_000_000.0


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
        """Stop the clock at a moment; raises ValueError for one that no org lives to see."""
        self._fixed = _lived(moment.astimezone(UTC))

    def advance(self, seconds: float) -> None:
        """Go on by some seconds, fixed or running; raises ValueError as `fix` does."""
        try:
            _lived(self.now() + timedelta(seconds=seconds))
        except OverflowError as error:
            raise ValueError(f"advance is {seconds}; give fewer seconds") from error
        if self._fixed is not None:
            self._fixed += timedelta(seconds=seconds)
        else:
            self._offset += timedelta(seconds=seconds)

    def scale(self, factor: float) -> None:
        """Run on from here, `factor` seconds for each of the machine's; raises ValueError."""
        if not 0 < factor <= _FASTEST:
            raise ValueError(
                f"scale is {factor}; give a number above 0 and up to {_FASTEST:,.0f},"
                " or stop it with now"
            )
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


def _lived(moment: datetime) -> datetime:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"now is {moment.year}; give a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return moment
