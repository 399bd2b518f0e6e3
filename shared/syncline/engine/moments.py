"""Times of changes as text: how they are written, and which of two is the later.

A change keeps the fraction of its second (two changes within one second have an order); the stamps
of a CRM are whole seconds. As text `…:09.9Z` would come before `…:09Z`, so times are compared by
`order`, and against a CRM's stamp by `to_the_second`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

_SECONDS: Final = 19
"""Characters of `YYYY-MM-DDTHH:MM:SS`."""


def canonical_instant(moment: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SSZ`: UTC, whole seconds, as the CRM keeps its stamps."""
    return to_the_second(precise_instant(moment))


def precise_instant(moment: datetime) -> str:
    """The same with the fraction of the second, if there is one: three digits or six."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    fine = "seconds" if not utc.microsecond else "microseconds"
    return utc.isoformat(timespec="milliseconds" if _is_in_thousandths(utc) else fine) + "Z"


def _is_in_thousandths(moment: datetime) -> bool:
    return moment.microsecond > 0 and moment.microsecond % 1000 == 0


def order(at: str) -> str:
    """What a time is compared by: `…:09` < `…:09.9` < `…:09.95` < `…:10`. Empty is before all."""
    return at.removesuffix("Z")


def to_the_second(at: str) -> str:
    """The time as a CRM would stamp it. Empty stays empty."""
    return f"{at[:_SECONDS]}Z" if len(at) > _SECONDS else at


def latest(times: Iterable[str]) -> str:
    """Empty of none."""
    return max(times, key=order, default="")
