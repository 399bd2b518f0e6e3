"""Routes of jobs: saving, validating, previewing."""

from typing import Any

from syncline.config.models import Job
from syncline.http.bodies import read_body, read_optional_body
from syncline.http.calls import Call
from syncline.http.messages import Answer
from syncline.http.names import checked_name
from syncline.http.pages import choice_of, limit_of
from syncline.http.services import PreviewedRow
from syncline.http.shapes import PreviewFieldShown, PreviewRowShown, SystemJobShown
from syncline.http.shown import findings_shown, run_shown
from syncline.ports import RunMode
from syncline.usecases.delete_job import DeleteJob
from syncline.usecases.find import find_job, find_jobs, find_run
from syncline.usecases.findings import RunUnfinishedError
from syncline.usecases.save_job import SaveJob
from syncline.usecases.start_run import StartRun
from syncline.usecases.system_jobs import SystemJob, refuse_system_job, system_job, system_jobs
from syncline.usecases.validate_mapping import ValidateMapping


def put_job(call: Call) -> Answer:
    name = checked_name("job", _users_job(call))
    sync = choice_of(call.request, "sync", ("true", "false")) == "true"
    body = read_body(call.request, Job)
    services = call.services
    validate = ValidateMapping(services.configuration, services.crm)
    saved = SaveJob(services.configuration, services.schedules, validate)(
        call.workspace, name, body
    )
    shown = {
        "result": saved.result,
        "job": saved.job.model_dump(mode="json"),
        "findings": findings_shown(saved.findings),
        "run": _started(call, name) if sync else None,
    }
    return Answer(201 if saved.result == "created" else 200, shown)


def _users_job(call: Call) -> str:
    """The name of a job that people may do with as they like."""
    refuse_system_job(call.path["job"])
    return call.path["job"]


def _started(call: Call, job: str) -> dict[str, Any]:
    """Save and Sync (T15): the job is saved whatever happens now, so a run that is under way is
    the answer, not a problem."""
    services = call.services
    start = StartRun(services.configuration, services.runs, services.starter, services.clock)
    try:
        run = start(call.workspace, job, RunMode.INCREMENTAL, trigger="save")
    except RunUnfinishedError as exc:
        run = find_run(services.runs, call.workspace, exc.run)
    return run_shown(run)


def get_job(call: Call) -> Answer:
    configuration = call.services.configuration
    own = system_job(configuration, call.workspace, call.path["job"])
    if own is not None:
        return Answer(200, _system_job(own))
    job = find_job(configuration, call.workspace, call.path["job"])
    return Answer(200, job.model_dump(mode="json"))


def list_jobs(call: Call) -> Answer:
    configuration = call.services.configuration
    jobs = find_jobs(configuration, call.workspace)
    users = {name: job.model_dump(mode="json") for name, job in jobs.items()}
    own = {each.name: _system_job(each) for each in system_jobs(configuration, call.workspace)}
    items = [_named(call, name, job) for name, job in (users | own).items()]
    return Answer(200, {"items": items, "next": None})


def _named(call: Call, name: str, job: dict[str, Any]) -> dict[str, Any]:
    newest = next(iter(call.services.runs.page(call.workspace, name, limit=1)), None)
    return {"name": name, "job": job, "last_run": run_shown(newest) if newest else None}


def _system_job(job: SystemJob) -> dict[str, Any]:
    own = {name: getattr(job, name) for name in SystemJobShown.model_fields if name != "system"}
    return {**own, "system": True, "notify": job.notify.model_dump(mode="json")}


def delete_job(call: Call) -> Answer:
    services = call.services
    delete = DeleteJob(services.configuration, services.schedules, services.runs)
    findings = delete(call.workspace, _users_job(call))
    return Answer(200, {"findings": findings_shown(findings)}) if findings else Answer(204)


def validate_job(call: Call) -> Answer:
    draft = read_optional_body(call.request, Job)
    validate = ValidateMapping(call.services.configuration, call.services.crm)
    findings = validate(call.workspace, _users_job(call), draft=draft)
    valid = all(finding.severity != "error" for finding in findings)
    return Answer(200, {"valid": valid, "findings": findings_shown(findings)})


def preview_job(call: Call) -> Answer:
    draft = read_optional_body(call.request, Job)
    limit = limit_of(call.request, default=10, most=200)
    preview = call.services.preview(call.workspace, _users_job(call), draft=draft, limit=limit)
    rows = [_previewed(row) for row in preview.rows]
    return Answer(200, {"direction": str(preview.direction), "rows": rows, "total": preview.total})


def _previewed(row: PreviewedRow) -> dict[str, Any]:
    own = (name for name in PreviewRowShown.model_fields if name not in ("values", "fields"))
    fields = [
        {name: getattr(field, name) for name in PreviewFieldShown.model_fields}
        for field in row.fields
    ]
    told = {name: getattr(row, name) for name in own}
    return {**told, "values": dict(row.values), "fields": fields}
