"""How a link is an item of the cross-references table, and which keys belong to it.

docs/data-model.md shows the same as a table.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from syncline.aws.claims import Claim
from syncline.aws.items import check_size, compact
from syncline.aws.statements import Insert, Key, Scalar, Statement, Update
from syncline.engine.records import Link, LinkState
from syncline.ports import LinkWrite

_OPTIONAL: Final = {
    "platform_id": "platform_id",
    "stamp": "stamp",
    "parent": "parent",
    "winner": "winner",
    "reason": "reason",
    "last": "last",
    "sent_at": "sent_at",
}
"""Attribute of the item → field of the link; not stored where there is none."""

STATES: Final = {
    "ProjectionExpression": "pk, sk, #object, #state",
    "ExpressionAttributeNames": {"#object": "object", "#state": "state"},
}
"""Of a query that is not to bring the baselines along."""


@dataclass(frozen=True, slots=True)
class LinkKeys:
    """Keys of one workspace and connection."""

    table: str
    workspace: str
    connection: str

    def link(self, crm_id: str) -> Key:
        return Key(f"{self.scope}|crm", crm_id)

    def platform(self, object_name: str, platform_id: str) -> Key:
        return Key(f"{self.scope}|{object_name}", platform_id)

    def awaited(self, parent: str) -> Key:
        """Says that children wait for this parent."""
        return Key(f"{self.scope}|awaiting", parent)

    def waiting(self, parent: str) -> str:
        """Partition of the children of one parent."""
        return f"{self.scope}|awaiting|{parent}"

    def child(self, parent: str, kind: str, child: str) -> Key:
        """`kind` is the object of a parked link, or `waiting_kind` of a platform record."""
        return Key(self.waiting(parent), f"{kind}|{child}")

    def released(self, parent: str) -> Key:
        """Says that this parent, for which children wait, is linked."""
        return Key(f"{self.scope}|released", parent)

    def trail(self, object_name: str, id: str) -> Key:
        """What leads to the story of a record without a link, by platform id or CRM id."""
        return Key(f"{self.scope}|trails|{object_name}", id)

    def edited(self, id: str, field: str) -> Key:
        """What we wrote last to a field of a CRM record that references lead to."""
        return Key(f"{self.scope}|edited|{id}", field)

    @property
    def scope(self) -> str:
        return f"{self.workspace}|{self.connection}"

    def claim(self, link: Link) -> Claim | None:
        """The platform record that a link holds; only a live one holds any."""
        if link.state is not LinkState.LINKED or not link.platform_id:
            return None
        key = self.platform(link.object, link.platform_id)
        return Claim(key, owner=link.crm_id, by=link.last or f"{link.crm_id}@{link.version}")


def waiting_kind(object_name: str) -> str:
    """What platform records wait as. No object has a colon in its name, so they are apart from
    parked links even where both sides have the same ids."""
    return f"platform:{object_name}"


def link_statement(keys: LinkKeys, write: LinkWrite) -> Statement:
    """RecordRejectedError if the link does not fit into an item."""
    link = write.link
    key = keys.link(link.crm_id)
    item = _item(link)
    check_size({"pk": key.pk, "sk": key.sk, **item}, f"the link of {link.crm_id}")
    if write.expected == 0:
        return Insert(keys.table, {"pk": key.pk, "sk": key.sk, **item})
    absent = tuple(name for name in (*_OPTIONAL, "sent") if name not in item)
    return Update(keys.table, key, set=item, remove=absent, where={"v": write.expected})


def _item(link: Link) -> dict[str, Scalar]:
    item: dict[str, Scalar] = {
        "object": link.object,
        "state": link.state.value,
        "v": link.version,
        "baseline": compact(dict(link.baseline)),
    }
    if link.sent:
        item["sent"] = compact(dict(link.sent))
    for name, field in _OPTIONAL.items():
        value = getattr(link, field)
        if value is not None:
            item[name] = value
    return item


def link_from(item: Mapping[str, Any]) -> Link:
    """The link that an item holds."""
    optional = {field: item.get(name) for name, field in _OPTIONAL.items()}
    return Link(
        crm_id=item["sk"],
        object=item["object"],
        state=LinkState(item["state"]),
        version=item["v"],
        baseline=json.loads(item["baseline"]),
        sent=json.loads(item["sent"]) if "sent" in item else {},
        **{**optional, "stamp": item.get("stamp", "")},
    )
