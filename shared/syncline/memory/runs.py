"""The Runs port in memory: every method is one step, as a transaction is on AWS."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from syncline.engine.moments import canonical_instant
from syncline.memory.table import Table
from syncline.ports import JobState, Lease, Run, RunMode, RunStatus

_OPEN = (RunStatus.QUEUED, RunStatus.RUNNING)
_RESUMABLE = (RunStatus.PAUSED, RunStatus.FAILED, RunStatus.CANCELLED)


class MemoryRuns:
    """Runs, leases and job states of all workspaces."""

    def __init__(self) -> None:
        self.runs = Table()
        self.states = Table()
        self.leases = Table()
        self.asks = Table()
        """Since when a run waits for its leg."""

    @property
    def writes(self) -> int:
        tables = (self.runs, self.states, self.leases, self.asks)
        return sum(table.writes for table in tables)

    def create(self, run: Run) -> bool:
        key = (run.workspace, run.id)
        created = self.runs.insert(key, dataclasses.asdict(run))
        if created:
            self.asks.put(key, run.created_at)
        return created

    def asked(self, before: datetime) -> Iterator[Run]:
        for (workspace, id), since in self.asks.under(()):
            run = self.get(workspace, id)
            if run is not None and datetime.fromisoformat(since) < before:
                yield run

    def get(self, workspace: str, run: str) -> Run | None:
        stored = self.runs.get((workspace, run))
        return None if stored is None else _run(stored)

    def page(
        self, workspace: str, job: str, *, limit: int, before: str | None = None
    ) -> Sequence[Run]:
        found = [_run(stored) for _, stored in self.runs.under((workspace,))]
        of_job = [run for run in found if run.job == job and (before is None or run.id < before)]
        return of_job[::-1][:limit]

    def state(self, workspace: str, job: str) -> JobState:
        stored = self.states.get((workspace, job))
        return JobState() if stored is None else JobState(**stored)

    def begin_leg(self, run: Run, *, now: datetime, until: datetime) -> Run | None:
        stored = self.get(run.workspace, run.id)
        state = self.state(run.workspace, run.job)
        if stored is None or stored.leg != run.leg or stored.status not in _OPEN:
            return None
        if state.run not in (None, run.id) or not self._lease_is_free(run, now):
            return None
        begun = dataclasses.replace(
            stored,
            leg=run.leg + 1,
            status=RunStatus.RUNNING,
            started_at=stored.started_at or canonical_instant(now),
        )
        self._put_run(begun)
        self._put_state(run, dataclasses.replace(state, run=run.id))
        self._put_lease(begun, until)
        self.asks.remove((run.workspace, run.id))
        return begun

    def checkpoint(self, run: Run, *, until: datetime | None = None) -> bool:
        if not self._fenced(run):
            return False
        self._put_run(run)
        if until is not None:
            self._put_lease(run, until)
        return True

    def handover(self, run: Run) -> bool:
        if not self.checkpoint(run):
            return False
        lease = self.leases.get((run.workspace, run.job))
        if lease is not None and (lease["run"], lease["leg"]) == (run.id, run.leg):
            self.leases.put((run.workspace, run.job), {**lease, "handed_over": True})
        return True

    def finish(self, run: Run, state: JobState) -> bool:
        stored = self.get(run.workspace, run.id)
        if stored and stored.leg == run.leg and stored.status is run.status:
            return True
        if not self._fenced(run):
            return False
        self._put_run(run)
        self._put_state(run, dataclasses.replace(state, run=None))
        self.leases.remove((run.workspace, run.job))
        return True

    def request_cancel(self, workspace: str, run: str) -> Run | None:
        stored = self.get(workspace, run)
        if stored is None or stored.status not in _OPEN:
            return stored
        cancelled = dataclasses.replace(stored, cancel=True)
        self._put_run(cancelled)
        return cancelled

    def reopen(self, run: Run) -> bool:
        stored = self.get(run.workspace, run.id)
        state = self.state(run.workspace, run.job)
        if stored is None or stored.status not in _RESUMABLE or state.run not in (None, run.id):
            return False
        resumed = dataclasses.replace(
            stored,
            status=RunStatus.RUNNING,
            ended_at=None,
            error=None,
            cancel=False,
            options=run.options,
        )
        self.runs.put((run.workspace, run.id), dataclasses.asdict(resumed))
        self.asks.put((run.workspace, run.id), stored.ended_at or stored.created_at)
        self._put_state(run, dataclasses.replace(state, run=run.id))
        return True

    def expired(self, now: datetime) -> Iterator[Lease]:
        for _, stored in self.leases.under(()):
            lease = _lease(stored)
            if lease.until < now:
                yield lease

    def abandon(self, lease: Lease, run: Run, state: JobState) -> bool:
        stored = self.leases.get((lease.workspace, lease.job))
        current = self.get(run.workspace, run.id)
        if stored is None or _lease(stored) != lease or current is None or current.leg != lease.leg:
            return False
        self._put_run(run)
        self._put_state(run, dataclasses.replace(state, run=None))
        self.leases.remove((lease.workspace, lease.job))
        return True

    def dump(self) -> dict[str, Any]:
        return {
            "runs": self.runs.dump(), "states": self.states.dump(),
            "leases": self.leases.dump(), "asks": self.asks.dump(),
        }  # fmt: skip

    def _lease_is_free(self, run: Run, now: datetime) -> bool:
        stored = self.leases.get((run.workspace, run.job))
        if stored is None or _lease(stored).until <= now:
            return True
        return bool(stored["handed_over"] and stored["run"] == run.id)

    def _fenced(self, run: Run) -> bool:
        stored = self.get(run.workspace, run.id)
        return stored is not None and stored.leg == run.leg and stored.status is RunStatus.RUNNING

    def _put_run(self, run: Run) -> None:
        """A cancel that was set meanwhile stays."""
        stored = self.get(run.workspace, run.id)
        cancel = run.cancel or (stored is not None and stored.cancel)
        kept = dataclasses.replace(run, cancel=cancel)
        self.runs.put((run.workspace, run.id), dataclasses.asdict(kept))

    def _put_state(self, run: Run, state: JobState) -> None:
        self.states.put((run.workspace, run.job), dataclasses.asdict(state))

    def _put_lease(self, run: Run, until: datetime) -> None:
        lease = {
            "workspace": run.workspace, "job": run.job, "run": run.id, "leg": run.leg,
            "until": until.astimezone(UTC).isoformat(), "handed_over": False,
        }  # fmt: skip
        self.leases.put((run.workspace, run.job), lease)


def _run(stored: Mapping[str, Any]) -> Run:
    kept = {**stored, "mode": RunMode(stored["mode"]), "status": RunStatus(stored["status"])}
    return Run(**kept)


def _lease(stored: Mapping[str, Any]) -> Lease:
    fields = {name: value for name, value in stored.items() if name != "handed_over"}
    return Lease(**{**fields, "until": datetime.fromisoformat(stored["until"])})
