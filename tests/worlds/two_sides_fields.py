"""What people edit on both sides of a pair, field by field: where it stands, what a value of one
side means on the other, and values worth trying. A table of its own, made without the product's."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from syncline.engine.records import Value
from tests.worlds.small import OWNER
from tests.worlds.two_way import SECOND

Meaning = Callable[[Value], Value]

SILENT: Final = "005000000000007AAA"
"""A user without an address."""
EMAILS: Final[Mapping[str, str | None]] = {
    OWNER: "ada@example.com",
    SECOND: "bob@example.com",
    SILENT: None,
    "005000000000004AAA": "twin@example.com",
    "005000000000005AAA": "twin@example.com",
}
"""Of the users who are active; one more is not."""
GONE: Final = ("005000000000006AAA", "gone@example.com")
_FOUND: Final = frozenset({"ada@example.com", "bob@example.com", "sync@example.com"})


def text(value: Value) -> Value:
    """Without the blanks around it, lines ended alike; a blank one is none."""
    lines = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
    return lines.strip() or None


def moment(value: Value) -> Value:
    if not value:
        return None
    parsed = datetime.fromisoformat(str(value).replace("+0000", "+00:00"))
    return parsed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: Value) -> Value:
    """A moment's day is its day in UTC."""
    return str(moment(value))[:10] if "T" in str(value) else value or None


def number(value: Value) -> Value:
    return None if value in (None, "") else float(str(value))


def person(value: Value) -> Value:
    return str(text(value)).lower() if text(value) else None


def can_be_found(address: Value) -> bool:
    """Whether exactly one active user has it."""
    return person(address) in _FOUND


@dataclass(frozen=True, slots=True)
class Field:
    """`path` is what a seller sets, `seen` where it is read, `means` the form in which both sides
    are compared, `kept` that in which the platform keeps its own. `there` and `here` are values for
    either side to set; "{}" in them is a number that nobody has had yet."""

    path: str
    means: Meaning
    there: Sequence[Value]
    here: Sequence[Value]
    kept: Meaning = text
    seen: str = ""
    needed: bool = False

    @property
    def read(self) -> str:
        return self.seen or self.path


_TEXTS: Final = (
    "v{}", "v{}", "Open", "Done", "", None, "v{}  ", "\tv{}\n", "Zoë 🚀 日本 {}",
    unicodedata.normalize("NFD", "Zoë {}"), "two\r\nlines {}", "x" * 250 + "{}", "#N/A", "null",
)  # fmt: skip
_DAYS: Final = ("2026-02-01", "2026-03-29", "2026-10-25", "2028-02-29", "1999-12-31", "", None)
_MOMENTS: Final = (
    "2026-02-01T09:30:00Z", "2026-02-01T10:30:00+01:00", "2026-03-29T00:30:00+01:00",
    "2026-03-29T02:30:00+02:00", "2026-10-25T23:30:00-05:00", "2028-02-29T00:00:00Z",
)  # fmt: skip
_INSTANTS: Final = (
    "2026-02-01T09:30:00.000+0000", "2026-03-28T23:30:00.000Z", "2026-10-26T04:30:00Z",
    "2026-02-01T00:00:00.000+0000",
)  # fmt: skip
_PEOPLE: Final = (
    "ada@example.com", "bob@example.com", "BOB@Example.com ", None, "nobody@example.com",
    "twin@example.com", GONE[1],
)  # fmt: skip


def _text(path: str, *, needed: bool = False) -> Field:
    return Field(path, text, _TEXTS, _TEXTS, needed=needed)


_OWNER: Final = Field("OwnerId", person, tuple(EMAILS), _PEOPLE, seen="Owner.Email")
_DUE: Final = Field("ActivityDate", day, _DAYS, _DAYS)
_ON_A_DAY: Final = Field("ActivityDate", day, _DAYS, _MOMENTS, kept=moment, needed=True)
_AT_A_TIME: Final = Field("StartDateTime", moment, _INSTANTS, _MOMENTS, kept=moment, needed=True)
_LASTS: Final = Field("DurationInMinutes", number, (60, 15, 0), (60, 45), kept=number, needed=True)

DAYS: Final[Mapping[str, Mapping[str, Field]]] = {
    "account": {
        "name": _text("Name", needed=True),
        "industry": _text("Industry"),
        "phone": _text("Phone"),
        "domain": _text("Website"),
    },
    "task": {
        "title": _text("Subject", needed=True),
        "status": _text("Status"),
        "description": _text("Description"),
        "priority": _text("Priority"),
        "due_date": _DUE,
        "assigned_to": _OWNER,
    },
    "touchpoint": {
        "subject": _text("Subject", needed=True),
        "content": _text("Description"),
        "touchpoint_date": _ON_A_DAY,
    },
}
"""The default mappings: attribute → field."""
TIMES: Final[Mapping[str, Mapping[str, Field]]] = {
    **DAYS,
    "touchpoint": {
        **DAYS["touchpoint"],
        "touchpoint_date": _AT_A_TIME,
        "minutes": _LASTS,
        "sort": _text("Type"),
    },
}
"""Touchpoints at a time of day, with a length and a type in attributes of the workspace's own."""
ATTRIBUTES: Final = {"touchpoint": {"minutes": "number", "sort": "text"}}
_SAID: Final = {"minutes": ["DurationInMinutes"], "sort": ["Type"]}


def lines(direction: str) -> list[dict[str, Any]]:
    """The mapping of a touchpoints job that goes with TIMES. The date has two targets (T13)."""
    dates = ["StartDateTime"] if direction == "in" else ["ActivityDate", "StartDateTime"]
    fed = {"subject": ["Subject"], "content": ["Description"], "touchpoint_date": dates, **_SAID}
    fed["creator"] = ["CreatedBy.Email" if direction == "in" else "OwnerId"]
    return [
        {"salesforce": "AccountId", "platform": "account_id", "key": True},
        {"salesforce": "Id", "platform": "external_id", "key": True},
        *({"salesforce": path, "platform": name} for name, paths in fed.items() for path in paths),
    ]


CREATED: Final[Mapping[str, Mapping[str, str]]] = {
    "account": {"create_date": "CreatedDate"},
    "task": {"assigner": "CreatedBy.Email", "create_date": "CreatedDate"},
    "touchpoint": {"creator": "CreatedBy.Email"},
}
"""Only inbound, and told by Salesforce itself when it creates."""
OWNED: Final[Mapping[str, Mapping[str, str]]] = {"account": {"owner": "Owner.Email"}}
"""Only inbound, and changed by sellers."""
