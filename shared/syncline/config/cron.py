"""EventBridge cron expressions, checked before a schedule is stored.

Source: EventBridge Scheduler user guide, "Cron-based schedules": minutes hours day-of-month month
day-of-week year; one of the two day fields is `?`.
"""

import re
from typing import Final

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1
    )
}
_DAYS: Final = {
    name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)
}

_FIELDS: Final[tuple[tuple[str, int, int, dict[str, int], str], ...]] = (
    ("minutes", 0, 59, {}, r"(?!)"),
    ("hours", 0, 23, {}, r"(?!)"),
    ("day-of-month", 1, 31, {}, r"\?|L|LW|([1-9]|[12][0-9]|3[01])W"),
    ("month", 1, 12, _MONTHS, r"(?!)"),
    ("day-of-week", 1, 7, _DAYS, r"\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])"),
    ("year", 1970, 2199, {}, r"(?!)"),
)


def checked_cron(text: str) -> str:
    """The expression in upper case with single blanks. ValueError names the field at fault."""
    fields = text.upper().split()
    if len(fields) != len(_FIELDS):
        names = " ".join(name for name, *_ in _FIELDS)
        raise ValueError(f"a cron expression has six fields: {names}")
    for field, (name, low, high, words, special) in zip(fields, _FIELDS, strict=True):
        if not re.fullmatch(special, field):
            _check_list(field, name, low=low, high=high, words=words)
    if (fields[2] == "?") == (fields[4] == "?"):
        raise ValueError("exactly one of day-of-month and day-of-week must be '?'")
    return " ".join(fields)


def _check_list(field: str, name: str, *, low: int, high: int, words: dict[str, int]) -> None:
    for part in field.split(","):
        spread, _, step = part.partition("/")
        ends = ["*"] if spread == "*" else spread.split("-")
        numbers = [words[end] if end in words else _number(end) for end in ends if end != "*"]
        fits = len(ends) <= 2 and all(low <= number <= high for number in numbers)
        if not fits or numbers != sorted(numbers) or ("/" in part and _number(step) < 1):
            raise ValueError(f"'{part}' is no value for the cron field {name} ({low}-{high})")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1
