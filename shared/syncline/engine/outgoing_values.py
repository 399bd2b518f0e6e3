"""The values of one record on their way out, and the actions made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from syncline.engine.coercion import UNFIT
from syncline.engine.outcoercion import outcoercer
from syncline.engine.outgoing_rules import OutgoingLine, OutgoingRules, named
from syncline.engine.plan import Action, Verb
from syncline.engine.records import Link, PlatformRecord, Value, Values, last_known

People = Mapping[tuple[str, str], Sequence[tuple[str, str]]]


@dataclass(slots=True)
class Found:
    """A CRM record as fetched: values by attribute in the form they are compared in."""

    stamp: str
    modified: str
    values: Values


@dataclass(slots=True)
class Drafted:
    """`values` by CRM field; `forms` by attribute, as they would be read back; `flaws` by
    attribute: reason and detail of what cannot be sent; `unsaid`: attributes that are left out
    because nothing is found by them; `passed`: by attribute, who of those named is not sent."""

    values: dict[str, Value]
    forms: dict[str, Value]
    flaws: dict[str, tuple[str, str]]
    unsaid: set[str]
    passed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What values are resolved with: people by (attribute, folded value), each as (CRM id, the
    value as the CRM spells it), and parents by platform id."""

    people: People
    parents: Mapping[str, str]


def drafted(
    record: PlatformRecord, known: Known, rules: OutgoingRules, *, creating: bool
) -> Drafted:
    """All that the record would send, before what is sent is chosen. Empty values are kept in
    `values` as None, for an update may clear."""
    draft = Drafted({}, {}, {}, set())
    for line in rules.lines:
        if not (line.create if creating else line.update):
            continue
        value = record.values.get(line.attribute)
        if line.attribute == rules.parent:
            _parent(draft, line, known.parents.get(str(value)))
            continue
        if line.person and not (value is None and line.clears):
            _person(draft, line, value, known.people, rules)
            continue
        try:
            draft.values[line.crm] = _sent(line, value)
            form = rules.form(line.attribute, value)
        except ValueError as exc:
            detail = f"'{line.attribute}' is not {exc}, which {line.crm} needs"
            draft.flaws[line.attribute] = (UNFIT, detail)
            draft.forms[line.attribute] = value
            continue
        if form is not None:
            draft.forms[line.attribute] = form
    return draft


def _sent(line: OutgoingLine, value: Value) -> Value:
    return None if value is None else outcoercer(line.type, line.crm_type)(value)


def _parent(draft: Drafted, line: OutgoingLine, crm_id: str | None) -> None:
    """T17: the account's field is written where it is mapped and writable, once it is known."""
    if crm_id is None:
        draft.unsaid.add(line.attribute)
    else:
        draft.values[line.crm] = draft.forms[line.attribute] = crm_id


def _person(
    draft: Drafted, line: OutgoingLine, value: Value, people: People, rules: OutgoingRules
) -> None:
    """A reference that is found by an e-mail; where several are named, the first who is found is
    what is sent and what is read back: as an id, or as the CRM spells the address. A reference that
    cannot be empty stays as it is when nobody is named."""
    if value is None:
        draft.unsaid.add(line.attribute)
        return
    is_id, title = rules.dialect.ids.is_id, rules.dialect.title
    found = [
        [(name, name)] if is_id(name) else people.get((line.attribute, name.lower()), ())
        for name in named(value)
    ]
    clear = next((each[0] for each in found if len(each) == 1), None)
    if clear is not None:
        id, spelled = clear
        draft.values[line.crm] = id
        draft.forms[line.attribute] = id if rules.reads_id(line.attribute) else spelled
    elif line.strict:
        draft.forms[line.attribute] = value
        draft.flaws[line.attribute] = _unknown_person(line, max(map(len, found), default=0), title)
    else:
        draft.unsaid.add(line.attribute)
    passed = passed_over(line, [len(each) for each in found], title)
    if passed:
        draft.passed[line.attribute] = passed


def passed_over(line: OutgoingLine, found: Sequence[int], title: str) -> str:
    """Who of those named is not sent, in words: `found` tells how many each of them may be."""
    clear = sum(number == 1 for number in found)
    reasons = (
        (sum(number == 0 for number in found), f"not found in {title}"),
        (sum(number > 1 for number in found), "found there several times"),
        (max(clear - 1, 0), f"behind the first, for {line.crm} takes one"),
    )
    told = ", ".join(f"{number} {why}" for number, why in reasons if number)
    left = len(found) - bool(clear)
    return f"{line.attribute}: {left} of {len(found)} not sent ({told})" if told else ""


def _unknown_person(line: OutgoingLine, candidates: int, title: str) -> tuple[str, str]:
    if candidates:
        told = f"{candidates} active users of {title} have the address in '{line.attribute}'"
        return "person_ambiguous", f"{told}; {line.crm} needs one"
    return "person_not_found", f"no active user of {title} has the address in '{line.attribute}'"


def sent_values(draft: Drafted, rules: OutgoingRules, names: Sequence[str]) -> dict[str, Value]:
    """The CRM values of some attributes; one attribute may feed several fields (T13)."""
    wanted = frozenset(names)
    return {
        line.crm: draft.values[line.crm]
        for line in rules.lines
        if line.update and line.attribute in wanted and line.crm in draft.values
    }


def filled(values: Mapping[str, Value]) -> dict[str, Value]:
    """Without what is empty."""
    return {name: value for name, value in values.items() if value is not None}


def agreed_before(link: Link, rules: OutgoingRules) -> Values:
    """What both sides last agreed on, by attribute in the form values are compared in: from the
    inbound baseline where the pair maps it inbound, else from what was sent last. An attribute
    that nothing is known of is absent."""
    known: dict[str, Value] = {}
    paired = rules.paired.keys()
    held = last_known(link, paired - rules.kept if link.stamp else paired)
    for name in rules.written:
        if name in rules.paired:
            if link.version:
                known[name] = held.get(name)
        elif name in link.sent:
            known[name] = link.sent[name]
    return known


def settled_by(action: Action, rules: OutgoingRules) -> dict[str, Value]:
    """What both sides agree on once the action is done, by attribute: as the platform has it where
    the pair reads it back, else as it would be read back. None: that there is nothing."""
    own = {name: after for name, _, after in action.changes if name in rules.paired}
    return {**(action.values or {}), **(action.agreed or {}), **own}


def action_of(
    record: PlatformRecord, link: Link | None, verb: Verb, reason: str, **more: Any
) -> Action:
    """An action for a platform record, pointing to its story so far."""
    return Action(
        key=record.id,
        verb=verb,
        reason=reason,
        stamp=link.stamp if link else "",
        modified=record.updated_at,
        platform_id=record.id,
        crm_id=link.crm_id if link else None,
        previous=link.last if link else None,
        **more,
    )


def refusal(record: PlatformRecord, link: Link | None, flaw: tuple[str, str]) -> Action:
    """A record that cannot be sent as it is: reason and detail."""
    return action_of(record, link, Verb.REJECT, flaw[0], detail=flaw[1])
