"""The platform's objects and their attributes, as data.

A workspace may declare further attributes of its own; these are the ones every platform has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class PlatformObject:
    """One object of the platform: its attributes with types, and the attributes it is found by.

    `header`: those in the header of its profile. They are the person's, wherever he works, and are
    never written back (W14); an object without any has no such profile.
    """

    name: str
    attributes: Mapping[str, str]
    lookups: tuple[str, ...]
    header: frozenset[str] = frozenset()


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

_USER: Final = PlatformObject(
    name="user",
    attributes={
        "account_id": "text",
        "external_id": "text",
        "email": "text",
        "first_name": "text",
        "last_name": "text",
        "phone": "text",
        "title": "text",
        "role": "text",
        "create_date": "datetime",
        "last_update_date": "datetime",
    },
    lookups=("external_id",),
    header=frozenset({"email", "first_name", "last_name"}),
)
"""A person at an account, known by his e-mail (J2)."""

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

_TOUCHPOINT: Final = PlatformObject(
    name="touchpoint",
    attributes={
        "account_id": "text",
        "external_id": "text",
        "subject": "text",
        "content": "text",
        "touchpoint_date": "datetime",
        "creator": "text",
        "participants": "text",
        "create_date": "datetime",
        "last_update_date": "datetime",
        "last_updater": "text",
    },
    lookups=("external_id",),
)

_CAMPAIGN_TOUCH: Final = PlatformObject(
    name="campaign_touch",
    attributes={
        "account_id": "text",
        "external_id": "text",
        "campaign_name": "text",
        "campaign_type": "text",
        "recipients": "number",
        "sender": "text",
        "subject": "text",
        "description": "text",
        "start_date": "date",
        "created_by": "text",
    },
    lookups=("external_id",),
)
"""`external_id` is the touch's own id; `subject` is composed when it is sent, whatever it holds."""

OBJECTS: Final[Mapping[str, PlatformObject]] = MappingProxyType(
    {each.name: each for each in (_ACCOUNT, _USER, _TASK, _TOUCHPOINT, _CAMPAIGN_TOUCH)}
)
