"""Applies a journalled plan: platform records first, cross-references with baselines last.

A crash between the two leaves the old baseline; the batch is then applied again from its journal,
and every write that was already done is recognised by the journal pointer it carries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from syncline.engine.ledger import Ledger
from syncline.engine.made_anew import has_moved
from syncline.engine.merge import CONTESTED
from syncline.engine.plan import Action, Plan, Verb, pointed
from syncline.engine.records import LinkState
from syncline.ports import (
    Conflict,
    Conflicts,
    Journal,
    Links,
    LinkWrite,
    PlatformRecords,
    RecordWrite,
)
from syncline.usecases.leave_trails import aside_of, leave_trails
from syncline.usecases.plan_batch import PlanBatch

_ATTEMPTS: Final = 4


def journal_name(batch: int, attempt: int) -> str:
    """Sorts in the order in which the entries were made."""
    return f"{batch:08d}/{attempt:02d}"


def plan_to_entry(plan: Plan, **extra: Any) -> dict[str, Any]:
    """A plan as the journal keeps it."""
    return {
        "read": plan.read,
        "left": dict(plan.left),
        "actions": [action.to_json() for action in plan.actions],
        **extra,
    }


def plan_from_entry(entry: Mapping[str, Any]) -> Plan:
    """The plan that was journalled."""
    return Plan(
        read=entry["read"],
        left=entry["left"],
        actions=tuple(Action.from_json(stored) for stored in entry["actions"]),
    )


def held(action: Action, reason: str) -> Action:
    """The same record, left as it is for a person or a later run."""
    detail = "somebody else changed it between plan and write; nothing was written"
    return replace(
        action, verb=Verb.HOLD, reason=reason, detail=detail, changes=(),
        record=None, record_before=None, link=None, link_before=None, send=None,
    )  # fmt: skip


def _is_taken_over(action: Action) -> bool:
    """Whether a live link leads to another platform record than before."""
    before, after = action.link_before, action.link
    lived = before is not None and before.state is LinkState.LINKED
    lives = after is not None and after.state is LinkState.LINKED
    return lived and lives and has_moved(before, action.platform_id)


def _keeps_its_place(action: Action) -> bool:
    before, after = action.link_before, action.link
    same = before is not None and after is not None and before.state is after.state
    return same and not _is_taken_over(action)


def _is_lifted(action: Action) -> bool:
    """Whether a record that was set aside is simply linked now."""
    before, after = action.link_before, action.link
    aside = before is not None and before.reason is not None
    return aside and after is not None and (after.state, after.reason) == (LinkState.LINKED, None)


def _loser(action: Action) -> str | None:
    """The platform record whose live link ends, or leads to another one now."""
    before, after = action.link_before, action.link
    if before is None or after is None or before.state is not LinkState.LINKED:
        return None
    if after.state is not LinkState.LINKED:
        return after.platform_id
    return before.platform_id if _is_taken_over(action) else None


def _no_longer_held(action: Action) -> set[str]:
    """Platform ids that are taken off the list of conflicts; one that takes a link over may have
    been held before it could."""
    before = action.link_before
    if before is None or not (before.reason == CONTESTED or _is_taken_over(action)):
        return set()
    return {each for each in (action.platform_id, before.platform_id) if each}


def changed_since_plan(action: Action) -> Action:
    """A planned action that no longer fits what is there."""
    return held(action, "changed_since_plan")


@dataclass(frozen=True, slots=True)
class ApplyBatch:
    """Applies one batch of one run until every action has ended; returns its ledger.

    `planner` decides anew about records that changed between plan and write. Without one (a stored
    plan is applied) such records are held: the plan was for another state of them.
    """

    workspace: str
    run: str
    links: Links
    records: PlatformRecords
    journal: Journal
    conflicts: Conflicts
    connection: str
    job: str
    object: str
    at: str
    """When the run began."""
    planner: PlanBatch | None
    releases: bool = False
    """Whether records of this object are parents that others may wait for."""

    def __call__(self, batch: int, entry: Mapping[str, Any]) -> Ledger:
        """`entry` is the journalled first attempt. Safe to repeat from the start at any time."""
        first = plan_from_entry(entry)
        final = {action.key: action for action in first.actions}
        actions: Sequence[Action] = first.actions
        pointers: dict[str, str] = {}
        for attempt in range(_ATTEMPTS):
            name = f"{self.run}/{journal_name(batch, attempt)}"
            pointers.update({each.key: f"{name}/{at}" for at, each in enumerate(actions)})
            stale = self._write(actions, name)
            if not stale:
                break
            actions = self._amend(stale, batch, attempt + 1)
            final.update({action.key: action for action in actions})
        self._tell_conflicts(list(final.values()))
        self._leave_trails(list(final.values()), pointers)
        return replace(first, actions=tuple(final.values())).ledger()

    def _leave_trails(self, actions: Sequence[Action], pointers: Mapping[str, str]) -> None:
        """Of what no link remembers, and of records that have lost theirs."""
        asides = {
            action.key: aside_of(action, pointers[action.key])
            for action in actions
            if action.link is None and action.verb is not Verb.LEAVE
        }
        lost = {own: action.key for action in actions if (own := _loser(action)) is not None}
        leave_trails(self.links, self.object, asides, lost, at=self.at)

    def _tell_conflicts(self, actions: Sequence[Action]) -> None:
        """What is held goes on the list of conflicts, what was decided since goes off it."""
        held = [action for action in actions if action.verb is Verb.HOLD and action.contests]
        over = [
            (self.connection, self.object, own)
            for action in actions
            if action not in held
            for own in _no_longer_held(action)
        ]
        if held:
            self.conflicts.put([self._conflict(action) for action in held])
        if over:
            self.conflicts.remove(over)

    def _conflict(self, action: Action) -> Conflict:
        return Conflict(
            connection=self.connection,
            object=action.link.object if action.link else "",
            platform_id=action.platform_id or "",
            crm_id=action.key,
            job=self.job,
            run=self.run,
            at=action.modified,
            fields={name: (crm, platform) for name, crm, platform, _ in action.contests},
        )

    def _amend(self, stale: Sequence[Action], batch: int, attempt: int) -> Sequence[Action]:
        name = journal_name(batch, attempt)
        stored = self.journal.get(self.workspace, self.run, name)
        if stored is None:
            amended = self._decide_again(stale, last=attempt == _ATTEMPTS - 1)
            entry = plan_to_entry(Plan(read=0, left={}, actions=tuple(amended)), amends=True)
            stored = self.journal.put(self.workspace, self.run, name, entry)
        return plan_from_entry(stored).actions

    def _decide_again(self, stale: Sequence[Action], *, last: bool) -> Sequence[Action]:
        if self.planner is not None and not last:
            return self.planner.again(stale)
        reason = "kept_changing" if last and self.planner else "changed_since_plan"
        return [held(action, reason) for action in stale]

    def _write(self, planned: Sequence[Action], entry: str) -> Sequence[Action]:
        """Returns the actions whose condition did not hold."""
        actions = [pointed(action, f"{entry}/{index}") for index, action in enumerate(planned)]
        failed = self._write_records(actions)
        linked = [action for action in actions if action.link and action.key not in failed]
        self._release(linked)
        writes = [
            LinkWrite(
                link=action.link,
                expected=action.link.version - 1,
                before=action.link_before,
            )
            for action in linked
            if action.link
        ]
        if writes:
            answers = self.links.write(writes)
            failed.update(a.key for a, ok in zip(linked, answers, strict=True) if not ok)
        self._settle([action for action in linked if action.key not in failed])
        return [action for action in planned if action.key in failed]

    def _write_records(self, actions: Sequence[Action]) -> set[str]:
        writing = [action for action in actions if action.record]
        writes = [
            RecordWrite(
                record=action.record,
                expected=action.record.version - 1,
                before=action.record_before,
                feed=bool(action.record.edits),
            )
            for action in writing
            if action.record
        ]
        answers = self.records.write(writes) if writes else ()
        return {action.key for action, ok in zip(writing, answers, strict=True) if not ok}

    def _settle(self, linked: Sequence[Action]) -> None:
        """Children that no longer wait where they were filed."""
        by_object: dict[str, dict[str, str]] = {}
        for action in linked:
            before, after = action.link_before, action.link
            if before is None or before.state is not LinkState.PARKED or before.parent is None:
                continue
            if after is None or (after.state, after.parent) != (before.state, before.parent):
                by_object.setdefault(before.object, {})[action.key] = before.parent
        for object_name, children in by_object.items():
            self.links.settle(object_name, children)

    def _release(self, linked: Sequence[Action]) -> None:
        """Records that become linked or lose a merge may be parents that others wait for; for one
        that is no longer set aside its own counterpart may.

        Marked before the links are written: a mark too early is looked at again, a mark that a
        crash prevented never would be.
        """
        arrived = [
            each
            for action in linked
            if self.releases
            and action.link
            and action.link.state in (LinkState.LINKED, LinkState.ALIAS)
            and not _keeps_its_place(action)
            for each in (action.key, action.platform_id or action.key)
        ]
        lifted = [action.key for action in linked if _is_lifted(action)]
        if arrived or lifted:
            self.links.release([*arrived, *lifted])
