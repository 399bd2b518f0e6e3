"""Random rows and random statements about them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from local.salesforce.ids import mint
from tests.property.emulator.naive_values import CHILDREN, TYPES

ACCOUNTS: Final = tuple(mint("001", at) for at in range(500, 504))
CONTACTS: Final = tuple(mint("003", at) for at in range(500, 504))
TEXTS: Final = ("Call", "call", "ÄRGER", "ärger", "a_b", "axb", "100%", "100x", "it's", "Zoo")
TAGS: Final = ("red", "green", "blue")
#: Around midnights and changes of the clocks in the zones asked from, and far away from both.
HOURS: Final = (0, 3, 5, 7, 8, 18, 22, 23)
#: One day before, on and after each: the clocks of Europe go forward, those of America back.
DAYS: Final = tuple(
    (datetime(2024, month, day, tzinfo=UTC) + timedelta(days=shift)).date().isoformat()
    for month, day in ((3, 31), (11, 3))
    for shift in (-1, 0, 1)
)
MOMENTS: Final = tuple(
    f"{day}T{hour:02d}:{minute:02d}:00Z" for day in DAYS for hour in HOURS for minute in (0, 30)
)
NOWS: Final = tuple(datetime.fromisoformat(f"{day}T{hour:02d}:10:00+00:00") for day in DAYS
                    for hour in (3, 7, 12, 23))  # fmt: skip
ZONES: Final = ("Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "America/Sao_Paulo")
VALUES: Final[Mapping[str, tuple[Any, ...]]] = {
    "text": TEXTS,
    "exact": ("Ab", "aB", "ab", "AB"),
    "number": (0, 1, 7, 60, 3600),
    "day": DAYS,
    "moment": MOMENTS,
    "flag": (True, False),
    "Industry": ("Banking", "Apparel", "Energy", "Aaa"),
    "Priority": ("High", "Normal", "Low"),
    "Tags__c": ("red", "red;green", "red;green;blue", "blue"),
}
REFERENCES: Final = {
    "ParentId": ACCOUNTS, "AccountId": ACCOUNTS, "WhatId": ACCOUNTS, "WhoId": CONTACTS,
}  # fmt: skip
#: What can be asked of each object, through parents too.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "Account": (
        "Name", "Industry", "AnnualRevenue", "NumberOfEmployees", "ParentId", "Tags__c",
        "Code__c", "CreatedDate", "Parent.Name", "Parent.Industry", "Parent.Parent.AnnualRevenue",
    ),
    "Contact": (
        "LastName", "AccountId", "Birthdate", "Email", "CreatedDate", "Account.Name",
        "Account.Parent.Name", "Account.CreatedDate", "Account.Tags__c", "Account.IsDeleted",
    ),
    "Task": (
        "Subject", "ActivityDate", "Priority", "CallDurationInSeconds", "IsReminderSet", "WhatId",
        "WhoId", "CreatedDate", "What.Name", "What.Type", "Who.Name",
    ),
}  # fmt: skip
_HOPS: Final = {"Parent": "Account", "Account": "Account"}
_ALWAYS: Final = frozenset({"Name", "LastName", "CreatedDate", "IsReminderSet", "Priority"})
_UNIQUE: Final = "Code__c"


def kind_of(name: str, path: str) -> str:
    """The type of a path."""
    *relationships, field = path.split(".")
    for relationship in relationships:
        if relationship in ("What", "Who"):
            return "text"
        name = _HOPS[relationship]
    return TYPES[name][field]


def values_of(kind: str, field: str) -> tuple[Any, ...]:
    """What a field may hold or be compared with."""
    if kind == "id":
        return REFERENCES.get(field, ACCOUNTS)
    return VALUES.get(field) or VALUES[kind]


def _row(name: str, ids: tuple[str, ...], at: int) -> st.SearchStrategy[dict[str, Any]]:
    fields: dict[str, st.SearchStrategy[Any]] = {"Id": st.just(ids[at])}
    for field, kind in TYPES[name].items():
        if field == "Id":
            continue
        if field == "IsDeleted":
            fields[field] = st.just(value=False)
            continue
        if field == _UNIQUE:
            fields[field] = st.sampled_from((None, VALUES["exact"][at % 4]))
            continue
        known = values_of(kind, field)
        fields[field] = st.sampled_from(known if field in _ALWAYS else (None, *known))
    return st.fixed_dictionaries(fields)


def _rows(
    name: str, ids: tuple[str, ...], *, least: int
) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.integers(min(least, len(ids)), len(ids)).flatmap(
        lambda count: st.tuples(*(_row(name, ids, at) for at in range(count))).map(list)
    )


def tables(*, full: bool = False) -> st.SearchStrategy[dict[str, list[dict[str, Any]]]]:
    """Rows of three objects; a reference may point to a row that is not there."""
    least = 99 if full else 2
    tasks = tuple(mint("00T", at) for at in range(500, 510))
    return st.fixed_dictionaries(
        {
            "Account": _rows("Account", ACCOUNTS, least=least),
            "Contact": _rows("Contact", CONTACTS, least=least),
            "Task": _rows("Task", tasks, least=least),
        }
    )


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def literal(kind: str, value: Any) -> str:
    if value is None:
        return "null"
    if kind in ("text", "exact", "picklist", "multi", "id"):
        return quoted(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def objects() -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(FIELDS))


CHILD_NAMES: Final = {
    name: tuple(relation for parent, relation in CHILDREN if parent == name)
    for name in sorted(FIELDS)
}
