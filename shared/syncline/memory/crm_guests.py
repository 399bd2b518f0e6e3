"""Who else is on an event of a MemoryOrg: its rows of EventRelation, where the org has them."""

from collections.abc import Collection
from typing import Final

from syncline.memory.org import MemoryOrg, Row

RELATION: Final = "eventrelation"
_CONTACTS: Final = ("003", "00Q")
_PERSONS: Final = (*_CONTACTS, "005")
_REFUSED: Final = ("Declined", "Uninvited")


def guests_of(org: MemoryOrg, field: str, ids: Collection[str]) -> dict[str, list[str]]:
    """Event id → that field of each guest, in the order in which they were put on it."""
    found: dict[str, list[str]] = {}
    wanted = _CONTACTS if field.lower() == "id" else _PERSONS
    for row in sorted(org.visible(RELATION), key=lambda each: str(each["id"])):
        if row["eventid"] not in ids or not str(row["relationid"]).startswith(wanted):
            continue
        value = org.value(RELATION, str(row["id"]), f"Relation.{field}")
        if value is not None and _takes_part(row):
            found.setdefault(str(row["eventid"]), []).append(str(value))
    return found


def _takes_part(row: Row) -> bool:
    if row["isdeleted"] or row.get("iswhat"):
        return False
    return bool(row.get("isparent")) or row.get("status") not in _REFUSED
