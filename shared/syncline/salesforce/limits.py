"""What the org's API allowance looks like, as each answer tells it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic

from simple_salesforce.api import Salesforce
from simple_salesforce.util import PerAppUsage, Usage


@dataclass(slots=True)
class Meter:
    """Counts API requests, and keeps the allowance and the clock from the last answer's headers.

    Every HTTP call to the API counts one against the org's allowance, a describe and a poll too;
    logins do not.
    """

    requests: int = 0
    usage: dict[str, Usage | PerAppUsage] = field(default_factory=dict)
    """`api-usage` and `per-app-api-usage` of Sforce-Limit-Info."""
    date: datetime | None = None
    """The Date header of the last answer: Salesforce's clock, whole seconds."""
    _heard: float = 0.0

    def hear(self, *, date: str | None, limit_info: str | None) -> None:
        if date:
            self.date = parsedate_to_datetime(date).astimezone(UTC)
            self._heard = monotonic()
        if limit_info:
            self.usage = dict(Salesforce.parse_api_usage(limit_info))

    def estimate(self) -> float | None:
        """Seconds since the epoch on Salesforce's clock at this moment, or None before an answer.

        Never ahead of it by more than the way of the last answer.
        """
        if self.date is None:
            return None
        return self.date.timestamp() + monotonic() - self._heard
