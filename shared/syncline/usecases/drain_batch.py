"""One batch of immediate write-back: planned, journalled, written, settled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from syncline.engine.moments import canonical_instant
from syncline.engine.plan import Plan
from syncline.engine.told import REFUSED, Told
from syncline.engine.write_back import Decision
from syncline.errors import ConfigurationError, RecordRejectedError, RetryableError
from syncline.ports import (
    Conflicts,
    Crm,
    Journal,
    Links,
    PlatformRecords,
    Receipts,
)
from syncline.usecases.apply_batch import journal_name, plan_to_entry
from syncline.usecases.outlets import Outlet
from syncline.usecases.overtaken_edits import note_edits
from syncline.usecases.plan_write_back import PlanWriteBack, WriteBackPlan, with_receipts
from syncline.usecases.refresh_references import RefreshReferences
from syncline.usecases.refused_changes import refusals, told_of
from syncline.usecases.send_write_back import Ending, SendWriteBack
from syncline.usecases.settle_write_back import SettleWriteBack


@dataclass(slots=True)
class Story:
    """Where a drain is journalled: `run` names it, `begun` is when; batches count up from 0."""

    workspace: str
    connection: str
    object: str
    run: str
    begun: str
    batch: int = 0


@dataclass
class DrainBatch:
    """`anew` asks the org again what `outlets` are made of, `refresh` reads what else is shown
    through references that were made to lead elsewhere; `left` collects the records of which
    something is to be tried again, `broken` those that an error of ours ended, `stuck` those that
    could not even be ended, with the error."""

    story: Story
    outlets: Sequence[Outlet]
    links: Links
    records: PlatformRecords
    receipts: Receipts
    journal: Journal
    conflicts: Conflicts
    crm: Crm | None
    kept: frozenset[str] = frozenset()
    anew: Callable[[], Sequence[Outlet]] | None = None
    refresh: RefreshReferences | None = None
    left: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    stuck: dict[str, Exception] = field(default_factory=dict)

    def __call__(self, ids: Sequence[str]) -> None:
        """An error of ours in one record must not keep the others: it is found by halving. What was
        written of them before is found to be there."""
        try:
            self._carry_out(self._planned(ids))
        except (RetryableError, ConfigurationError):
            raise
        except Exception as exc:  # noqa: BLE001 whatever it is, it must not stop the others
            if len(ids) == 1:
                self._end(ids[0], exc)
                return
            half = len(ids) // 2
            self(ids[:half])
            self(ids[half:])

    def _end(self, own: str, exc: Exception) -> None:
        """On its receipts; a record that breaks that, too, keeps the others from nothing."""
        try:
            ended = self.refuse([own], told_of(exc))
        except (RetryableError, ConfigurationError):
            raise
        except Exception as second:  # noqa: BLE001 whoever asked for this record gets to know
            self.stuck[own] = second
            return
        if not isinstance(exc, RecordRejectedError):
            self.broken.extend(ended)

    def refuse(self, ids: Sequence[str], told: Told) -> list[str]:
        """What waits of these records for this connection will never be written. Those of them that
        anything waited of."""
        place = self.story
        connection = place.connection
        plan = refusals(self.records, place.object, ids, connection=connection, told=told)
        self._carry_out(plan)
        return [each.action.key for each in plan.decisions]

    def _planned(self, ids: Sequence[str]) -> WriteBackPlan:
        """Nothing is refused for what the org was like some minutes ago."""
        plan = self._planner(ids)
        refused = any(t.outcome == REFUSED for d in plan.decisions for t in d.told.values())
        if not refused or self.anew is None:
            return plan
        self.outlets, self.anew = self.anew(), None
        del self._planner
        return self._planner(ids)

    def _carry_out(self, plan: WriteBackPlan) -> None:
        """What is written stands in the journal first."""
        if not plan.decisions:
            return
        story = self.story
        batch, story.batch = story.batch, story.batch + 1
        actions = with_receipts((each.action for each in plan.decisions), plan.entries)
        entry = plan_to_entry(Plan(read=len(actions), left={}, actions=actions), at=story.begun)
        self.journal.put(story.workspace, story.run, journal_name(batch, 0), entry)
        endings, at = self._sent(plan.decisions)
        self._settle(batch, endings, plan.entries, at=at)
        if self.refresh is not None:
            story.batch = self.refresh(story.batch, endings, self.outlets)
        self.left.extend(each.action.key for each in endings if each.waits())

    def _sent(self, decisions: Sequence[Decision]) -> tuple[Sequence[Ending], str]:
        """And the CRM's time by which it was answered."""
        sending = any(each.action.send is not None or each.edits for each in decisions)
        if self.crm is None or not sending:
            return [Ending(each, dict(each.told)) for each in decisions], self.story.begun
        note_edits(self.links, decisions, at=self.story.begun)
        endings = SendWriteBack(self.crm, self.outlets)(decisions)
        return endings, canonical_instant(self.crm.now())

    @cached_property
    def _planner(self) -> PlanWriteBack:
        assert self.crm is not None  # noqa: S101 without a connection nothing is planned
        return PlanWriteBack(
            connection=self.story.connection,
            object=self.story.object,
            outlets=self.outlets,
            links=self.links,
            records=self.records,
            crm=self.crm,
            bulk=False,
        )

    @cached_property
    def _settle(self) -> SettleWriteBack:
        story = self.story
        return SettleWriteBack(
            workspace=story.workspace,
            connection=story.connection,
            object=story.object,
            job=self.outlets[0].job if self.outlets else "",
            run=story.run,
            begun=story.begun,
            links=self.links,
            records=self.records,
            receipts=self.receipts,
            journal=self.journal,
            conflicts=self.conflicts,
            kept=self.kept,
        )
