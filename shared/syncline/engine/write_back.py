"""What becomes of the change events that wait in a record's outbox, for one connection: pure.

Each attribute is decided alone, so one that cannot be written leaves its neighbours be (W12).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from syncline.engine.merge import CONTESTED, POLICIES
from syncline.engine.outgoing_values import Found, action_of
from syncline.engine.plan import Action, Send, SendKind, Verb
from syncline.engine.records import Link, OutboxEntry, PlatformRecord, Value
from syncline.engine.write_lines import (
    Mode,
    People,
    Refusal,
    WriteLine,
    form_of,
    refused_reference,
    refused_value,
    sent_value,
)

APPLIED, SUPERSEDED, REFUSED, HELD, SKIPPED = (
    "applied",
    "superseded",
    "refused",
    "held",
    "skipped",
)
_ID: Final = "id"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one attribute of a change event in one connection."""

    outcome: str
    """"applied", "superseded", "refused", "held" or "skipped"."""
    reason: str
    """Our stable word ("written", "already_there", "read_only", "later_change" …)."""
    detail: str = ""
    """A sentence for people, which may hold a value: never for a log."""


@dataclass(frozen=True, slots=True)
class EditOther:
    """A field of the record that a reference leads to (W5, *edit the value*)."""

    attribute: str
    object: str
    id: str
    field: str
    value: Value
    at: str
    """When it was changed: of two changes of one field the later is written."""


@dataclass(frozen=True, slots=True)
class WriteView:
    """What was read to decide a batch.

    `found` has what was fetched of the CRM, by CRM id; `fetched` are the ids asked for, so one that
    is not in `found` is gone; what was not fetched is its baseline. `references`: CRM id →
    reference field in lower case → the id that it holds. `policy` is the inbound job's.
    """

    lines: Mapping[str, WriteLine]
    policy: str
    found: Mapping[str, Found] = field(default_factory=dict)
    fetched: frozenset[str] = frozenset()
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    people: People = field(default_factory=dict)


@dataclass(slots=True)
class Decision:
    """`told` are the attributes decided here; those in `action.send`, `edits` or `agreed` are told
    by how that ends. `action` is what is journalled; it may write nothing."""

    action: Action
    told: dict[str, Told]
    edits: tuple[EditOther, ...] = ()


@dataclass(slots=True)
class _Draft:
    """What one record comes to, attribute by attribute."""

    told: dict[str, Told] = field(default_factory=dict)
    forms: dict[str, Value] = field(default_factory=dict)
    """Attribute → the value as it would be read back; of those that are written or agreed on."""
    sends: dict[str, Value] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    edits: list[EditOther] = field(default_factory=list)
    before: dict[str, Value] = field(default_factory=dict)
    """What the CRM had of those that are written."""
    contests: list[tuple[str, Value, Value, str]] = field(default_factory=list)
    whys: list[str] = field(default_factory=list)

    def refuse(self, name: str, refusal: Refusal) -> None:
        self.told[name] = Told(REFUSED, *refusal)


def latest_of(entries: Sequence[OutboxEntry]) -> dict[str, OutboxEntry]:
    """Attribute → the entry with its latest change; of equal times the last one that came."""
    latest: dict[str, OutboxEntry] = {}
    for entry in entries:
        for name in entry.values:
            if name not in latest or latest[name].at <= entry.at:
                latest[name] = entry
    return latest


def still_said(record: PlatformRecord, name: str, entry: OutboxEntry) -> bool:
    """Whether the record holds what the entry announced: neither a later change of the platform nor
    one of the CRM has replaced it."""
    return record.values.get(name) == entry.values.get(name)


def decide_write_back(
    record: PlatformRecord, link: Link | None, entries: Sequence[OutboxEntry], view: WriteView
) -> Decision:
    """The decision for what waits of one record; `entries` are those for this connection."""
    latest = latest_of(entries)
    draft = _Draft()
    whole = _refused_whole(record, link, view)
    for name, entry in latest.items():
        if whole is not None:
            draft.told[name] = whole
        elif not still_said(record, name, entry):
            draft.told[name] = Told(SUPERSEDED, "later_change", _later(record, name))
        elif name not in view.lines:
            draft.refuse(name, _not_mapped(name))
        elif link is not None:
            _decide(draft, view.lines[name], entry, link, view)
    return _decision(draft, record, link)


def _refused_whole(record: PlatformRecord, link: Link | None, view: WriteView) -> Told | None:
    if record.deleted:
        return Told(REFUSED, "record_deleted", "the record was deleted on the platform")
    if link is None:
        detail = "the record has no match in Salesforce in this connection"
        return Told(SKIPPED, "not_matched", detail)
    if link.crm_id in view.fetched and link.crm_id not in view.found:
        return Told(REFUSED, "deleted_in_salesforce", "its Salesforce record is gone")
    return None


def _later(record: PlatformRecord, name: str) -> str:
    when = record.times.get(name)
    return f"a later change, of {when}, replaced it" if when else "a later change replaced it"


def _not_mapped(name: str) -> Refusal:
    return "not_mapped", f"no inbound job of this connection maps '{name}' any more"


def _decide(
    draft: _Draft, line: WriteLine, entry: OutboxEntry, link: Link, view: WriteView
) -> None:
    name = line.attribute
    outgoing = _outgoing(line, entry.values.get(name), view)
    if outgoing.refusal is not None:
        draft.refuse(name, outgoing.refusal)
        return
    current, base = view.found.get(link.crm_id), link.baseline.get(name)
    theirs = current.values.get(name) if current is not None else base
    if theirs == outgoing.form:
        draft.forms[name] = outgoing.form
        draft.told[name] = Told(APPLIED, "already_there", "Salesforce has that value already")
        return
    if current is not None and theirs != base:
        winner, why = POLICIES[view.policy](current.modified, entry.at)
        draft.contests.append((name, theirs, outgoing.form, winner))
        draft.whys.append(f"{name}: {why}")
        if winner != "platform":
            draft.told[name] = _LOST[winner](why)
            return
    draft.forms[name] = outgoing.form
    draft.before[name] = theirs
    _write(draft, line, entry, outgoing.sent, view.references.get(link.crm_id, {}))


_LOST: Final[Mapping[str, Callable[[str], Told]]] = {
    "crm": lambda why: Told(SUPERSEDED, "salesforce_is_later", why),
    "hold": lambda why: Told(HELD, CONTESTED, why),
}


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """A value as it is sent and as it would be read back, or why it cannot be sent."""

    sent: Value = None
    form: Value = None
    refusal: Refusal | None = None


def _outgoing(line: WriteLine, value: Value, view: WriteView) -> _Outgoing:
    refusal = refused_value(line, value)
    if refusal is not None:
        return _Outgoing(refusal=refusal)
    if line.mode is not Mode.UPDATE_REFERENCE or line.by.lower() == _ID:
        return _Outgoing(sent_value(line, value), form_of(line, value))
    found = view.people.get((line.attribute, str(value).lower()), ())
    refusal = refused_reference(line, len(found))
    return _Outgoing(refusal=refusal) if refusal else _Outgoing(*found[0])


def _write(
    draft: _Draft,
    line: WriteLine,
    entry: OutboxEntry,
    sent: Value,
    references: Mapping[str, str],
) -> None:
    name = line.attribute
    if line.mode is Mode.FIELD:
        draft.sends[line.field] = sent
    elif line.mode is Mode.UPDATE_REFERENCE:
        draft.sends[line.reference] = sent
    else:
        target = references.get(line.reference.lower())
        if target is None:
            del draft.forms[name]
            draft.refuse(name, ("reference_empty", f"{line.reference} leads to no record"))
            return
        draft.edits.append(EditOther(name, line.object, target, line.field, sent, entry.at))
    draft.written.append(name)


def _decision(draft: _Draft, record: PlatformRecord, link: Link | None) -> Decision:
    """HOLD where a person must decide of something, else UPDATE where anything is written, LINK
    where only the baseline learns, else what the attributes have in common."""
    verb, reason = _verdict(draft)
    send = None
    if draft.sends and link is not None:
        send = Send(SendKind.UPDATE, link.crm_id, draft.sends, version=record.version)
    action = action_of(
        record,
        link,
        verb,
        reason,
        detail="; ".join([*draft.whys, *_refusals(draft)]),
        changes=tuple((n, draft.before.get(n), record.values.get(n)) for n in draft.written),
        contests=draft.contests,
        values=draft.forms or None,
        send=send,
    )
    return Decision(action, draft.told, tuple(draft.edits))


def _verdict(draft: _Draft) -> tuple[Verb, str]:
    outcomes = {each.outcome for each in draft.told.values()}
    if draft.written:
        return Verb.UPDATE, CONTESTED if draft.contests else "written_back"
    for outcome, verb in _VERBS.items():
        if outcome in outcomes:
            reasons = {each.reason for each in draft.told.values() if each.outcome == outcome}
            return verb, min(reasons)
    return Verb.LEAVE, "nothing_waits"


_VERBS: Final[Mapping[str, Verb]] = {
    HELD: Verb.HOLD,
    REFUSED: Verb.REJECT,
    APPLIED: Verb.LINK,
    SKIPPED: Verb.SKIP,
    SUPERSEDED: Verb.LEAVE,
}
"""In this order: what a person should see first."""


def _refusals(draft: _Draft) -> list[str]:
    refused = (each for each in draft.told.items() if each[1].outcome == REFUSED)
    return [f"{name}: {each.detail}" for name, each in refused]
