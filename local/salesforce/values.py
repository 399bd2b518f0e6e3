"""How values look: on the wire, in rows, and on their way between the two.

Rows hold a datetime as `2024-01-02T03:04:05.000Z`, which is what Bulk prints; REST prints the
same moment with `+0000`.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Final

_WHOLE_SECONDS: Final = len("2024-01-02T03:04:05Z")
#: Python takes weeks, commas and dates without dashes too, which Salesforce does not:
#: https://developer.salesforce.com/docs/platform/api-asynch/guide/valid-date-format-in-records-2-0.html
_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_STORED: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def store_datetime(moment: datetime, *, milliseconds: bool = False) -> str:
    """A moment as rows hold it; seconds are the precision unless asked otherwise."""
    utc = moment.astimezone(UTC)
    fraction = f"{utc.microsecond // 1000:03d}" if milliseconds else "000"
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S}.{fraction}Z"


def rest_datetime(stored: str) -> str:
    """A stored moment as REST prints it: an offset without a colon."""
    return stored[:-1] + "+0000"


def read_moment(stored: str) -> datetime:
    """A stored moment as a datetime."""
    return datetime.fromisoformat(stored[:-1]).replace(tzinfo=UTC)


def parse_datetime(text: str) -> datetime | None:
    """An ISO moment with Z or an offset; a date alone or a missing zone is none."""
    if _MOMENT.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_date(text: str) -> date | None:
    """An ISO date; the time part of a datetime is cut off, as REST does."""
    if _DAY.match(text) is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def canonical_datetime(text: str) -> str | None:
    """Any accepted spelling of a moment in the stored form; cheap when it already is."""
    if _STORED.fullmatch(text) is not None:
        return text if _exists(text) else None
    moment = parse_datetime(text)
    if moment is not None and len(text) == _WHOLE_SECONDS and text.endswith("Z"):
        return text[:-1] + ".000Z"
    return None if moment is None else store_datetime(moment)


def _exists(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def dump(value: object) -> bytes:
    """JSON as Salesforce sends it: UTF-8, no spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
