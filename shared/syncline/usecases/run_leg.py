"""The loop of one leg: read a batch, plan it, journal the plan, apply it, move the checkpoint."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from syncline.engine.ledger import Ledger
from syncline.engine.plan import Plan, Verb
from syncline.errors import ConfigurationError
from syncline.kinds.registry import KINDS
from syncline.ports import (
    Batch,
    Phase,
    ReadRequest,
    Run,
    RunMode,
    Waiting,
)
from syncline.usecases.apply_batch import (
    ApplyBatch,
    changed_since_plan,
    journal_name,
    plan_from_entry,
    plan_to_entry,
)
from syncline.usecases.find_converted import CONVERTED, FindConverted
from syncline.usecases.find_purged import FindPurged
from syncline.usecases.further_people import further_people
from syncline.usecases.inherit import Inheritance, Merges
from syncline.usecases.leg import HandoverError, Leg
from syncline.usecases.look_again import LookAgain
from syncline.usecases.pairs import PLAN_ANEW
from syncline.usecases.plan_batch import PlanBatch
from syncline.usecases.resolve_job import SWEPT, request_of, rules_of

_UNSEEN: Final = frozenset({"deletions_expired", "deletions_too_many"})
_REMOVALS: Final = (Phase.DELETED, Phase.PURGED)
_MERGES: Final = (Phase.MERGED, CONVERTED)
_RELEASED_AT_ONCE: Final = 200


@dataclass(slots=True)
class InboundLeg(Leg):
    """Reads the CRM's changes and writes the platform."""

    def work(self) -> Run:
        if PLAN_ANEW in self.run.options:
            kept = {name: each for name, each in self.run.options.items() if name != PLAN_ANEW}
            self.checkpoint(replace(self.run, options=kept))
        rules = rules_of(self.setup, self.run.frame, self.crm.dialect)
        people = further_people(self.setup, self.crm, self.run.frame)
        look = LookAgain(self.crm, self._request(Phase.LIVE), rules, self.run.frame["started"])
        anew = self.run.frame["since"] is None
        planner = PlanBatch(self.links, self.records, rules, self.clock, people, look, anew=anew)
        releases = any(kind.parent_object == rules.object for kind in KINDS.values())
        apply = ApplyBatch(
            workspace=self.run.workspace,
            run=self.run.id,
            links=self.links,
            records=self.records,
            journal=self.journal,
            conflicts=self.conflicts,
            connection=self.setup.job.connection,
            job=self.run.job,
            object=rules.object,
            at=self.run.started_at or self.run.created_at,
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
        merging = [at for at, phase in enumerate(phases) if phase in _MERGES]
        if self.run.mode is RunMode.PLAN and self.run.batch and merging:
            self._recall_merges(planner, merging[-1])
        while self.run.phase < len(phases):
            phase = phases[self.run.phase]
            try:
                self._read_phase(phase, planner, apply)
            except ConfigurationError as exc:
                self._do_without(phase, exc)
            self.checkpoint(replace(self.run, phase=self.run.phase + 1, cursor=None))

    def _recall_merges(self, planner: PlanBatch, phase: int) -> None:
        """A plan writes no link: what its earlier legs planned of merges is in the journal only."""
        after = ""
        while names := self.journal.names(self.run.workspace, self.run.id, after=after):
            for after in names:
                entry = self.journal.get(self.run.workspace, self.run.id, after)
                if entry is None or entry["phase"] > phase:
                    return
                planner.recall(plan_from_entry(entry).actions)

    def _read_phase(self, phase: str, planner: PlanBatch, apply: ApplyBatch) -> None:
        self.pause_if_due()
        for batch in self._batches(phase, planner):
            self.pause_if_due()
            plan = planner(batch.changes)
            self.guard(plan.deletions())
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
        if phase == SWEPT:
            found = self._swept(planner)
        elif phase in _MERGES:
            name = self.setup.kind.object
            merges = Inheritance(self._merges(phase), self.links, self.records, name)
            found = merges(self._request(Phase.MERGED), self.run.cursor)
        else:
            found = self.crm.changes(self._request(Phase(phase)), self.run.cursor)
        for item in found:
            if isinstance(item, Waiting):
                self.checkpoint(replace(self.run, cursor=item.cursor))
                self.pause_if_due()
                raise HandoverError(item.seconds)
            if phase in _REMOVALS and self.run.cursor is None:
                self._guard_ahead(self._request(Phase(phase)), item, planner)
            yield item

    def _merges(self, phase: str) -> Merges:
        converted = self.setup.kind.converted
        if phase == CONVERTED and converted is not None:
            return FindConverted(self.crm, self.links, self.setup.kind.object, converted)
        return self.crm.changes

    def _swept(self, planner: PlanBatch) -> Iterator[Batch | Waiting]:
        """After it nothing is left unseen, however far back the log of deletions reaches."""
        careful = self.limit() is not None and planner.rules.deletes
        yield from FindPurged(
            crm=self.crm,
            links=self.links,
            planner=planner,
            object=self.setup.crm_object,
            prefix=self.run.frame["prefix"],
            guard=self.guard if careful else None,
            confirmed=bool(self.run.options.get("confirm_deletes")),
            batch_size=self.batch_size,
        )(self.run.cursor)
        if self.run.error and self.run.error["code"] in _UNSEEN:
            self.run = replace(self.run, error=None)

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
        self.checkpoint(
            replace(
                self.run,
                batch=self.run.batch + 1,
                phase=entry["phase"],
                cursor=entry["cursor"] or None,
                ledger=ledger.to_json(),
            )
        )

    def _apply_stored_plan(self, apply: ApplyBatch) -> None:
        """Exactly the batches of the plan, in its order."""
        assert self.run.plan is not None  # noqa: S101 - start_run sets it for this mode
        after = (self.run.cursor or {}).get("after", "")
        stored = self.runs.get(self.run.workspace, self.run.plan)
        if stored is not None and not self.run.batch:
            self.guard(Ledger.from_json(stored.ledger).buckets["deleted"])
        while names := self.journal.names(self.run.workspace, self.run.plan, after=after):
            for name in names:
                self.pause_if_due()
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

    def _guard_ahead(self, request: ReadRequest, first: Batch, planner: PlanBatch) -> None:
        """Plans a removal phase that may be too large before its first deletion."""
        limit = self.limit()
        if limit is None or not planner.rules.deletes:
            return
        if first.total is not None and first.total <= limit:
            return
        batches = self.crm.changes(request, None)
        plans = (planner(item.changes) for item in batches if isinstance(item, Batch))
        self.guard(sum(plan.deletions() for plan in plans))
