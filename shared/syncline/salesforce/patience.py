"""Trying again what may be tried again: a few times, with growing pauses, never for long."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import SystemRandom
from typing import TypeVar

from syncline.errors import SyncError
from syncline.salesforce.breakage import at_once

T = TypeVar("T")
Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """Calls again after a passing fault. Only for calls that may be made twice.

    With the defaults a call is given up after at most 3.5 s of pauses, for a run's leg has better
    ways of waiting than to sleep in a function.
    """

    pause: Pause = time.sleep
    attempts: int = 4
    first_seconds: float = 0.5

    def __call__(self, call: Callable[[], T]) -> T:
        for attempt in range(self.attempts - 1):
            try:
                return call()
            except SyncError as exc:
                if not at_once(exc):
                    raise
            longest = self.first_seconds * 2.0**attempt
            self.pause(SystemRandom().uniform(longest / 2, longest))
        return call()
