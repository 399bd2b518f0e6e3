"""Load Preview (T10): the first records as they would arrive; nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from syncline.config.models import Job
from syncline.engine.mapping import RowMapper
from syncline.engine.plan import Action
from syncline.engine.records import Change, Upserted, Value
from syncline.errors import RecordRejectedError
from syncline.ports import (
    Batch,
    Clock,
    Configuration,
    Crm,
    CrmFactory,
    JobState,
    LinksFactory,
    Phase,
    RecordsFactory,
    Run,
    RunMode,
    RunStatus,
)
from syncline.usecases.plan_batch import PlanBatch
from syncline.usecases.resolve_job import (
    JobSetup,
    load_job,
    make_frame,
    request_of,
    rules_of,
)

_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One record: what a run would do with it and why, and the values that would arrive."""

    crm_id: str
    verb: str
    reason: str
    detail: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Preview:
    """`total` is how many records a full sync would read, where Salesforce said so."""

    rows: tuple[PreviewRow, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class PreviewJob:
    """The path of a run up to its plan, without the parent-account rule."""

    configuration: Configuration
    crm: CrmFactory
    links: LinksFactory
    records: RecordsFactory
    clock: Clock

    def __call__(
        self, workspace: str, job: str, *, draft: Job | None = None, limit: int = 10
    ) -> Preview:
        """At most 200 rows. `draft` previews a job that is not saved yet."""
        setup = load_job(self.configuration, workspace, job, draft=draft)
        crm = self.crm(workspace, setup.job.connection)
        frame = make_frame(setup, crm, _full_run(workspace, job), JobState())
        batch = _first(setup, crm, frame, min(limit, _MOST))
        rules = replace(rules_of(setup, frame), apply_parent_rule=False)
        changes = batch.changes[: min(limit, _MOST)]
        plan = PlanBatch(
            self.links(workspace, setup.job.connection), self.records(workspace), rules, self.clock
        )(changes)
        actions = {action.key: action for action in plan.actions}
        rows = tuple(_row(change, actions.get(change.key), rules.mapper) for change in changes)
        return Preview(rows=rows, total=batch.total)


def _full_run(workspace: str, job: str) -> Run:
    return Run(
        workspace=workspace,
        job=job,
        id=f"{job}.preview",
        mode=RunMode.FULL,
        status=RunStatus.QUEUED,
        created_at="",
    )


def _first(setup: JobSetup, crm: Crm, frame: Mapping[str, Any], limit: int) -> Batch:
    request = replace(request_of(setup, frame, Phase.LIVE), batch_size=limit, first_only=True)
    for item in crm.changes(request, None):
        if isinstance(item, Batch):
            return item
    return Batch(changes=(), cursor={}, total=0)


def _row(change: Change, action: Action | None, mapper: RowMapper) -> PreviewRow:
    values: dict[str, Value] = {}
    if isinstance(change, Upserted):
        try:
            values = mapper(change.row)
        except RecordRejectedError:
            values = {}
    return PreviewRow(
        crm_id=change.key,
        verb=str(action.verb) if action else "leave",
        reason=action.reason if action else "unchanged",
        detail=action.detail if action else "",
        values=values,
    )
