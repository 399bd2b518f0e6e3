"""What becomes of the change events that wait in a record's outbox, for one connection: pure.

Each attribute is decided alone, so one that cannot be written leaves its neighbours be (W12).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from syncline.engine.edited import EDITED_LATER, Edited, EditOther
from syncline.engine.merge import CONTESTED, POLICIES
from syncline.engine.moments import order
from syncline.engine.outbox import latest_of, still_said, was_announced
from syncline.engine.outgoing_values import Found, action_of
from syncline.engine.plan import GONE, Action, Send, SendKind, Verb
from syncline.engine.records import Link, OutboxEntry, PlatformRecord, Value, fed_at
from syncline.engine.told import APPLIED, HELD, REFUSED, SKIPPED, SUPERSEDED, Told
from syncline.engine.write_lines import Mode, Outgoing, Refusal, WriteLine, outgoing_of
from syncline.engine.write_view import WriteView


@dataclass(slots=True)
class Decision:
    """`told` are the attributes decided here; those in `action.send` or `edits` are told by how
    that ends. `action` is what is journalled; it may write nothing. Its `values` are what both
    sides agree on once it is done."""

    action: Action
    told: dict[str, Told]
    edits: tuple[EditOther, ...] = ()


@dataclass(slots=True)
class _Draft:
    """What one record comes to, attribute by attribute."""

    record: PlatformRecord
    link: Link
    view: WriteView
    told: dict[str, Told] = field(default_factory=dict)
    forms: dict[str, Value] = field(default_factory=dict)
    """Attribute → the value as it would be read back; of those that are written or agreed on."""
    sends: dict[str, Value] = field(default_factory=dict)
    edits: list[EditOther] = field(default_factory=list)
    before: dict[str, Value] = field(default_factory=dict)
    """What the CRM had of the attributes that are written."""
    contests: list[tuple[str, Value, Value, str]] = field(default_factory=list)
    whys: list[str] = field(default_factory=list)
    places: dict[tuple[str, str], tuple[str, Value]] = field(default_factory=dict)
    """CRM id and field in lower case → the attribute that decided it, and its value."""
    pointed: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Reference field in lower case → where it is made to lead, and the time of that change."""

    @property
    def current(self) -> Found | None:
        """The CRM's record, where it was fetched."""
        return self.view.found.get(self.link.crm_id)


def decide_write_back(
    record: PlatformRecord, link: Link | None, entries: Sequence[OutboxEntry], view: WriteView
) -> Decision:
    """The decision for what waits of one record; `entries` are those for this connection."""
    latest = latest_of(entries)
    whole = _told_of_whole(record, link, view)
    if link is None or whole is not None:
        told = dict.fromkeys(latest, whole or _not_matched(view))
        verb, reason = _verdict(told, [])
        return Decision(action_of(record, link, verb, reason, detail=_shown(told)), told)
    draft = _Draft(record, link, view)
    due: dict[str, OutboxEntry] = {}
    for name, entry in latest.items():
        if not still_said(record, name, entry):
            draft.told[name] = Told(SUPERSEDED, "later_change", _later(record, name))
        elif name not in view.lines:
            detail = f"'{name}' is not written back to this connection any more"
            draft.told[name] = Told(REFUSED, "not_mapped", detail)
        else:
            due[name] = entry
    for name in sorted(due, key=lambda each: view.lines[each].mode is Mode.EDIT_VALUE):
        _decide(draft, view.lines[name], due[name])
    return _decision(draft)


def _not_matched(view: WriteView) -> Told:
    detail = f"the record has no match in {view.dialect.title} in this connection"
    return Told(SKIPPED, "not_matched", detail)


def _told_of_whole(record: PlatformRecord, link: Link | None, view: WriteView) -> Told | None:
    if record.deleted:
        return Told(REFUSED, "record_deleted", "the record was deleted on the platform")
    if link is not None and link.crm_id in view.fetched and link.crm_id not in view.found:
        return Told(REFUSED, GONE, f"its {view.dialect.title} record is gone")
    return None


def _later(record: PlatformRecord, name: str) -> str:
    when = record.times.get(name)
    return f"a later change, of {when}, replaced it" if when else "a later change replaced it"


def _decide(draft: _Draft, line: WriteLine, entry: OutboxEntry) -> None:
    name = line.attribute
    outgoing = outgoing_of(line, entry.values.get(name), draft.view.people)
    id, misled = _written_id(draft, line, entry)
    refusal = outgoing.refusal or misled
    if refusal is not None:
        draft.told[name] = Told(REFUSED, *refusal)
        return
    mine = (name, outgoing.sent)
    other, value = draft.places.setdefault((id, line.field.lower()), mine)
    if other != name and value != outgoing.sent:
        detail = f"{line.field} is also that of '{other}', which was changed later"
        draft.told[name] = Told(SUPERSEDED, "later_change", detail)
        return
    if _is_overtaken(draft, line, entry, id=id, form=outgoing.form):
        draft.told[name] = EDITED_LATER
    elif id != _led_to(draft, line):
        _write(draft, line, entry, id=id, outgoing=outgoing)
    else:
        _compare(draft, line, entry, id=id, outgoing=outgoing)
    if line.mode is Mode.UPDATE_REFERENCE and name in draft.forms:
        draft.pointed[line.reference.lower()] = (str(outgoing.sent), entry.at)


def _led_to(draft: _Draft, line: WriteLine) -> str:
    """The id of what is compared: the record's own, or that which its reference leads to now."""
    if line.mode is not Mode.EDIT_VALUE:
        return draft.link.crm_id
    held = draft.view.references.get(draft.link.crm_id, {})
    return held.get(line.reference.lower(), "")


def _written_id(draft: _Draft, line: WriteLine, entry: OutboxEntry) -> tuple[str, Refusal | None]:
    """The id of the record that is written. Who is edited after the reference was made to lead
    elsewhere is whom it leads to then."""
    id = _led_to(draft, line)
    if line.mode is not Mode.EDIT_VALUE:
        return id, None
    to, at = draft.pointed.get(line.reference.lower(), (id, entry.at))
    id = to if order(at) <= order(entry.at) else id
    if not id:
        return id, ("reference_empty", f"{line.reference} leads to no record")
    if not id.startswith(line.prefix):
        return id, ("reference_other_object", f"{line.reference} does not lead to a {line.object}")
    return id, None


def _is_overtaken(
    draft: _Draft, line: WriteLine, entry: OutboxEntry, *, id: str, form: Value
) -> bool:
    """Whether a later change of that field came through another record, and still is what the CRM
    has, as far as anybody has looked."""
    last = _last_edit(draft, line, id)
    if last is None or order(last.at) <= order(entry.at) or last.value == form:
        return False
    return id != _led_to(draft, line) or _theirs(draft, line.attribute) == last.value


def _last_edit(draft: _Draft, line: WriteLine, id: str) -> Edited | None:
    edits = line.mode is Mode.EDIT_VALUE
    return draft.view.edited.get((id, line.field.lower())) if edits else None


def _theirs(draft: _Draft, name: str) -> Value:
    current = draft.current
    return (draft.link.baseline if current is None else current.values).get(name)


def _compare(
    draft: _Draft, line: WriteLine, entry: OutboxEntry, *, id: str, outgoing: Outgoing
) -> None:
    """Against what the CRM has: nothing is written that is there, nor over a later edit."""
    name, current = line.attribute, draft.current
    theirs = _theirs(draft, name)
    if _is_there(draft, line, outgoing, theirs):
        draft.forms[name] = outgoing.form
        there = f"{draft.view.dialect.title} has that value already"
        draft.told[name] = Told(APPLIED, "already_there", there)
        return
    if current is not None and (_moved(draft, current, name) or _moved_as_whole(draft, current)):
        times = _times(draft, line, entry, current)
        winner, why = POLICIES[draft.view.policy](*times, draft.view.dialect.title)
        draft.contests.append((name, theirs, outgoing.form, winner))
        draft.whys.append(f"{name}: {why}")
        if winner != "platform":
            draft.told[name] = _LOST[winner](why)
            return
    draft.before[name] = theirs
    _write(draft, line, entry, id=id, outgoing=outgoing)


def _is_there(draft: _Draft, line: WriteLine, outgoing: Outgoing, theirs: Value) -> bool:
    """A reference is compared by id where that was read: two people may have one name."""
    if line.mode is Mode.UPDATE_REFERENCE:
        held = draft.view.references.get(draft.link.crm_id, {}).get(line.reference.lower())
        if held is not None:
            return held == outgoing.sent
    return theirs == outgoing.form


def _moved(draft: _Draft, current: Found, name: str) -> bool:
    """Whether somebody else than ourselves changed it in the CRM."""
    theirs, line = current.values.get(name), draft.view.lines[name]
    if theirs == draft.link.baseline.get(name) or was_announced(draft.record, name, theirs):
        return False
    last = _last_edit(draft, line, _led_to(draft, line))
    return last is None or last.value != theirs


def _moved_as_whole(draft: _Draft, current: Found) -> bool:
    """Whether the job decides for the record as one, and the CRM changed any of what is written
    back."""
    return draft.view.whole_record and any(
        _moved(draft, current, name) for name in draft.view.lines
    )


def _times(draft: _Draft, line: WriteLine, entry: OutboxEntry, current: Found) -> tuple[str, str]:
    """The CRM's time and the platform's. Editing what a reference leads to does not touch the
    record that has the reference."""
    touched = draft.view.touched.get(draft.link.crm_id, {}) if line.mode is Mode.EDIT_VALUE else {}
    modified = touched.get(line.reference.lower(), current.modified)
    return modified, fed_at(draft.record) if draft.view.whole_record else entry.at


_LOST: Final[Mapping[str, Callable[[str], Told]]] = {
    "crm": lambda why: Told(SUPERSEDED, "crm_is_later", why),
    "hold": lambda why: Told(HELD, CONTESTED, why),
}


def _write(
    draft: _Draft, line: WriteLine, entry: OutboxEntry, *, id: str, outgoing: Outgoing
) -> None:
    name = line.attribute
    draft.forms[name] = outgoing.form
    draft.before.setdefault(name, draft.link.baseline.get(name))
    if line.mode is Mode.EDIT_VALUE:
        sent, form = outgoing.sent, outgoing.form
        draft.edits.append(EditOther(name, line.object, id, line.field, sent, entry.at, form))
    else:
        draft.sends[line.field] = outgoing.sent


def _decision(draft: _Draft) -> Decision:
    record, link, sends = draft.record, draft.link, draft.sends
    send = Send(SendKind.UPDATE, link.crm_id, sends, version=record.version) if sends else None
    contested = {name for name, *_ in draft.contests}
    others = {name: each for name, each in draft.told.items() if name not in contested}
    action = action_of(
        record,
        link,
        *_verdict(draft.told, draft.contests, written=bool(draft.before)),
        detail="; ".join(filter(None, [*draft.whys, _shown(others)])),
        changes=tuple((n, before, record.values.get(n)) for n, before in draft.before.items()),
        contests=draft.contests,
        values=draft.forms or None,
        send=send,
    )
    return Decision(action, draft.told, tuple(draft.edits))


def _shown(told: Mapping[str, Told]) -> str:
    """Of the attributes that are not written, so that a run tells of each that it had (W9)."""
    return "; ".join(f"{name}: {each.detail}" for name, each in told.items())


def _verdict(
    told: Mapping[str, Told], contests: Sequence[object], *, written: bool = False
) -> tuple[Verb, str]:
    """UPDATE where anything is written, else what a person should see first."""
    outcomes = {each.outcome for each in told.values()}
    if written and not outcomes.isdisjoint({REFUSED, HELD}):
        return Verb.UPDATE, "written_in_part"
    if written:
        return Verb.UPDATE, CONTESTED if contests else "written_back"
    for outcome, verb in _VERBS.items():
        if outcome in outcomes:
            return verb, min(each.reason for each in told.values() if each.outcome == outcome)
    return Verb.LEAVE, "nothing_waits"


_VERBS: Final[Mapping[str, Verb]] = {
    HELD: Verb.HOLD,
    REFUSED: Verb.REJECT,
    APPLIED: Verb.LINK,
    SKIPPED: Verb.SKIP,
    SUPERSEDED: Verb.LEAVE,
}
