"""What follows from the CRM's answers: cross-references, External Ids, the journal's amendments.

Everything is worked out from what is stored now, so that a batch can be settled again after a
crash: a link that names its entry already is done, an External Id that is there is left.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from syncline.engine.made_anew import MADE_ANEW
from syncline.engine.outgoing_rules import OutgoingRules
from syncline.engine.outgoing_values import settled_by
from syncline.engine.plan import Action, Plan, SendKind, Verb
from syncline.engine.records import Link, LinkState, PlatformRecord, Value
from syncline.errors import RetryableError
from syncline.ports import (
    Conflict,
    Conflicts,
    Journal,
    Links,
    LinkWrite,
    PlatformRecords,
    RecordWrite,
    RowAnswer,
)
from syncline.usecases.answered import SETTLED, Answered, answered, not_linkable
from syncline.usecases.apply_batch import journal_name, plan_to_entry
from syncline.usecases.leave_trails import aside_of, leave_trails
from syncline.usecases.settled_links import (
    arrives,
    ended_again,
    following,
    loser,
    no_longer_held,
    noted,
    taken_over,
)

AGAIN: Final = "again"
"""Under this name wait the records that the CRM may take at another time."""
_ATTEMPTS: Final = 6
_TOLD: Final = frozenset({Verb.HOLD, Verb.REJECT, Verb.SKIP})


def waiting_list(object: str, job: str) -> str:
    """Each job has its own, for what one of them leaves may be another's to send."""
    return f"{object}/{job}"


@dataclass(frozen=True, slots=True)
class SettleBatch:
    """`entry` of `__call__` names the journal entry that holds the actions."""

    workspace: str
    run: str
    job: str
    begun: str
    connection: str
    links: Links
    records: PlatformRecords
    journal: Journal
    conflicts: Conflicts
    rules: OutgoingRules
    parent_object: str | None
    releases: bool

    def __call__(
        self, batch: int, planned: Plan, answers: Mapping[str, RowAnswer | None], at: str
    ) -> Plan:
        """The batch as it ended. `answers` by platform id for the actions that were sent; `at` is
        the CRM's time by which they were answered."""
        former = {each.key: loser(each) for each in planned.actions}
        others = not_linkable(self.links, self.rules.object, answers, former)
        ended = [answered(action, answers, others) for action in planned.actions]
        amended = [
            each.action
            for each, action in zip(ended, planned.actions, strict=True)
            if each.action is not action
        ]
        if amended:
            self._amend(batch, amended)
        pointers = _pointers(planned.actions, amended, f"{self.run}/{batch:08d}")
        self._link(ended, pointers, at)
        self._fill_external_ids(ended, pointers)
        self._leave_trails(ended, pointers)
        self._wait([each.action for each in ended])
        self._tell_conflicts([each.action for each in ended], at)
        return replace(planned, actions=tuple(each.action for each in ended))

    def _leave_trails(self, ended: Sequence[Answered], pointers: Mapping[str, str]) -> None:
        """Of what no link remembers, and of records that have lost theirs."""
        asides = {
            each.action.key: aside_of(each.action, pointers[each.action.key])
            for each in ended
            if each.action.verb in _TOLD
        }
        lost = {own: each.crm_id for each in ended if (own := loser(each.action)) is not None}
        leave_trails(self.links, self.rules.object, asides, lost, at=self.begun)

    def _amend(self, batch: int, actions: Sequence[Action]) -> None:
        entry = plan_to_entry(Plan(read=0, left={}, actions=tuple(actions)), amends=True)
        self.journal.put(self.workspace, self.run, journal_name(batch, 1), entry)

    def _link(self, ended: Sequence[Answered], pointers: Mapping[str, str], at: str) -> None:
        told = SETTLED | _TOLD
        todo = [each for each in ended if each.crm_id and each.action.verb in told]
        for _ in range(_ATTEMPTS):
            if not todo:
                return
            todo = self._try_to_link(todo, pointers, at)
        raise RetryableError("cross-references keep changing", code="links_busy")

    def _try_to_link(
        self, todo: Sequence[Answered], pointers: Mapping[str, str], at: str
    ) -> list[Answered]:
        stored = self.links.get([each.crm_id for each in todo])
        writes: list[LinkWrite] = []
        writing: list[Answered] = []
        for each in todo:
            before = stored.get(each.crm_id)
            pointer = pointers[each.action.key]
            if before is not None and before.last == pointer:
                again = ended_again(before, each.action)
            else:
                after = self._after(each, before, pointer, at)
                version = before.version if before else 0
                again = LinkWrite(after, version, before) if after else None
            if again is not None:
                writes.append(again)
                writing.append(each)
        if self.releases:
            self._release(writes)
        over = {own for each in writes for own in no_longer_held(each)}
        if over:
            self.conflicts.remove([(self.connection, self.rules.object, own) for own in over])
        done = self.links.write(writes) if writes else ()
        return [each for each, ok in zip(writing, done, strict=True) if not ok]

    def _after(self, each: Answered, before: Link | None, pointer: str, at: str) -> Link | None:
        """The link as it is once the action is settled; None where it stays."""
        action, crm_id = each.action, each.crm_id
        if action.verb in _TOLD:
            return noted(action, before)
        if action.verb is Verb.DELETE:
            return before and following(
                before, state=LinkState.DELETED, baseline={}, sent={}, reason=None, last=pointer
            )
        new = Link(crm_id, self.rules.object, LinkState.LINKED, 0)
        fresh = taken_over(before, action) if before else new
        return following(
            fresh,
            state=LinkState.LINKED,
            platform_id=action.key,
            parent=None,
            baseline=self._baseline(fresh, each),
            sent={**fresh.sent, **settled_by(action, self.rules)},
            sent_at=at if action.send else fresh.sent_at,
            reason=fresh.reason if fresh.reason == MADE_ANEW else None,
            last=pointer,
        )

    def _baseline(self, before: Link, each: Answered) -> dict[str, Value]:
        """What the CRM holds now of the attributes that the pair maps inbound."""
        values = dict(before.baseline)
        action = each.action
        read = {*self.rules.paired, self.rules.parent}
        known = {name: value for name, value in (action.values or {}).items() if name in read}
        if self.rules.carries_crm_id and action.send and action.send.kind is SendKind.CREATE:
            known["external_id"] = each.crm_id
        for name, value in known.items():
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value
        return values

    def _release(self, writes: Sequence[LinkWrite]) -> None:
        arrived = [write.link for write in writes if arrives(write)]
        names = {link.crm_id for link in arrived} | {link.platform_id or "" for link in arrived}
        if names:
            self.links.release(names)

    def _fill_external_ids(self, ended: Sequence[Answered], pointers: Mapping[str, str]) -> None:
        """A record that was created in the CRM carries the id it has there (T4)."""
        if not self.rules.carries_crm_id:
            return
        made = {each.action.key: each.crm_id for each in ended if each.action.verb is Verb.CREATE}
        for _ in range(_ATTEMPTS):
            if not made:
                return
            made = self._try_to_fill(made, pointers)
        raise RetryableError("records keep changing", code="records_busy")

    def _try_to_fill(self, made: Mapping[str, str], pointers: Mapping[str, str]) -> dict[str, str]:
        found = self.records.get(self.rules.object, made)
        writes = [
            write
            for own, record in found.items()
            if (write := _filling(record, made[own], pointers[own])) is not None
        ]
        done = self.records.write(writes) if writes else ()
        return {
            write.record.id: made[write.record.id]
            for write, ok in zip(writes, done, strict=True)
            if not ok
        }

    def _wait(self, actions: Sequence[Action]) -> None:
        """Skipped for their account (X8), refused with one that may have been merged away, held or
        skipped until their own CRM record is another, and those the CRM may take at another time.
        """
        filed = waiting_list(self.rules.object, self.job)
        for_parent = {a.key: a.waits_for for a in actions if a.waits_for}
        if for_parent:
            parent_object = self.parent_object or self.rules.object
            self.links.wait(filed, for_parent, parent_object=parent_object)
            is_id = self.rules.dialect.ids.is_id
            refused = self.links.get([each for each in for_parent.values() if is_id(each)])
            self.links.release([k for k, link in refused.items() if link.state is LinkState.ALIAS])
        again = [a.key for a in actions if a.reason == "try_again"]
        if again:
            self.links.wait(filed, dict.fromkeys(again, AGAIN), parent_object=self.rules.object)
            self.links.release([AGAIN])

    def _tell_conflicts(self, actions: Sequence[Action], at: str) -> None:
        held = [
            Conflict(
                connection=self.connection,
                object=self.rules.object,
                platform_id=action.key,
                crm_id=action.crm_id or "",
                job=self.job,
                run=self.run,
                at=at,
                fields={name: (crm, ours) for name, crm, ours, _ in action.contests},
            )
            for action in actions
            if action.verb is Verb.HOLD and action.contests
        ]
        if held:
            self.conflicts.put(held)


def _filling(record: PlatformRecord, crm_id: str, pointer: str) -> RecordWrite | None:
    folded = crm_id.lower()
    if record.deleted or record.values.get("external_id") == folded:
        return None
    after = replace(
        record,
        version=record.version + 1,
        values={**record.values, "external_id": folded},
        sync=pointer,
    )
    return RecordWrite(after, record.version, record, feed=bool(record.edits))


def _pointers(planned: Sequence[Action], amended: Collection[Action], batch: str) -> dict[str, str]:
    """Where each action is journalled: in the plan, or in what amends it."""
    first = {action.key: f"{batch}/00/{at}" for at, action in enumerate(planned)}
    return first | {action.key: f"{batch}/01/{at}" for at, action in enumerate(amended)}
