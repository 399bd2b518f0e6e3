"""The loop of one leg: read a batch, plan it, journal the plan, apply it, move the checkpoint."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from syncline.engine.ledger import Ledger
from syncline.engine.plan import Plan, Verb
from syncline.errors import ConfigurationError, SyncError
from syncline.kinds.kind import KINDS
from syncline.ports import (
    Batch,
    Clock,
    Crm,
    Journal,
    Links,
    Phase,
    PlatformRecords,
    ReadRequest,
    Run,
    RunMode,
    Runs,
    Waiting,
)
from syncline.usecases.apply_batch import (
    ApplyBatch,
    changed_since_plan,
    journal_name,
    plan_from_entry,
    plan_to_entry,
)
from syncline.usecases.plan_batch import PlanBatch
from syncline.usecases.resolve_job import BATCH_SIZE, JobSetup, request_of, rules_of

MARGIN: Final = timedelta(seconds=30)
"""A batch is not begun with less time than this left in the leg."""
_UNSEEN: Final = frozenset({"deletions_expired", "deletions_too_many"})
_REMOVALS: Final = (Phase.DELETED, Phase.PURGED)
_RELEASED_AT_ONCE: Final = 200
_SHARE_FROM: Final = 10


class LegLostError(SyncError):
    """Another leg has taken over this run: stop without a further write."""


class HandoverError(SyncError):
    """This leg ends here, the next goes on after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__("the next leg goes on", code="handover")
        self.seconds = seconds


class CancelledError(SyncError):
    """A person asked the run to stop."""


class DeletionGuardError(SyncError):
    """The run would delete more than its job allows without a person's word."""


@dataclass(slots=True)
class Leg:
    """One leg of a run. `run` is the checkpoint as last stored."""

    setup: JobSetup
    run: Run
    crm: Crm
    links: Links
    records: PlatformRecords
    runs: Runs
    journal: Journal
    clock: Clock
    deadline: datetime
    batch_size: int = BATCH_SIZE
    linked: int = 0
    """Live links of the job before this run, for the guard's share."""

    def begin(self, run: Run) -> None:
        """Stores what the first leg resolved for all legs."""
        self._checkpoint(run)

    def work(self) -> Run:
        """Goes through what is left of the run; returns it with everything read and applied.

        HandoverError, LegLostError, CancelledError, DeletionGuardError end the leg early; the
        checkpoint then is where the next leg goes on.
        """
        rules = rules_of(self.setup, self.run.frame)
        planner = PlanBatch(self.links, self.records, rules, self.clock)
        releases = any(kind.parent_object == rules.object for kind in KINDS.values())
        apply = ApplyBatch(
            workspace=self.run.workspace,
            run=self.run.id,
            links=self.links,
            records=self.records,
            journal=self.journal,
            planner=None if self.run.mode is RunMode.APPLY else planner,
            releases=releases,
        )
        self._finish_open_batch(apply)
        if self.run.mode is RunMode.APPLY:
            self._apply_stored_plan(apply)
        else:
            self._read_phases(planner, apply)
        return self.run

    def _finish_open_batch(self, apply: ApplyBatch) -> None:
        """A plan that was journalled before the leg before died is applied, never made anew."""
        name = journal_name(self.run.batch, 0)
        entry = self.journal.get(self.run.workspace, self.run.id, name)
        if entry is not None:
            self._close(apply, entry)

    def _read_phases(self, planner: PlanBatch, apply: ApplyBatch) -> None:
        phases = self.run.frame["phases"]
        while self.run.phase < len(phases):
            phase = phases[self.run.phase]
            try:
                self._read_phase(phase, planner, apply)
            except ConfigurationError as exc:
                self._do_without(phase, exc)
            self._checkpoint(replace(self.run, phase=self.run.phase + 1, cursor=None))

    def _read_phase(self, phase: str, planner: PlanBatch, apply: ApplyBatch) -> None:
        self._pause_if_due()
        for batch in self._batches(phase, planner):
            self._pause_if_due()
            plan = planner(batch.changes)
            self._guard(plan.deletions())
            self._take(apply, plan, batch.cursor)

    def _do_without(self, phase: str, exc: ConfigurationError) -> None:
        """The CRM's log of deletions does not reach back far enough: the run goes on, for the next
        one would fail the same way, and says what it could not see."""
        if phase != Phase.PURGED or exc.code not in _UNSEEN:
            raise exc
        error = {"code": exc.code, "message": exc.message, "remedy": exc.remedy or ""}
        self.run = replace(self.run, error=error)

    def _batches(self, phase: str, planner: PlanBatch) -> Iterator[Batch]:
        if phase == "released":
            yield from self._released()
            return
        request = self._request(Phase(phase))
        for item in self.crm.changes(request, self.run.cursor):
            if isinstance(item, Waiting):
                self._checkpoint(replace(self.run, cursor=item.cursor))
                self._pause_if_due()
                raise HandoverError(item.seconds)
            if phase in _REMOVALS and self.run.cursor is None:
                self._guard_ahead(request, item, planner)
            yield item

    def _request(self, phase: Phase) -> ReadRequest:
        return request_of(self.setup, self.run.frame, phase, batch_size=self.batch_size)

    def _released(self) -> Iterator[Batch]:
        """Parked records whose account has come, read anew by id (X8).

        One that is not found is left: another job's filter may have parked it, and a deletion is
        told by its own phase.
        """
        request, name = self._request(Phase.LIVE), self.setup.kind.object
        after: tuple[str, str] | None = None
        while waiting := self.links.released(name, limit=_RELEASED_AT_ONCE, after=after):
            after = waiting[-1]
            found = self.crm.find(request, [child for _, child in waiting])
            if found:
                yield Batch(changes=found, cursor={})

    def _take(self, apply: ApplyBatch, plan: Plan, cursor: Mapping[str, Any]) -> None:
        extra = {"cursor": dict(cursor), "phase": self.run.phase}
        entry: Mapping[str, Any] = plan_to_entry(plan, **extra)
        if plan.actions:
            name = journal_name(self.run.batch, 0)
            entry = self.journal.put(self.run.workspace, self.run.id, name, entry)
        self._close(apply, entry)

    def _close(self, apply: ApplyBatch, entry: Mapping[str, Any]) -> None:
        """Applies the entry and moves the checkpoint behind it, in one conditional write."""
        if self.run.mode is RunMode.PLAN:
            counts = plan_from_entry(entry).ledger()
        else:
            counts = apply(self.run.batch, entry)
        counts.check()
        ledger = Ledger.from_json(self.run.ledger)
        ledger.add(counts)
        ledger.check()
        self._checkpoint(
            replace(
                self.run,
                batch=self.run.batch + 1,
                phase=entry["phase"],
                cursor=entry["cursor"] or None,
                ledger=ledger.to_json(),
            )
        )

    def _checkpoint(self, run: Run) -> None:
        if not self.runs.checkpoint(run):
            raise LegLostError("another leg of this run has taken over", code="leg_lost")
        self.run = run

    def _pause_if_due(self) -> None:
        if self.clock.now() + MARGIN > self.deadline:
            raise HandoverError(0)
        stored = self.runs.get(self.run.workspace, self.run.id)
        if stored is not None and stored.cancel:
            raise CancelledError("cancelled on request", code="cancelled")

    def _apply_stored_plan(self, apply: ApplyBatch) -> None:
        """Exactly the batches of the plan, in its order."""
        assert self.run.plan is not None  # noqa: S101 - start_run sets it for this mode
        after = (self.run.cursor or {}).get("after", "")
        stored = self.runs.get(self.run.workspace, self.run.plan)
        if stored is not None and not self.run.batch:
            self._guard(Ledger.from_json(stored.ledger).buckets["deleted"])
        while names := self.journal.names(self.run.workspace, self.run.plan, after=after):
            for name in names:
                self._pause_if_due()
                planned = self.journal.get(self.run.workspace, self.run.plan, name)
                after = name
                if planned is not None:
                    self._repeat(apply, planned, name)

    def _repeat(self, apply: ApplyBatch, planned: Mapping[str, Any], name: str) -> None:
        entry = {**self._without_revived(planned), "cursor": {"after": name}, "phase": 0}
        own = journal_name(self.run.batch, 0)
        self._close(apply, self.journal.put(self.run.workspace, self.run.id, own, entry))

    def _without_revived(self, planned: Mapping[str, Any]) -> Mapping[str, Any]:
        """A planned deletion of what is live again in the CRM is not carried out."""
        plan = plan_from_entry(planned)
        keys = [action.key for action in plan.actions if action.verb is Verb.DELETE]
        if not keys:
            return planned
        request = replace(self._request(Phase.LIVE), where=None)
        live = {change.key for change in self.crm.find(request, keys)}
        actions = tuple(
            changed_since_plan(action) if action.key in live else action for action in plan.actions
        )
        return plan_to_entry(replace(plan, actions=actions))

    def _limit(self) -> int | None:
        """How many deletions the job allows in one run; None for a plan, which deletes nothing,
        and once a person has confirmed."""
        if self.run.options.get("confirm_deletes") or self.run.mode is RunMode.PLAN:
            return None
        guard = self.setup.job.delete_guard
        share = max(_SHARE_FROM, int(guard.max_share * self.linked))
        return min(guard.max_number, share)

    def _guard(self, deletions: int) -> None:
        limit = self._limit()
        deleted = Ledger.from_json(self.run.ledger).buckets["deleted"] + deletions
        if limit is not None and deletions and deleted > limit:
            raise _guarded(deleted, limit)

    def _guard_ahead(self, request: ReadRequest, first: Batch, planner: PlanBatch) -> None:
        """Plans a removal phase that may be too large before its first deletion."""
        limit = self._limit()
        if limit is None or not planner.rules.deletes:
            return
        if first.total is not None and first.total <= limit:
            return
        batches = self.crm.changes(request, None)
        plans = (planner(item.changes) for item in batches if isinstance(item, Batch))
        self._guard(sum(plan.deletions() for plan in plans))


def _guarded(number: int, limit: int) -> DeletionGuardError:
    return DeletionGuardError(
        f"{number} records would be deleted, and the job's guard allows {limit}; look at the plan "
        "and resume the run with confirm_deletes if that is meant",
        code="deletion_guard",
    )
