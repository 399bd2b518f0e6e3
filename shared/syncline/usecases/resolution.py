"""What a person's choices about a conflict make of the record and its cross-reference: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from syncline.engine.findings import folded
from syncline.engine.merge import CONTESTED, merge_record
from syncline.engine.moments import to_the_second
from syncline.engine.outbox import seen_by
from syncline.engine.plan import Action, FieldChange, Verb
from syncline.engine.records import (
    Link,
    LinkState,
    OutboxEntry,
    PlatformRecord,
    Value,
    Values,
    last_known,
)
from syncline.ports import Conflict

Choice = Literal["salesforce", "platform"]
Fields = Mapping[str, tuple[Value, Value]]

RESOLVED: Final = "resolved"
"""The reason of a person's decision."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a conflict stands now.

    `contests`: attribute → the CRM's value and the platform's, where they still differ. `changes`
    are those of the CRM that nobody contests and that were held with the others. `baseline` is
    what the link's becomes. `sent` likewise, for attributes that no inbound job reads.
    """

    contests: Fields
    baseline: Values
    sent: Values
    changes: tuple[FieldChange, ...] = ()
    agreed: frozenset[str] = frozenset()


def standing_of_hold(
    link: Link, record: PlatformRecord, conflict: Conflict, crm: Values, attributes: Sequence[str]
) -> Standing:
    """Of a record that an inbound job holds: `crm` are all its values as that job mapped them,
    `attributes` what a merge may change. The merge is done again, for people may have edited. Of
    what the job and the conflict tell, the later holds."""
    theirs = _filled({**crm, **(_told(conflict) if link.stamp <= conflict.at else {})})
    known = last_known(link, attributes)
    baseline = known if link.state is LinkState.LINKED else None
    merge = merge_record(
        baseline=None if baseline is None else folded(baseline),
        crm=folded(theirs),
        modified="",
        record=seen_by(record, conflict.connection),
        attributes=attributes,
        policy="platform",
        settled={} if baseline is None else link.sent,
    )
    contests = {each.attribute: (each.crm, each.platform) for each in merge.contests}
    moved = [n for n in attributes if n in link.sent and theirs.get(n) != known.get(n)]
    sent = {name: theirs.get(name) for name in moved}
    return Standing(contests, theirs, {**link.sent, **sent}, merge.changes, merge.agreed)


def standing_of_conflict(link: Link, record: PlatformRecord, conflict: Conflict) -> Standing:
    """Of a record that an outbound job holds, or whose hold is no longer in the journal: only the
    contested attributes are known. A cross-reference that has settled a later version of the CRM's
    record knows better than the conflict."""
    theirs = _told(conflict)
    if link.reason != CONTESTED and link.stamp > conflict.at:
        theirs = {name: link.baseline.get(name) for name in theirs}
    contests = {
        name: (crm, record.values.get(name))
        for name, crm in theirs.items()
        if crm != record.values.get(name)
    }
    return Standing(contests, _filled({**link.baseline, **theirs}), {**link.sent, **theirs})


def _told(conflict: Conflict) -> dict[str, Value]:
    return {name: crm for name, (crm, _) in conflict.fields.items()}


def _filled(values: Values) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value is not None}


def moved_on(conflict: Conflict, standing: Standing) -> bool:
    """Whether a person would now decide about other values than the conflict shows. What both
    sides agree on meanwhile needs no decision."""
    return any(conflict.fields.get(name) != both for name, both in standing.contests.items())


@dataclass(frozen=True, slots=True)
class Decided:
    """A conflict, how it stands, and what a person chose for each of its attributes.

    Of the `written_back` ones what the platform keeps is announced, as `receipt`.
    """

    conflict: Conflict
    standing: Standing
    choices: Mapping[str, Choice]
    written_back: frozenset[str] = frozenset()
    receipt: str = ""

    def chosen(self, choice: Choice) -> frozenset[str]:
        """The attributes that are still contested and were decided so."""
        return frozenset(n for n in self.standing.contests if self.choices[n] == choice)

    @property
    def announced(self) -> frozenset[str]:
        return self.chosen("platform") & self.written_back


def resolving_action(
    decided: Decided, link: Link | None, record: PlatformRecord, now: str
) -> Action:
    """What is written; `link` None where nothing was linked yet."""
    changes = _changes(decided, record)
    after = _record(decided, record, changes, now)
    return Action(
        key=decided.conflict.crm_id,
        verb=Verb.UPDATE if changes else Verb.LEAVE,
        reason=RESOLVED,
        platform_id=record.id,
        changes=changes,
        record=after,
        record_before=record if after else None,
        link=_link(decided, link),
        link_before=link,
        previous=link.last if link else None,
        contests=tuple(
            (name, crm, platform, _WINNER[decided.choices[name]])
            for name, (crm, platform) in decided.standing.contests.items()
        ),
    )


_WINNER: Final[Mapping[Choice, str]] = {"salesforce": "crm", "platform": "platform"}


def _changes(decided: Decided, record: PlatformRecord) -> tuple[FieldChange, ...]:
    contests = decided.standing.contests
    taken = tuple(
        (name, record.values.get(name), contests[name][0])
        for name in contests
        if name in decided.chosen("salesforce")
    )
    return (*decided.standing.changes, *taken)


def _record(
    decided: Decided, record: PlatformRecord, changes: Sequence[FieldChange], now: str
) -> PlatformRecord | None:
    """None where nothing of it changes."""
    values = {**record.values, **{name: after for name, _, after in changes}}
    edits = _edits(decided, record, values, now)
    announced = decided.announced
    if not changes and edits == record.edits and not announced:
        return None
    own = {name: record.values.get(name) for name in sorted(announced)}
    entry = OutboxEntry(decided.receipt, now, own, (decided.conflict.connection,))
    timed = announced | decided.written_back.intersection(name for name, _, _ in changes)
    return replace(
        record,
        version=record.version + 1,
        values={name: value for name, value in values.items() if value is not None},
        updated_at=to_the_second(now) if changes else record.updated_at,
        edits=edits,
        outbox=(*record.outbox, entry) if announced else record.outbox,
        times={**record.times, **dict.fromkeys(timed, now)},
    )


def _edits(decided: Decided, record: PlatformRecord, values: Values, now: str) -> Mapping[str, str]:
    """What the platform keeps is a new edit, so that an outbound job sends it.

    Other edits that were held with it and never sent must be seen by that job, too: where nothing
    is kept, they are renewed, for the change feed has one place for a record.
    """
    standing, kept = decided.standing, decided.chosen("platform")
    settled = decided.chosen("salesforce") | standing.agreed
    left = {name: at for name, at in record.edits.items() if name not in settled}
    unsent = [
        name for name in left
        if values.get(name) not in (standing.baseline.get(name), standing.sent.get(name))
    ]  # fmt: skip
    return {**left, **dict.fromkeys(kept or unsent, now)}


def _link(decided: Decided, before: Link | None) -> Link:
    conflict, standing = decided.conflict, decided.standing
    known = before or Link(conflict.crm_id, conflict.object, LinkState.LINKED, 0)
    return replace(
        known,
        state=LinkState.LINKED,
        version=known.version + 1,
        platform_id=conflict.platform_id,
        baseline=standing.baseline,
        sent=standing.sent,
        reason=None,
    )
