"""Runs, leases and job states on DynamoDB.

What belongs together is one transaction, conditional on exactly what was read before it: a run
begins, ends and changes hands a few times only. A checkpoint is one conditional write.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from syncline.aws.database import Database
from syncline.aws.items import check_size
from syncline.aws.statements import Delete, Insert, Item, Key, Statement, Update
from syncline.ports import Clock, JobState, Lease, Run, RunStatus
from syncline.store.run_items import (
    ASKS,
    LEASES,
    RUN_PREFIX,
    ask_item,
    ask_key,
    asked_run,
    expiry,
    instant,
    lease_from,
    lease_item,
    lease_key,
    partition,
    run_from,
    run_item,
    run_key,
    state_from,
    state_item,
    state_key,
)

_OPEN: Final = (RunStatus.QUEUED, RunStatus.RUNNING)
_RESUMABLE: Final = (RunStatus.PAUSED, RunStatus.FAILED, RunStatus.CANCELLED)


class DynamoRuns:
    """The Runs port. `kept` is how long a run can be looked up.

    Its journal is kept as many days from later on, rounded up to a midnight, so a plan that can be
    looked up is whole. DynamoDB deletes what has expired some days late, and shows it until then:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
    """

    def __init__(self, database: Database, table: str, *, kept: timedelta, clock: Clock) -> None:
        self._database = database
        self._table = table
        self._kept = kept
        self._clock = clock

    def create(self, run: Run) -> bool:
        key = run_key(run.workspace, run.id)
        item = {"pk": key.pk, "sk": key.sk, **run_item(run), "expires_at": expiry(run, self._kept)}
        if run.cancel:
            item["cancel"] = True
        asked = Insert(self._table, ask_item(run, self._kept, since=run.created_at))
        return self._database.transact([Insert(self._table, item), asked])

    def asked(self, before: datetime) -> Iterator[Run]:
        asks = self._database.query(self._table, ASKS)
        keys = [asked_run(item) for item in asks if item["since"] < instant(before)]
        found = self._database.get(self._table, keys)
        return (run_from(found[key]) for key in keys if key in found)

    def get(self, workspace: str, run: str) -> Run | None:
        item = self._read(run_key(workspace, run))
        return None if item is None or self._has_expired(item) else run_from(item)

    def page(
        self, workspace: str, job: str, *, limit: int, before: str | None = None
    ) -> Sequence[Run]:
        found = self._database.query(
            self._table,
            partition(workspace, job),
            prefix=RUN_PREFIX,
            before=f"{RUN_PREFIX}{before}" if before is not None else None,
            ask={"ScanIndexForward": False, "Limit": limit + 1},
        )
        lately = (item for item in found if not self._has_expired(item))
        return [run_from(item) for item, _ in zip(lately, range(limit), strict=False)]

    def state(self, workspace: str, job: str) -> JobState:
        return state_from(self._read(state_key(workspace, job)))

    def begin_leg(self, run: Run, *, now: datetime, until: datetime) -> Run | None:
        keys = (
            run_key(run.workspace, run.id),
            state_key(run.workspace, run.job),
            lease_key(run.workspace, run.job),
            ask_key(run.workspace, run.id),
        )
        read = self._database.get(self._table, keys)
        stored, state, lease, asked = (read.get(key) for key in keys)
        if stored is None or not _may_begin(run, stored, state, lease, now):
            return None
        begun = dataclasses.replace(run_from(stored), leg=run.leg + 1, status=RunStatus.RUNNING)
        if begun.started_at is None:
            begun = dataclasses.replace(begun, started_at=instant(now)[:19] + "Z")
        done = self._database.transact(
            [
                self._replace_run(begun, stored),
                self._replace(keys[1], {"run": run.id}, state, ("run",), state_item(JobState())),
                self._replace(keys[2], lease_item(begun, until), lease, ("run", "leg", "until")),
                *([Delete(self._table, keys[3])] if asked else []),
            ]
        )
        return self.get(run.workspace, run.id) if done else None

    def checkpoint(self, run: Run, *, until: datetime | None = None) -> bool:
        if not self._database.execute([self._store(run)])[0]:
            return False
        if until is not None:
            self._change_lease(run, {"until": instant(until), "handed_over": False})
        return True

    def handover(self, run: Run) -> bool:
        if not self._database.execute([self._store(run)])[0]:
            return False
        self._change_lease(run, {"handed_over": True})
        return True

    def finish(self, run: Run, state: JobState) -> bool:
        done = self._database.transact(
            [
                self._store(run),
                Update(
                    self._table,
                    state_key(run.workspace, run.job),
                    set=state_item(dataclasses.replace(state, run=None)),
                    where={"run": run.id},
                ),
                Delete(
                    self._table,
                    lease_key(run.workspace, run.job),
                    where={"run": run.id, "leg": run.leg},
                ),
            ]
        )
        return done or self._is_stored(run)

    def request_cancel(self, workspace: str, run: str) -> Run | None:
        stored = self.get(workspace, run)
        while stored is not None and stored.status in _OPEN and not stored.cancel:
            where: Item = {"status": stored.status.value}
            key = run_key(workspace, run)
            self._database.execute([Update(self._table, key, set={"cancel": True}, where=where)])
            stored = self.get(workspace, run)
        return stored

    def reopen(self, run: Run) -> bool:
        keys = run_key(run.workspace, run.id), state_key(run.workspace, run.job)
        read = self._database.get(self._table, keys)
        stored, state = (read.get(key) for key in keys)
        if stored is None or stored["status"] not in _RESUMABLE:
            return False
        if state is not None and state["run"] not in ("", run.id):
            return False
        resumed = dataclasses.replace(
            run_from(stored),
            status=RunStatus.RUNNING,
            ended_at=None,
            error=None,
            options=run.options,
        )
        change = self._replace_run(resumed, stored, remove=("cancel",))
        owned = self._replace(keys[1], {"run": run.id}, state, ("run",), state_item(JobState()))
        old = run_from(stored)
        since = old.ended_at or old.created_at
        asked = Insert(self._table, ask_item(old, self._kept, since=since))
        return self._database.transact([change, owned, asked])

    def expired(self, now: datetime) -> Iterator[Lease]:
        leases = map(lease_from, self._database.query(self._table, LEASES))
        return (lease for lease in leases if lease.until < now)

    def abandon(self, lease: Lease, run: Run, state: JobState) -> bool:
        return self._database.transact(
            [
                Update(
                    self._table,
                    run_key(run.workspace, run.id),
                    set=run_item(run),
                    where={"leg": lease.leg},
                ),
                Update(
                    self._table,
                    state_key(lease.workspace, lease.job),
                    set=state_item(dataclasses.replace(state, run=None)),
                    where={"run": run.id},
                ),
                Delete(
                    self._table,
                    lease_key(lease.workspace, lease.job),
                    where={"run": lease.run, "leg": lease.leg, "until": instant(lease.until)},
                ),
            ]
        )

    def _has_expired(self, item: Mapping[str, Any]) -> bool:
        return bool(item["expires_at"] <= self._clock.now().timestamp())

    def _read(self, key: Key) -> dict[str, Any] | None:
        return self._database.get(self._table, [key]).get(key)

    def _store(self, run: Run) -> Update:
        """A running leg's write; the cancel that somebody set meanwhile is not touched."""
        key, item = run_key(run.workspace, run.id), run_item(run)
        check_size({"pk": key.pk, "sk": key.sk, **item}, f"the checkpoint of {run.id}")
        where: Item = {"leg": run.leg, "status": RunStatus.RUNNING.value}
        return Update(self._table, key, set=item, where=where)

    def _replace_run(
        self, run: Run, stored: Mapping[str, Any], *, remove: tuple[str, ...] = ()
    ) -> Update:
        where: Item = {name: stored[name] for name in ("status", "leg", "doc")}
        key = run_key(run.workspace, run.id)
        return Update(self._table, key, set=run_item(run), remove=remove, where=where)

    def _replace(
        self,
        key: Key,
        item: Item,
        stored: Mapping[str, Any] | None,
        unchanged: tuple[str, ...],
        new: Item | None = None,
    ) -> Statement:
        """Changes what was read, or makes what was absent (`new`, under `item`)."""
        if stored is None:
            return Insert(self._table, {"pk": key.pk, "sk": key.sk, **(new or {}), **item})
        where: Item = {name: stored[name] for name in unchanged}
        return Update(self._table, key, set=item, where=where)

    def _change_lease(self, run: Run, change: Item) -> None:
        """The run's own fence is what counts; a lease that is gone needs no change."""
        where: Item = {"run": run.id, "leg": run.leg}
        key = lease_key(run.workspace, run.job)
        self._database.execute([Update(self._table, key, set=change, where=where)])

    def _is_stored(self, run: Run) -> bool:
        """A finish whose answer was lost."""
        stored = self.get(run.workspace, run.id)
        return stored is not None and stored.leg == run.leg and stored.status is run.status


def _may_begin(
    run: Run,
    stored: Mapping[str, Any],
    state: Mapping[str, Any] | None,
    lease: Mapping[str, Any] | None,
    now: datetime,
) -> bool:
    if stored["leg"] != run.leg or stored["status"] not in _OPEN:
        return False
    if state is not None and state["run"] not in ("", run.id):
        return False
    if lease is None or lease["until"] <= instant(now):
        return True
    return bool(lease["handed_over"] and lease["run"] == run.id)
