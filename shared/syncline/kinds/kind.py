"""What a job kind is: data that the engine's rules are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from syncline.kinds import accounts, tasks
from syncline.kinds.lines import DefaultLine


class Direction(StrEnum):
    """Inbound is CRM → platform, outbound platform → CRM."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


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
    mandatory: tuple[tuple[str, ...], ...]
    parent: str | None = None
    parent_object: str | None = None
    deletes: bool = False
    """Whether a deletion in the CRM is a deletion on the platform unless the job says otherwise."""


KINDS: Final[Mapping[str, Kind]] = {
    "accounts_inbound": Kind(
        name="accounts_inbound",
        direction=Direction.INBOUND,
        object="account",
        crm_object="Account",
        lines=accounts.INBOUND,
        mandatory=(("name",),),
    ),
    "tasks_inbound": Kind(
        name="tasks_inbound",
        direction=Direction.INBOUND,
        object="task",
        crm_object="Task",
        lines=tasks.INBOUND,
        mandatory=(("title",),),
        parent="account_id",
        parent_object="account",
        deletes=True,
    ),
}
