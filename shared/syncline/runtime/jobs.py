"""The function of a job kind: one leg of a run for each start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from aws_lambda_powertools import Logger

from syncline.engine.moments import canonical_instant
from syncline.ports import Run, RunStatus
from syncline.runtime import wiring
from syncline.runtime.garbage import collect_rarely
from syncline.runtime.logging import logger_of
from syncline.runtime.metrics import count_failed_runs
from syncline.runtime.settings import JobSettings
from syncline.usecases.run_job import LEGS, Legs, RunJob, Start

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def job_handler(kind: str) -> Handler:
    """Reads the environment at the first start; `kind` names the function's logs."""

    @lru_cache(maxsize=1)
    def build() -> Worked:
        settings = JobSettings.read()
        built = Worked(run_job(settings), logger_of(settings), kind=kind, service=settings.service)
        collect_rarely()
        return built

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        work = build()
        left = timedelta(milliseconds=context.get_remaining_time_in_millis())
        return work(start_of(event), work.use_case.clock.now() + left)

    return handler


@dataclass(frozen=True, slots=True)
class Worked:
    """A leg, with what the function's log and metrics say of it; returns the answer of the
    function."""

    use_case: RunJob
    logger: Logger
    kind: str
    service: str

    def __call__(self, start: Start, deadline: datetime) -> dict[str, Any]:
        self.logger.info("leg_starts", extra={"kind": self.kind, **_named(start)})
        run = self.use_case(start, deadline=deadline)
        self.logger.info("leg_ends", extra={"kind": self.kind, **_told(run)})
        failed = run is not None and run.status is RunStatus.FAILED
        count_failed_runs(int(failed), service=self.service)
        return _told(run)


def run_job(settings: JobSettings, *, legs: Legs = LEGS) -> RunJob:
    """The use case over the AWS adapters and Salesforce."""
    return RunJob(
        configuration=wiring.configuration(settings),
        crm=wiring.crm_factory(settings),
        links=wiring.links_factory(settings),
        records=wiring.records_factory(settings),
        runs=wiring.runs(settings),
        journal=wiring.journal(settings),
        conflicts=wiring.conflicts_factory(settings),
        schedules=wiring.schedules(settings),
        notifications=wiring.notifications(settings),
        turnstile=wiring.turnstile(settings),
        clock=wiring.clock(),
        legs=legs,
    )


def start_of(event: dict[str, Any]) -> Start:
    """A job's schedule sends `scheduled_at`, the API `run`, a leg's schedule `run` and `leg`."""
    return Start(
        workspace=event["workspace"],
        job=event["job"],
        run=event.get("run"),
        leg=event.get("leg"),
        moment=_canonical(event.get("scheduled_at")),
        trigger=event.get("trigger", "manual"),
    )


def _canonical(scheduled_at: str | None) -> str | None:
    """The time that names the run, in the one form that schedule and object names allow."""
    return canonical_instant(datetime.fromisoformat(scheduled_at)) if scheduled_at else None


def _named(start: Start) -> dict[str, Any]:
    return {"workspace": start.workspace, "job": start.job, "run": start.run, "leg": start.leg}


def _told(run: Run | None) -> dict[str, Any]:
    """Ids and counts; nothing of a record."""
    if run is None:
        return {"run": None, "status": "nothing_to_do"}
    return {
        "run": run.id,
        "status": str(run.status),
        "leg": run.leg,
        "ledger": dict(run.ledger),
        "code": run.error["code"] if run.error else None,
    }
