"""What the legs of all jobs have in common: the checkpoint, its fence, time, and the guard."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from syncline.engine.ledger import Ledger
from syncline.errors import SyncError
from syncline.ports import (
    Clock,
    Conflicts,
    Crm,
    Journal,
    Links,
    PlatformRecords,
    Run,
    RunMode,
    Runs,
)
from syncline.usecases.resolve_job import BATCH_SIZE, JobSetup

MARGIN: Final = timedelta(seconds=30)
"""A batch is not begun with less time than this left in the leg."""
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
class Leg(ABC):
    """One leg of a run. `run` is the checkpoint as last stored."""

    setup: JobSetup
    run: Run
    crm: Crm
    links: Links
    records: PlatformRecords
    runs: Runs
    journal: Journal
    conflicts: Conflicts
    clock: Clock
    deadline: datetime
    batch_size: int = BATCH_SIZE
    linked: int = 0
    """Live links of the job before this run, for the guard's share."""

    @abstractmethod
    def work(self) -> Run:
        """Goes through what is left of the run; returns it with everything read and applied.

        HandoverError, LegLostError, CancelledError, DeletionGuardError end the leg early; the
        checkpoint then is where the next leg goes on.
        """

    def begin(self, run: Run) -> None:
        """Stores what the first leg resolved for all legs."""
        self.checkpoint(run)

    def checkpoint(self, run: Run) -> None:
        if not self.runs.checkpoint(run):
            raise LegLostError("another leg of this run has taken over", code="leg_lost")
        self.run = run

    def walk(self, phases: Mapping[str, Callable[[], None]]) -> None:
        """Through the frame's phases from where the run stands, a checkpoint behind each."""
        while self.run.phase < len(self.run.frame["phases"]):
            self.pause_if_due()
            phases[self.run.frame["phases"][self.run.phase]]()
            self.checkpoint(replace(self.run, phase=self.run.phase + 1, cursor=None))

    def pause_if_due(self) -> None:
        if self.clock.now() + MARGIN > self.deadline:
            raise HandoverError(0)
        stored = self.runs.get(self.run.workspace, self.run.id)
        if stored is not None and stored.cancel:
            raise CancelledError("cancelled on request", code="cancelled")

    def limit(self) -> int | None:
        """How many deletions the job allows in one run; None for a plan, which deletes nothing,
        and once a person has confirmed."""
        if self.run.options.get("confirm_deletes") or self.run.mode is RunMode.PLAN:
            return None
        guard = self.setup.job.delete_guard
        share = max(_SHARE_FROM, int(guard.max_share * self.linked))
        return min(guard.max_number, share)

    def guard(self, deletions: int) -> None:
        limit = self.limit()
        deleted = Ledger.from_json(self.run.ledger).buckets["deleted"] + deletions
        if limit is not None and deletions and deleted > limit:
            raise _guarded(deleted, limit)


def _guarded(number: int, limit: int) -> DeletionGuardError:
    return DeletionGuardError(
        f"{number} records would be deleted, and the job's guard allows {limit}; look at the plan "
        "and resume the run with confirm_deletes if that is meant",
        code="deletion_guard",
    )
