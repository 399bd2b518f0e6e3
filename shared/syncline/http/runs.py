"""Routes of runs, plans and what they did to each record."""

from typing import Any

from syncline.engine.ledger import BUCKETS
from syncline.http.bodies import read_optional_body
from syncline.http.calls import Call
from syncline.http.messages import Answer
from syncline.http.pages import choice_of, cursor_of, limit_of, next_of, page_of
from syncline.http.shapes import NewRun, Resume
from syncline.http.shown import action_shown, run_shown
from syncline.ports import Run, RunMode
from syncline.usecases.apply_plan import ApplyPlan, find_plan
from syncline.usecases.cancel_run import CancelRun
from syncline.usecases.find import find_job, find_run
from syncline.usecases.list_actions import ListActions
from syncline.usecases.plan_leg import FIRST
from syncline.usecases.resume_run import ResumeRun
from syncline.usecases.start_run import StartRun
from syncline.usecases.system_jobs import refuse_system_job


def start_run(call: Call) -> Answer:
    body = read_optional_body(call.request, NewRun) or NewRun()
    return _accepted(_start(call)(call.workspace, call.path["job"], RunMode(body.mode)))


def create_plan(call: Call) -> Answer:
    run = _start(call)(call.workspace, call.path["job"], RunMode.PLAN)
    path = f"/v1/workspaces/{run.workspace}/jobs/{run.job}/plans/{run.id}"
    return Answer(202, run_shown(run), {"location": path})


def get_plan(call: Call) -> Answer:
    services = call.services
    plan = find_plan(services.runs, call.workspace, call.path["job"], call.path["plan"])
    return Answer(200, {"plan": run_shown(plan), **_actions(call, plan)})


def apply_plan(call: Call) -> Answer:
    apply = ApplyPlan(call.services.runs, _start(call))
    return _accepted(apply(call.workspace, call.path["job"], call.path["plan"]))


def list_runs(call: Call) -> Answer:
    services, workspace, job = call.services, call.workspace, call.path["job"]
    find_job(services.configuration, workspace, job)
    limit = limit_of(call.request)
    cursor = cursor_of(call.request, str)
    before = str(cursor[0]) if cursor else None
    found = services.runs.page(workspace, job, limit=limit + 1, before=before)
    page = page_of(found, limit=limit, show=run_shown, after=lambda run: next_of(run.id))
    return Answer(200, page)


def get_run(call: Call) -> Answer:
    return Answer(200, run_shown(find_run(call.services.runs, call.workspace, call.path["run"])))


def list_run_records(call: Call) -> Answer:
    run = find_run(call.services.runs, call.workspace, call.path["run"])
    return Answer(200, _actions(call, run))


def cancel_run(call: Call) -> Answer:
    services = call.services
    cancel = CancelRun(services.configuration, services.runs, services.starter)
    return _accepted(cancel(call.workspace, call.path["run"]))


def resume_run(call: Call) -> Answer:
    services = call.services
    resume = ResumeRun(services.configuration, services.runs, services.starter)
    body = read_optional_body(call.request, Resume) or Resume()
    confirmed = body.confirm_deletes
    return _accepted(resume(call.workspace, call.path["run"], confirm_deletes=confirmed))


def _start(call: Call) -> StartRun:
    """ConflictError for a job that only the system starts."""
    refuse_system_job(call.path["job"])
    services = call.services
    return StartRun(services.configuration, services.runs, services.starter, services.clock)


def _accepted(run: Run) -> Answer:
    return Answer(
        202, run_shown(run), {"location": f"/v1/workspaces/{run.workspace}/runs/{run.id}"}
    )


def _actions(call: Call, run: Run) -> dict[str, Any]:
    outcome = choice_of(call.request, "outcome", BUCKETS)
    cursor = cursor_of(call.request, int, int)
    first = int(run.options.get(FIRST, 0))
    position = (int(cursor[0]), int(cursor[1])) if cursor else (first, 0)
    found = ListActions(call.services.journal)(
        run.workspace,
        run.id,
        outcome=outcome,
        reason=call.request.query.get("reason"),
        after=position,
    )
    return page_of(
        found,
        limit=limit_of(call.request),
        show=action_shown,
        after=lambda action: next_of(*action.position),
    )
