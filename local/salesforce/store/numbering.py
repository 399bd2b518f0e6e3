"""Names that records get on their own: auto-numbers, and the short id in place of a name.

A custom object whose name is left out gets its id of 15 characters as the name (not documented;
from practice, https://salesforce.stackexchange.com/questions/139392).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from local.salesforce.schema.types import Field, SObject
from local.salesforce.store.database import Database, Value

_SLOT: Final = re.compile(r"\{(0+|YYYY|YY|MM|DD)\}")
_SHORT: Final = 15


def self_named(sobject: SObject) -> tuple[Field, ...]:
    """The fields of an object that fill themselves."""
    return tuple(
        field
        for field in sobject.stored
        if field.auto_number is not None or (sobject.custom and field.name_field)
    )


def fill_names(
    database: Database, sobject: SObject, fields: Sequence[Field], row: dict[str, Value], *,
    day: str,
) -> None:  # fmt: skip
    """Fill what is still empty; `day` is the day of creation as ISO text."""
    for field in fields:
        if row.get(field.name) is not None:
            continue
        if field.auto_number is None:
            row[field.name] = str(row["Id"])[:_SHORT]
        else:
            number = database.reserve(f"{sobject.name}.{field.name}")
            row[field.name] = shown(field.auto_number, number, day)


def shown(pattern: str, number: int, day: str) -> str:
    """`A-{0000}` and the like: at least as many digits as zeros, and parts of the day.

    https://help.salesforce.com/s/articleView?id=sf.custom_field_attributes.htm
    """
    parts = {"YYYY": day[:4], "YY": day[2:4], "MM": day[5:7], "DD": day[8:10]}
    return _SLOT.sub(
        lambda found: parts.get(found[1]) or f"{number:0{len(found[1])}d}",
        pattern,
    )
