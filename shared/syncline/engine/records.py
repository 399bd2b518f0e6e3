"""The values, changes, links and records that the engine decides about.

Sides are named `crm` and `platform`. Values are canonical JSON scalars: text without surrounding
blanks, `true`/`false`, numbers, dates as `YYYY-MM-DD`, instants as `YYYY-MM-DDTHH:MM:SSZ`; an
empty text is None. So equality of values is equality of meaning, and an echo compares equal.

What is made for every record is not frozen, here and in the other modules of the engine: making a
frozen one costs seven times as much (0.24 µs a field), a third of all planning. Nobody changes one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from syncline.engine.moments import latest, order, to_the_second

Value = str | int | float | bool | None
Values = Mapping[str, Value]
Raw = str | int | float | bool | None


class LinkState(StrEnum):
    """What is known of one CRM id."""

    LINKED = "linked"
    """It has a counterpart on the platform; `baseline` holds what both sides last agreed on."""
    PARKED = "parked"
    """It waits for its parent, named in `parent`."""
    REJECTED = "rejected"
    """It broke a rule; looked at again only when its stamp moves."""
    ALIAS = "alias"
    """It lost a merge; `winner` is the id that lives on. Resolves, and is never written."""
    DELETED = "deleted"
    """It was deleted in the CRM and, where the job says so, on the platform."""


@dataclass(slots=True)
class Upserted:
    """A CRM record as it is now. `row` is aligned with the fields that were asked for."""

    key: str
    stamp: str
    """The CRM's own change stamp (SystemModstamp), canonical instant."""
    modified: str
    """When a user last changed it (LastModifiedDate): the time that decides contested fields."""
    row: tuple[Raw, ...]


@dataclass(frozen=True, slots=True)
class Deleted:
    """A CRM record that is gone (recycle bin or purged)."""

    key: str
    stamp: str
    """Empty where nobody can tell any more when it was deleted."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A CRM record that lost a merge: `key` is the loser, `winner` lives on."""

    key: str
    winner: str
    stamp: str
    moves: bool = False
    """Whether the winner, who had none, takes over the link."""


@dataclass(frozen=True, slots=True)
class Inherited:
    """A CRM record, `key`, that won a merge without being linked and goes on with the link of its
    loser: platform id, baseline and what was sent."""

    key: str
    link: "Link"
    stamp: str


Change = Upserted | Deleted | Merged | Inherited


@dataclass(slots=True)
class Link:
    """The cross-reference seen from the CRM id: counterpart, baseline and last journal entry."""

    crm_id: str
    object: str
    state: LinkState
    version: int
    """Counts the writes of this item from 1; every write is conditional on it."""
    platform_id: str | None = None
    baseline: Values = field(default_factory=dict)
    """Platform attribute → the CRM's mapped value when it was last considered."""
    stamp: str = ""
    parent: str | None = None
    winner: str | None = None
    reason: str | None = None
    """Why it is not simply linked (parked, rejected, held): the same finding is not told twice."""
    last: str | None = None
    """Pointer to the journal entry that last changed this link: `run/batch/attempt/index`."""
    sent: Values = field(default_factory=dict)
    """Platform attribute → its value when an outbound job last settled it: the platform's own where
    the pair reads it back and the baseline has the CRM's, else as it would be read back."""
    sent_at: str | None = None
    """The CRM's time by which our own last write to the record was answered."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A change event of a record that waits to be written back. What is written is always the
    record's own value; `values` tell whether that still is the one announced."""

    receipt: str
    at: str
    """When it was changed, as whoever announced it says."""
    values: Values
    to: tuple[str, ...]
    """The connections that have not had it yet."""
    bulk: bool = False
    """Whether it waits for the window of the bulk writer."""


@dataclass(slots=True)
class PlatformRecord:
    """A record of the platform. A deleted one stays as a tombstone, so versions go on counting."""

    object: str
    id: str
    version: int
    values: Values
    updated_at: str
    """When a person or the sync last changed it, canonical instant."""
    edits: Mapping[str, str] = field(default_factory=dict)
    """Attribute → when a person (not the sync) last changed it, until the sides agree again."""
    deleted: bool = False
    sync: str | None = None
    """Pointer to the journal entry of the last sync write; survives later edits by people."""
    outbox: tuple[OutboxEntry, ...] = ()
    """Change events that wait to be written back, in the order of their times."""
    times: Mapping[str, str] = field(default_factory=dict)
    """Attribute that is written back → when its value came to be, on whichever side: an older
    change that arrives late does not undo it."""


def outbox_json(outbox: Iterable[OutboxEntry]) -> list[dict[str, Any]]:
    """As stored and journalled."""
    return [asdict(entry) for entry in outbox]


def outbox_from(stored: Iterable[Mapping[str, Any]]) -> tuple[OutboxEntry, ...]:
    """What `outbox_json` made, also when it has been JSON text in between."""
    return tuple(OutboxEntry(**{**each, "to": tuple(each["to"])}) for each in stored)


def is_stored(asked: PlatformRecord, before: PlatformRecord | None, now: PlatformRecord) -> bool:
    """Whether this very write has been stored before, even if a person edited the record since.

    The journal entry that a write of the sync brings along tells. A person's write keeps the entry
    that it found, which tells nothing, so that one must be there as it was asked.
    """
    brings = asked.sync is not None and (before is None or before.sync != asked.sync)
    return now == asked or (brings and now.sync == asked.sync)


def last_known(link: Link, names: Iterable[str]) -> Values:
    """What the CRM had when it was last considered: the baseline, and of the named attributes that
    no import has read yet, what was sent."""
    if not link.sent:
        return link.baseline
    return {**{name: link.sent[name] for name in names if name in link.sent}, **link.baseline}


def is_read(link: Link, names: Iterable[str]) -> bool:
    """Whether imports have told of all that was sent of the named attributes: what the CRM cleared
    while no import read it is in no baseline."""
    known, sent = link.baseline, link.sent
    return all(name in known for name in names if sent.get(name) is not None)


def fed_at(record: PlatformRecord) -> str:
    """When the last edit by a person was, to the second: the record's place in the change feed.

    A sync that writes other fields of a record with pending edits must not move it there.
    """
    return to_the_second(latest(record.edits.values())) or record.updated_at


_LONGEST_PLACE: Final = 1000
"""A sort key of DynamoDB holds 1,024 bytes."""


def waits_since(record: PlatformRecord) -> str:
    """Its place among those that wait for a writer: the time of the oldest change in its outbox,
    and the connections that the changes are for, which are left out where they are too many."""
    since = to_the_second(min((entry.at for entry in record.outbox), key=order, default=""))
    place = f"{since}|{','.join(sorted({name for e in record.outbox for name in e.to}))}"
    return place if len(place) <= _LONGEST_PLACE else since


def waits_for(place: str, connection: str | None) -> bool:
    """Whether a record with that place may have something for the connection, or for any (None)."""
    _, _, names = place.partition("|")
    return connection is None or not names or connection in names.split(",")


def by_connection(waiting: Iterable[tuple[str, str]], limit: int) -> dict[str, list[str]]:
    """Connection → at most `limit` ids, the first of the places and ids given; under no name those
    whose place names no connection."""
    found: dict[str, list[str]] = {}
    for place, own in waiting:
        for name in place.partition("|")[2].split(","):
            mine = found.setdefault(name, [])
            if len(mine) < limit:
                mine.append(own)
    return found


def record_lookups(values: Values, attributes: tuple[str, ...]) -> dict[str, str]:
    """The lookup entries of a record: attribute → folded value, only where there is one.

    External ids are stored and compared in lower case (T4); an 18-character Salesforce id stays
    unique so, because its last three characters encode the case of the others.
    """
    found = {}
    for name in attributes:
        value = values.get(name)
        if value is not None:
            found[name] = str(value).lower()
    return found
