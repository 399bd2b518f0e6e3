"""The module of data that a second sort of CRM brings: what the engine must know, and its kinds."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from syncline.engine.dialect import Dialect
from syncline.kinds.kind import Direction, Kind
from syncline.kinds.lines import DefaultLine

ID, CHANGED = "hs_object_id", "hs_lastmodifieddate"


@dataclass(frozen=True, slots=True)
class HubIds:
    """`companies-12`: the object, which is the key prefix, and a number."""

    def is_id(self, id: str, prefix: str | None = None) -> bool:
        object, _, number = id.rpartition("-")
        return bool(object) and number.isdecimal() and id.startswith(prefix or "")

    def long_id(self, id: str) -> str:
        return id

    def restore_case(self, id: str) -> str | None:
        return id.lower() if self.is_id(id) else None

    def unclear(self, id: str, prefix: str | None) -> tuple[str, str] | None:
        return None

    def alike(self, one: str, other: str) -> bool:
        return one.rpartition("-")[0] == other.rpartition("-")[0]


DIALECT: Final = Dialect(
    name="hub",
    title="Hub",
    ids=HubIds(),
    id_field=ID,
    modified_field=CHANGED,
    deletions_told=timedelta(days=90),
    stamped=(CHANGED,),
    system=frozenset({ID, CHANGED}),
    people=("owners",),
    texts=frozenset({"email"}),
)

INBOUND: Final = (
    DefaultLine(ID, "external_id", key=True),
    DefaultLine("name", "name"),
    DefaultLine("industry", "industry"),
    DefaultLine("owner.email", "owner"),
)
OUTBOUND: Final = (
    DefaultLine(ID, "external_id", key=True),
    DefaultLine("name", "name"),
    DefaultLine("industry", "industry"),
)
KINDS: Final = (
    Kind(
        name="hub_companies_inbound",
        direction=Direction.INBOUND,
        object="account",
        crm_object="companies",
        crm="hub",
        lines=INBOUND,
        mandatory=(("name",),),
        counterpart="hub_companies_outbound",
    ),
    Kind(
        name="hub_companies_outbound",
        direction=Direction.OUTBOUND,
        object="account",
        crm_object="companies",
        crm="hub",
        lines=OUTBOUND,
        mandatory=(("name",),),
        counterpart="hub_companies_inbound",
        creates=False,
        people={"hubspot_owner_id": ("owners", "email")},
    ),
)
