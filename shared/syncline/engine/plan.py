"""The plan: what a run will do to each record, as data that can be shown, stored and repeated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from syncline.engine.ledger import Ledger
from syncline.engine.records import (
    Link,
    LinkState,
    PlatformRecord,
    Value,
    Values,
    outbox_from,
    outbox_json,
)


class Verb(StrEnum):
    """What happens to a record."""

    CREATE = "create"
    UPDATE = "update"
    LINK = "link"
    """Both sides have it and agree: only the cross-reference is new."""
    DELETE = "delete"
    LEAVE = "leave"
    SKIP = "skip"
    PARK = "park"
    HOLD = "hold"
    REJECT = "reject"


BUCKET: Final[Mapping[Verb, str]] = {
    Verb.CREATE: "created",
    Verb.UPDATE: "updated",
    Verb.LINK: "linked",
    Verb.DELETE: "deleted",
    Verb.LEAVE: "left",
    Verb.SKIP: "skipped",
    Verb.PARK: "parked",
    Verb.HOLD: "held",
    Verb.REJECT: "rejected",
}

GONE: Final = "deleted_in_crm"

OUTSIDE: Final = frozenset({"account_not_matched"})
"""Reasons of skips that are no part of a run's totals (T16)."""

FieldChange = tuple[str, Value, Value]


class SendKind(StrEnum):
    """What a write to the CRM does."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(slots=True)
class Send:
    """What goes to the CRM for one platform record: canonical values by CRM field, None clears."""

    kind: SendKind
    id: str | None
    """The CRM id; None creates."""
    values: Values
    parent: str = ""
    """The CRM id of the parent: rows are sent in its order, against lock contention."""
    version: int = 0
    """Of the platform record that it was planned from."""


@dataclass(slots=True)
class Action:
    """What will happen to one CRM record, and why.

    `record` and `link` are whole new states to be written, each on the condition that the version
    before is still there (`record_before`, `link_before`; None: must not exist). `reason` is a
    stable word, `detail` a sentence for people without values of fields.
    """

    key: str
    verb: Verb
    reason: str
    detail: str = ""
    stamp: str = ""
    modified: str = ""
    values: Values | None = None
    """The CRM's mapped values where the link's baseline is not what they are: to decide again."""
    gone: bool = False
    """The change was a deletion or a merge: deciding again needs to know."""
    platform_id: str | None = None
    changes: tuple[FieldChange, ...] = ()
    record: PlatformRecord | None = None
    record_before: PlatformRecord | None = None
    link: Link | None = None
    link_before: Link | None = None
    previous: str | None = None
    """Pointer to the record's journal entry before this one."""
    send: Send | None = None
    """Outbound only: what is written to the CRM. `key` is the platform id then, and `values` what
    the CRM will show of the attributes that are sent, by attribute."""
    crm_id: str | None = None
    """Outbound only."""
    contests: Sequence[Sequence[Any]] = ()
    """What both sides changed: (attribute, the CRM's value, the platform's, who wins)."""
    waits_for: str | None = None
    """Outbound only: the platform id of the parent that is not linked yet, or a CRM id: that of the
    parent, which may have lost a merge, or its own, which is set aside or gone."""
    agreed: Values | None = None
    """Outbound only: the platform's own values of what is the same on both sides already."""
    receipts: Sequence[str] = ()
    """Write-back only: those of the change events that it is about."""

    @property
    def bucket(self) -> str:
        """The ledger's bucket."""
        return BUCKET[self.verb]

    def to_json(self) -> dict[str, Any]:
        """As journalled; fields at their default are left out."""
        plain: dict[str, Any] = {
            "key": self.key,
            "verb": str(self.verb),
            "bucket": self.bucket,
            "reason": self.reason,
            "stamp": self.stamp,
            "modified": self.modified,
        }
        for name in _OPTIONAL:
            value = getattr(self, name)
            if value:
                plain[name] = value
        for name, encode in _NESTED.items():
            value = getattr(self, name)
            if value is not None:
                plain[name] = encode(value)
        return plain

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Action":
        """The action as it was planned."""
        fields = {k: v for k, v in stored.items() if k not in ("bucket", *_NESTED)}
        fields["verb"] = Verb(stored["verb"])
        fields["changes"] = tuple((n, b, a) for n, b, a in stored.get("changes", ()))
        for name, decode in _DECODERS.items():
            fields[name] = decode(stored[name]) if name in stored else None
        return cls(**fields)


_OPTIONAL: Final = (
    "detail", "values", "gone", "platform_id", "changes", "previous", "crm_id", "contests",
    "waits_for", "agreed", "receipts",
)  # fmt: skip


def _record_to_json(record: PlatformRecord) -> dict[str, Any]:
    """What few records have is left out where there is nothing."""
    plain: dict[str, Any] = {
        "object": record.object,
        "id": record.id,
        "version": record.version,
        "values": dict(record.values),
        "updated_at": record.updated_at,
        "edits": dict(record.edits),
        "deleted": record.deleted,
        "sync": record.sync,
    }
    if record.outbox:
        plain["outbox"] = outbox_json(record.outbox)
    if record.times:
        plain["times"] = dict(record.times)
    return plain


def _link_to_json(link: Link) -> dict[str, Any]:
    return {
        "crm_id": link.crm_id,
        "object": link.object,
        "state": str(link.state),
        "version": link.version,
        "platform_id": link.platform_id,
        "baseline": dict(link.baseline),
        "stamp": link.stamp,
        "parent": link.parent,
        "winner": link.winner,
        "reason": link.reason,
        "last": link.last,
        "sent": dict(link.sent),
        "sent_at": link.sent_at,
    }


def _send_to_json(send: Send) -> dict[str, Any]:
    return {
        "kind": str(send.kind),
        "id": send.id,
        "values": dict(send.values),
        "parent": send.parent,
        "version": send.version,
    }


def _send_from_json(stored: Mapping[str, Any]) -> Send:
    return Send(**{**stored, "kind": SendKind(stored["kind"])})


def _link_from_json(stored: Mapping[str, Any]) -> Link:
    return Link(**{**stored, "state": LinkState(stored["state"])})


def _record_from_json(stored: Mapping[str, Any]) -> PlatformRecord:
    return PlatformRecord(**{**stored, "outbox": outbox_from(stored.get("outbox", ()))})


_NESTED: Final[dict[str, Any]] = {
    "record": _record_to_json,
    "record_before": _record_to_json,
    "link": _link_to_json,
    "link_before": _link_to_json,
    "send": _send_to_json,
}
_DECODERS: Final[dict[str, Any]] = {
    "record": _record_from_json,
    "record_before": _record_from_json,
    "link": _link_from_json,
    "link_before": _link_from_json,
    "send": _send_from_json,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one batch. Records left alone are counted in `left`, not listed."""

    read: int
    left: Mapping[str, int]
    actions: tuple[Action, ...]

    def ledger(self) -> Ledger:
        """The batch in the run's books, if every action ends as planned."""
        ledger = Ledger(read=self.read)
        for reason, number in self.left.items():
            ledger.count("left", reason, number)
        for action in self.actions:
            if action.reason in OUTSIDE:
                ledger.leave_out(action.reason)
            else:
                example = action.platform_id or action.key
                ledger.count(action.bucket, action.reason, example=example)
            ledger.written["records"] += action.record is not None
            ledger.written["cross_references"] += action.link is not None
        return ledger

    def deletions(self) -> int:
        """How many records the plan deletes, for the guard."""
        return sum(action.verb is Verb.DELETE for action in self.actions)


def pointed(action: Action, pointer: str) -> Action:
    """The action whose writes name their own journal entry, `run/batch/attempt/index`."""
    return replace(
        action,
        record=action.record and replace(action.record, sync=pointer),
        link=action.link and replace(action.link, last=pointer),
    )
