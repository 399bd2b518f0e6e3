"""The platform's objects and their attributes, as data.

A workspace may declare further attributes of its own; these are the ones every platform has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class PlatformObject:
    """One object of the platform: its attributes with types, and the attributes it is found by."""

    name: str
    attributes: Mapping[str, str]
    lookups: tuple[str, ...]


_ACCOUNT: Final = PlatformObject(
    name="account",
    attributes={
        "external_id": "text",
        "name": "text",
        "domain": "text",
        "phone": "text",
        "industry": "text",
        "type": "text",
        "description": "text",
        "city": "text",
        "country": "text",
        "employees": "number",
        "annual_revenue": "number",
        "owner": "text",
        "create_date": "datetime",
        "last_update_date": "datetime",
    },
    lookups=("external_id",),
)

_TASK: Final = PlatformObject(
    name="task",
    attributes={
        "account_id": "text",
        "external_id": "text",
        "title": "text",
        "description": "text",
        "priority": "text",
        "status": "text",
        "due_date": "date",
        "assigned_to": "text",
        "assigner": "text",
        "create_date": "datetime",
        "last_update_date": "datetime",
    },
    lookups=("external_id",),
)

OBJECTS: Final[Mapping[str, PlatformObject]] = MappingProxyType(
    {"account": _ACCOUNT, "task": _TASK}
)
