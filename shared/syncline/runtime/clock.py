"""The machine's clock, and how long somebody waits by it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from syncline.errors import RetryableError


class SystemClock:
    """The Clock port of everything deployed."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Haste:
    """A pause between attempts, which ends them in time: API Gateway waits 30 s and no longer.

    RetryableError instead of a pause that would end later than `seconds` after the beginning.
    """

    def __init__(
        self,
        seconds: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._sleep = sleep
        self._now = now
        self._begun = now()

    def __call__(self, pause: float) -> None:
        if self._now() + pause > self._begun + self._seconds:
            raise RetryableError(
                f"Salesforce could not be reached within {self._seconds:g} seconds",
                code="org_unreachable",
            )
        self._sleep(pause)
