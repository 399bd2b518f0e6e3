"""Change events as they are announced, and what becomes of one that was found valid."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from syncline.engine.moments import precise_instant
from syncline.engine.records import Value, Values
from syncline.ports import Clock, Receipt
from syncline.usecases.stored_changes import ChangeEvent

_CAMPAIGNS: Final = frozenset({"nps_campaign", "csat_campaign"})
_MANY: Final = frozenset({"segment", "success_play"})


@dataclass(frozen=True, slots=True)
class Announced:
    """One change as sent. `at` is a precise instant, ours where the sender gave none (not
    `timed`); `key` is unique to the change."""

    object: str
    id: str
    values: Values
    origin: str
    actor: str
    at: str
    key: str
    timed: bool = True


def receipt_id(workspace: str, key: str) -> str:
    """The same key leads to the same receipt, and tells nothing of the key."""
    return hashlib.sha256(f"{workspace}|{key}".encode()).hexdigest()[:32]


def batch_id(workspace: str, key: str) -> str:
    """Of a request of many changes. One of them may have the request's key for its own."""
    told = json.dumps(["batch", workspace, key])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def digest_of(change: Announced) -> str:
    """Of what the change says."""
    at = change.at if change.timed else None
    told = [change.object, change.id, dict(change.values), change.origin, change.actor, at]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def in_bulk(changes: Sequence[Announced]) -> list[bool]:
    """W8: which of the changes of one request wait for the window. Those of a campaign always,
    those of a segment or a SuccessPlay where it changes several attributes or records."""
    counts: dict[str, int] = {}
    for change in changes:
        counts[change.origin] = counts.get(change.origin, 0) + len(change.values)
    return [
        change.origin in _CAMPAIGNS or (change.origin in _MANY and counts[change.origin] > 1)
        for change in changes
    ]


def event_of(
    workspace: str,
    change: Announced,
    *,
    values: Mapping[str, Value],
    to: Mapping[str, tuple[str, ...]],
    bulk: bool,
    now: str,
) -> ChangeEvent:
    """`values` are canonical; `to`: connection → the attributes that go there."""
    receipt = Receipt(
        id=receipt_id(workspace, change.key),
        digest=digest_of(change),
        object=change.object,
        record=change.id,
        at=change.at,
        accepted_at=now,
        origin=change.origin,
        actor=change.actor,
        to=to,
        bulk=bulk,
    )
    return ChangeEvent(receipt, values)


def at_of(moment: datetime | None, clock: Clock) -> str:
    """The time of a change, with its fraction of a second: two changes within one have an order.
    Now where the sender gave none."""
    return precise_instant(moment or clock.now())
