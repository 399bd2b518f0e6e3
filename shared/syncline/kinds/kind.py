"""What a job kind is: data that the engine's rules are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from syncline.kinds import accounts, campaign_touches, tasks, touchpoints
from syncline.kinds.campaign_touches import prepared_touch
from syncline.kinds.events import prepared_event
from syncline.kinds.lines import DefaultLine
from syncline.kinds.preparing import Prepare, prepared_task


class Direction(StrEnum):
    """Inbound is CRM → platform, outbound platform → CRM; write-back goes by change events."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    WRITE_BACK = "write_back"


@dataclass(frozen=True, slots=True)
class Conversion:
    """A CRM object whose records become others; `field` then holds the id of what they became."""

    object: str
    prefix: str
    field: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One job kind. `parent` names the attribute that must resolve to a record of `parent_object`
    (T5); it is frozen once the record exists (T6). Each tuple in `mandatory` needs one of its
    attributes filled (T19)."""

    name: str
    direction: Direction
    object: str
    crm_object: str
    lines: tuple[DefaultLine, ...]
    mandatory: tuple[tuple[str, ...], ...] = ()
    parent: str | None = None
    parent_object: str | None = None
    counterpart: str | None = None
    """The kind of the other direction: a job of each makes a pair (T2)."""
    creates: bool = True
    """Whether new records are created unless the job says otherwise (T7, J5)."""
    deletes: bool = False
    """Whether a deletion on one side is one on the other unless the job says otherwise (T22)."""
    frozen: frozenset[str] = frozenset()
    """Inbound: attributes that a change in the CRM never changes, besides the parent (T21)."""
    participants: tuple[str, str] | None = None
    """Inbound: the attribute that a creation fills with everybody who takes part, and the reference
    that names the first of them (T21)."""
    crm_parent: str | None = None
    """Outbound: the CRM field that takes the account's id at creation and never after (T17)."""
    converted: Conversion | None = None
    """Inbound: what is converted into records of `crm_object`; a job may read it instead (X10)."""
    create_only: frozenset[str] = frozenset()
    """Outbound: CRM fields that an update never touches (T17, T20)."""
    people: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Outbound: CRM reference field → the object and field that its value is found by (T14)."""
    targets: tuple[tuple[str, ...], ...] = ()
    """Outbound, on the kind's own CRM object: of each tuple one field must be mapped, because no
    record can be created without; the describe does not tell."""
    always_new: bool = False
    """Outbound: a record is sent once and never updated (T18)."""
    prepare: Prepare | None = None
    """Outbound: makes the mapped values what the CRM's object demands."""


_PEOPLE: Final = MappingProxyType({"OwnerId": ("User", "Email"), "WhoId": ("Contact", "Email")})
_OWNER: Final = MappingProxyType({"OwnerId": ("User", "Email")})
_LEAD: Final = Conversion("Lead", prefix="00Q", field="ConvertedAccountId")
"""https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm"""
_EVENT_DATES: Final = ("ActivityDate", "StartDateTime", "ActivityDateTime")

_ALL: Final = (
    Kind(
        name="accounts_inbound",
        direction=Direction.INBOUND,
        object="account",
        crm_object="Account",
        lines=accounts.INBOUND,
        mandatory=(("name",),),
        counterpart="accounts_outbound",
        converted=_LEAD,
    ),
    Kind(
        name="accounts_outbound",
        direction=Direction.OUTBOUND,
        object="account",
        crm_object="Account",
        lines=accounts.OUTBOUND,
        mandatory=(("name",),),
        counterpart="accounts_inbound",
        creates=False,
        people=_OWNER,
    ),
    Kind(
        name="tasks_inbound",
        direction=Direction.INBOUND,
        object="task",
        crm_object="Task",
        lines=tasks.INBOUND,
        mandatory=(("title",),),
        parent="account_id",
        parent_object="account",
        counterpart="tasks_outbound",
        deletes=True,
    ),
    Kind(
        name="tasks_outbound",
        direction=Direction.OUTBOUND,
        object="task",
        crm_object="Task",
        lines=tasks.OUTBOUND,
        parent="account_id",
        parent_object="account",
        counterpart="tasks_inbound",
        deletes=True,
        crm_parent="WhatId",
        create_only=frozenset({"WhatId"}),
        people=_PEOPLE,
        prepare=prepared_task,
    ),
    Kind(
        name="touchpoints_inbound",
        direction=Direction.INBOUND,
        object="touchpoint",
        crm_object="Event",
        lines=touchpoints.INBOUND,
        mandatory=(("subject", "content"),),
        parent="account_id",
        parent_object="account",
        counterpart="touchpoints_outbound",
        deletes=True,
        frozen=frozenset({"participants"}),
        participants=("participants", "Who"),
    ),
    Kind(
        name="touchpoints_outbound",
        direction=Direction.OUTBOUND,
        object="touchpoint",
        crm_object="Event",
        lines=touchpoints.OUTBOUND,
        parent="account_id",
        parent_object="account",
        counterpart="touchpoints_inbound",
        deletes=True,
        crm_parent="WhatId",
        create_only=frozenset({"OwnerId", "WhatId"}),
        people=_PEOPLE,
        targets=(_EVENT_DATES,),
        prepare=prepared_event,
    ),
    Kind(
        name="campaign_touches_outbound",
        direction=Direction.OUTBOUND,
        object="campaign_touch",
        crm_object="Event",
        lines=campaign_touches.OUTBOUND,
        mandatory=(("start_date",),),
        parent="account_id",
        parent_object="account",
        crm_parent="WhatId",
        create_only=frozenset({"OwnerId", "WhatId"}),
        people=_PEOPLE,
        targets=(("ActivityDate",),),
        always_new=True,
        prepare=prepared_touch,
    ),
)

KINDS: Final[Mapping[str, Kind]] = MappingProxyType({kind.name: kind for kind in _ALL})

BULK_WRITE_BACK: Final = "bulk_write_back"
"""The kind of the jobs that nobody configures; its runs name the object that they are about."""
_SYSTEM: Final = Kind(BULK_WRITE_BACK, Direction.WRITE_BACK, object="", crm_object="", lines=())


def kind_of(name: str) -> Kind:
    """Of a stored job, or of one of the system's."""
    return _SYSTEM if name == BULK_WRITE_BACK else KINDS[name]
