"""How many long requests run at the same time: from 20 seconds on a request counts.

Production orgs and sandboxes allow 25, Developer Edition and trials 5; shorter ones have no limit.
https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_api.htm
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

LONG: Final = timedelta(seconds=20)


class LongRequests:
    """The requests that are being served, by the moment of the org's clock they began."""

    def __init__(self) -> None:
        self._running: dict[int, datetime] = {}
        self._last = 0

    def full(self, now: datetime, number: int, most: int) -> bool:
        """Whether as many run beside this one as may."""
        others = (begun for each, begun in self._running.items() if each != number)
        return sum(now - begun >= LONG for begun in others) >= most

    def enter(self, now: datetime, *, seconds: float = 0.0) -> int:
        """A request begins; one that is known to be slow counts from the start."""
        self._last += 1
        slow = timedelta(seconds=seconds) >= LONG
        self._running[self._last] = now - LONG if slow else now
        return self._last

    def leave(self, number: int) -> None:
        """It has ended."""
        del self._running[number]
