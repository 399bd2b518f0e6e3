"""How often and how long to wait where a batch was refused in part."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Waits between attempts, doubling, with full jitter so that writers do not meet again.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    """

    attempts: int = 8
    first_seconds: float = 0.05
    most_seconds: float = 2.0
    sleep: Callable[[float], None] = time.sleep

    def __iter__(self) -> Iterator[int]:
        """The number of each attempt; sleeps before all but the first."""
        for attempt in range(self.attempts):
            if attempt:
                longest = min(self.most_seconds, self.first_seconds * 2 ** (attempt - 1))
                self.sleep(random.uniform(0, longest))  # noqa: S311 - no secret depends on it
            yield attempt
