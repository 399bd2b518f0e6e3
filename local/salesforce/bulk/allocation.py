"""What of the daily allocations is used, over the last 24 hours.

https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_bulkapi.htm
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import Final

_DAY: Final = timedelta(days=1)


class _Window:
    """A count that forgets what is older than a day; takings within a minute are one entry."""

    def __init__(self) -> None:
        self._entries: deque[tuple[datetime, int]] = deque()
        self._total = 0

    def used(self, now: datetime) -> int:
        """How many were taken within a day."""
        while self._entries and now - self._entries[0][0] >= _DAY:
            self._total -= self._entries.popleft()[1]
        return self._total

    def take(self, now: datetime, count: int, limit: int) -> bool:
        """Whether the limit leaves room for them; then they are taken."""
        if self.used(now) + count > limit:
            return False
        self.add(now, count)
        return True

    def add(self, now: datetime, count: int) -> None:
        """What was used, whatever the limit."""
        minute = now.replace(second=0, microsecond=0)
        if self._entries and self._entries[-1][0] == minute:
            count_before = self._entries.pop()[1]
            self._entries.append((minute, count_before + count))
        else:
            self._entries.append((minute, count))
        self._total += count


class Allocation:
    """Batches of ingest (shared by both Bulk APIs), its records; query jobs and their results."""

    def __init__(self) -> None:
        self._batches = _Window()
        self._records = _Window()
        self._queries = _Window()
        self._results = _Window()

    def batches(self, now: datetime) -> int:
        """`DailyBulkApiBatches` used."""
        return self._batches.used(now)

    def queries(self, now: datetime) -> int:
        """`DailyBulkV2QueryJobs` used."""
        return self._queries.used(now)

    def results(self, now: datetime) -> int:
        """Bytes of the results of queries."""
        return self._results.used(now)

    def add_result(self, now: datetime, size: int) -> None:
        """The bytes of a result; the one that goes over the limit is written all the same."""
        self._results.add(now, size)

    def take_batch(self, now: datetime, limit: int) -> bool:
        """One batch of up to 10,000 records; False when the day has none left."""
        return self._batches.take(now, 1, limit)

    def take_records(self, now: datetime, count: int, limit: int) -> bool:
        """Some records; False when the day has no room for them."""
        return self._records.take(now, count, limit)

    def take_query(self, now: datetime, limit: int) -> bool:
        """One query job; False when the day has none left."""
        return self._queries.take(now, 1, limit)
