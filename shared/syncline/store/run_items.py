"""How runs, job states and leases are items of the runs table.

docs/data-model.md shows the same as a table.
"""

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from syncline.aws.items import compact
from syncline.aws.statements import Key, Scalar
from syncline.ports import JobState, Lease, Run, RunMode, RunStatus

LEASES: Final = "lease"
"""One partition of all leases, so that the sweeper's question is a query. There are as many as
jobs run at one moment."""

ASKS: Final = "asked"
"""One partition of all runs that wait for a leg: those created or reopened and not yet begun."""

_OWN: Final = frozenset({"workspace", "job", "id", "status", "leg", "cancel"})
"""Fields of a run that are attributes or keys; the rest is one JSON text."""

RUN_PREFIX: Final = "run|"


def job_of(run_id: str) -> str:
    """A run's id begins with its job; names of jobs have no dot."""
    return run_id.rpartition(".")[0]


def partition(workspace: str, job: str) -> str:
    return f"{workspace}|{job}"


def run_key(workspace: str, run_id: str) -> Key:
    return Key(partition(workspace, job_of(run_id)), f"{RUN_PREFIX}{run_id}")


def state_key(workspace: str, job: str) -> Key:
    return Key(partition(workspace, job), "state")


def lease_key(workspace: str, job: str) -> Key:
    return Key(LEASES, partition(workspace, job))


def ask_key(workspace: str, run_id: str) -> Key:
    return Key(ASKS, f"{workspace}|{run_id}")


def ask_item(run: Run, kept: timedelta, *, since: str) -> dict[str, Scalar]:
    """Goes with its run, should its job be deleted before anybody begins it."""
    key = ask_key(run.workspace, run.id)
    moment = instant(datetime.fromisoformat(since))
    return {"pk": key.pk, "sk": key.sk, "since": moment, "expires_at": expiry(run, kept)}


def asked_run(item: Mapping[str, Any]) -> Key:
    """The run that waits."""
    workspace, _, id = item["sk"].partition("|")
    return run_key(workspace, id)


def run_item(run: Run) -> dict[str, Scalar]:
    """Without `cancel`: a writer that does not know of it must not take it away."""
    fields = {
        field.name: getattr(run, field.name)
        for field in dataclasses.fields(run)
        if field.name not in _OWN
    }
    doc = {name: value for name, value in fields.items() if value is not None}
    return {"status": run.status.value, "leg": run.leg, "doc": compact(doc)}


def run_from(item: Mapping[str, Any]) -> Run:
    """The run that an item holds."""
    fields = json.loads(item["doc"])
    id_ = item["sk"].removeprefix(RUN_PREFIX)
    return Run(
        workspace=item["pk"].partition("|")[0],
        job=job_of(id_),
        id=id_,
        status=RunStatus(item["status"]),
        leg=item["leg"],
        cancel=item.get("cancel", False),
        **{**fields, "mode": RunMode(fields["mode"])},
    )


def expiry(run: Run, kept: timedelta) -> int:
    """When the item may be dropped, in seconds since 1970: what TTL asks for."""
    created = datetime.fromisoformat(run.created_at)
    return int((created.astimezone(UTC) + kept).timestamp())


def state_item(state: JobState) -> dict[str, Scalar]:
    """`run` is an attribute, for it is what conditions ask for; "" stands for none."""
    fields = dataclasses.asdict(state)
    run = fields.pop("run")
    return {"run": run or "", "doc": compact(fields)}


def state_from(item: Mapping[str, Any] | None) -> JobState:
    if item is None:
        return JobState()
    return JobState(run=item["run"] or None, **json.loads(item["doc"]))


def instant(moment: datetime) -> str:
    """Sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def lease_item(run: Run, until: datetime) -> dict[str, Scalar]:
    return {"run": run.id, "leg": run.leg, "until": instant(until), "handed_over": False}


def lease_from(item: Mapping[str, Any]) -> Lease:
    workspace, _, job = item["sk"].partition("|")
    return Lease(
        workspace=workspace,
        job=job,
        run=item["run"],
        leg=item["leg"],
        until=datetime.fromisoformat(item["until"]),
    )
