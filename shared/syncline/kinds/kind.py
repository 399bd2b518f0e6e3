"""What a job kind is: data that the engine's rules are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from syncline.kinds.lines import DefaultLine
from syncline.kinds.preparing import Prepare


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
    done: str
    """The condition, in the CRM's words, that only converted records meet."""
    open: str
    """The condition that all others meet."""


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
    crm: str = "salesforce"
    """The sort of CRM that it is for; its connection must be of the same."""
    mandatory: tuple[tuple[str, ...], ...] = ()
    parent: str | None = None
    parent_object: str | None = None
    counterpart: str | None = None
    """The kind of the other direction, of the same sort: a job of each makes a pair (T2)."""
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
    crm_parent_not: str | None = None
    """Outbound: the key prefix of an object whose records `crm_parent` never takes: what belongs to
    one waits (T16)."""
    converted: Conversion | None = None
    """Inbound: what is converted into records of `crm_object`; a job may read it instead (X10)."""
    create_only: frozenset[str] = frozenset()
    """Outbound: CRM fields that an update never touches (T17, T20)."""
    people: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Outbound: CRM reference field → the object and field that its value is found by (T14)."""
    needed_people: frozenset[str] = frozenset()
    """Outbound: of these, those without which a record is refused; others are left out when nobody
    is found."""
    asked_of_fields: tuple[str, ...] = ()
    """Outbound: fields that `prepare` sends beside what is mapped, where the user may set them."""
    targets: tuple[tuple[str, ...], ...] = ()
    """Outbound, on the kind's own CRM object: of each tuple one field must be mapped, because no
    record can be created without; the describe does not tell."""
    always_new: bool = False
    """Outbound: a record is sent once and never updated (T18)."""
    prepare: Prepare | None = None
    """Outbound: makes the mapped values what the CRM's object demands."""
    passes_over: str = "the CRM does not take it beside the rest"
    """Outbound: why `prepare` leaves out somebody who was found, for people."""
