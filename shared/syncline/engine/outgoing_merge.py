"""Which attributes of a linked record are sent, and which of them both sides changed: pure."""

from syncline.engine.merge import POLICIES, Contest
from syncline.engine.outbox import was_announced
from syncline.engine.outgoing_rules import OutgoingRules
from syncline.engine.outgoing_values import Drafted, Found, agreed_before
from syncline.engine.records import Link, PlatformRecord, Value, Values, fed_at


def compared(
    record: PlatformRecord,
    link: Link,
    draft: Drafted,
    current: Found | None,
    rules: OutgoingRules,
) -> tuple[list[str], list[Contest]]:
    """The attributes that are to be sent, and those of them that both sides changed.

    As in the inbound merge an empty side yields where nothing is known of before.
    """
    before = agreed_before(link, rules)
    theirs = _theirs(current, before, rules)
    if record.outbox:
        before = {**before, **{n: v for n, v in theirs.items() if was_announced(record, n, v)}}
    mine = draft.forms
    names = [
        name
        for name in rules.written
        if (name in before or mine.get(name) is not None)
        and (name not in rules.kept or is_edited(name, record, link, draft))
    ]
    moved = any(theirs.get(name) != before.get(name) for name in names)
    said = [name for name in names if name not in draft.unsaid]
    edited = any(mine.get(name) != before.get(name) for name in said)
    whole = rules.whole_record and moved and edited
    changed: list[str] = []
    contests: list[Contest] = []
    for name in said:
        ours, crm, base = mine.get(name), theirs.get(name), before.get(name)
        if ours == crm or (ours == base and not whole):
            continue
        changed.append(name)
        if current is not None and (crm != base or (whole and name in before)):
            contests.append(_contest(record, name, (crm, ours), current.modified, rules))
    return changed, contests


def alike(link: Link, draft: Drafted, current: Found, rules: OutgoingRules) -> dict[str, Value]:
    """What both sides have the same without having agreed on it, in the CRM's form: each may have
    come to it by itself. Of a first match it is also what both have not."""
    before = agreed_before(link, rules)
    return {
        name: theirs
        for name in rules.written
        if rules.reads(name) and name not in draft.unsaid
        if (theirs := current.values.get(name)) == draft.forms.get(name)
        if not link.version or theirs != before.get(name)
    }


def is_edited(name: str, record: PlatformRecord, link: Link, draft: Drafted) -> bool:
    """Whether a person changed it since it was settled last. Nothing else tells: what the CRM
    changes of it arrives in the baseline and never on the platform, so both differ for good."""
    here = (record.values.get(name), draft.forms.get(name))
    return name in record.edits and not (name in link.sent and link.sent[name] in here)


def _theirs(current: Found | None, before: Values, rules: OutgoingRules) -> Values:
    """What the CRM holds: as far as it was not read, or is never read, what it held before."""
    if current is None:
        return before
    unread = {name: value for name, value in before.items() if not rules.reads(name)}
    return {**unread, **current.values}


def _contest(
    record: PlatformRecord,
    name: str,
    values: tuple[Value, Value],
    modified: str,
    rules: OutgoingRules,
) -> Contest:
    crm, mine = values
    latest = fed_at(record) if rules.whole_record else record.edits.get(name, record.updated_at)
    winner, why = POLICIES[rules.policy](modified, latest, rules.dialect.title)
    return Contest(name, crm, mine, winner, why)
