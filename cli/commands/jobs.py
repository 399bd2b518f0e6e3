"""`job`: what is synced, tried out, planned, run, paused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.command import command, finish
from cli.documents import read_document
from cli.errors import UsageError
from cli.exits import Exit
from cli.previewing import previewed
from cli.session import Session
from cli.show import details, filled, harmless, moment, state, table, words
from cli.watching import action_rows, exit_of, summary, watch

Name = Annotated[str, typer.Argument(metavar="JOB", help="The job's name.")]
Draft = Annotated[
    Path | None,
    typer.Option("--file", "-f", help="Take the job from this file instead of the stored one."),
]
Interval = Annotated[
    float, typer.Option("--interval", min=0.0, help="Seconds between two looks at the run.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Detach = Annotated[bool, typer.Option("--detach", "-d", help="Start it and do not wait.")]


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    for name, function in (
        ("list", list_jobs), ("show", show), ("validate", validate), ("preview", preview),
        ("run", run), ("plan", plan), ("apply-plan", apply_plan), ("pause", pause),
        ("resume", resume), ("delete", delete),
    ):  # fmt: skip
        command(app, name)(function)


def list_jobs(session: Session) -> None:
    """All jobs and how their last run went."""
    api = session.api
    jobs = list(api.items(api.inside("jobs")))
    made = table("job", "kind", "connection", "schedule", "on", "last run", "status", "#read")
    session.answer({"items": jobs}, filled(made, (_row(item) for item in jobs)))


def _row(item: dict[str, Any]) -> tuple[Any, ...]:
    job, last = item["job"], item.get("last_run") or {}
    read = (last.get("ledger") or {}).get("read")
    return (
        item["name"], job["kind"], job["connection"], _when(job),
        bool(job.get("enabled", True)), moment(last.get("started_at") or last.get("created_at")),
        state(last["status"]) if last else "never ran", read,
    )  # fmt: skip


def _when(job: dict[str, Any]) -> str:
    """A job of the system starts by itself."""
    return "by itself" if job.get("system") else schedule_words(job.get("schedule") or {})


def schedule_words(schedule: dict[str, Any]) -> str:
    """When a job runs, in a few words."""
    every = str(schedule.get("every", "manual"))
    at = schedule.get("at")
    told = {
        "manual": "on request", "minutes": f"every {schedule.get('minutes')} min",
        "once": f"once, {schedule.get('at_time')}", "weekly": f"{schedule.get('weekday')} {at}",
        "monthly": f"day {schedule.get('day')}, {at}", "cron": f"cron {schedule.get('cron')}",
        "daily": f"daily {at}", "workdays": f"workdays {at}",
    }.get(every, every)  # fmt: skip
    if every == "manual":
        return told
    zone = schedule.get("time_zone", "UTC")
    paused = "" if schedule.get("enabled", True) else " (off)"
    return f"{told} {zone}{paused}"


def show(session: Session, job: Name) -> None:
    """A job with all its settings."""
    found = session.api.get(session.api.inside("jobs", job))
    mapping = found.get("mapping")
    conditions = found.get("conditions") or ()
    plain = {key: value for key, value in found.items() if key not in ("mapping", "conditions")}
    plain |= {f"condition {at}": condition_words(each) for at, each in enumerate(conditions, 1)}
    lines = table("Salesforce", "platform", "key")
    rows = [(each["salesforce"], each["platform"], bool(each.get("key"))) for each in mapping or ()]
    default = "" if found.get("system") else "mapping: the default one of the kind"
    note = Text(default, style="dim")
    shown = filled(lines, rows) if mapping else note
    session.answer(found, details(plain), shown)


def condition_words(condition: dict[str, Any]) -> str:
    """A condition of an outbound job, in a few words."""
    value = condition.get("value")
    listed = value if isinstance(value, list) else [] if value is None else [value]
    told = ", ".join(str(each) for each in listed)
    return f"{condition['attribute']} {words(condition['operator'])} {told}".rstrip()


def _draft(session: Session, job: str, file: Path | None) -> Any:
    if file is None:
        return None
    document = read_document(file, environment=os.environ, endpoints=session.settings.variables)
    if job not in document.jobs:
        known = ", ".join(document.jobs) or "none"
        raise UsageError(f"{file} has no job '{job}'", f"Jobs there: {known}.")
    return document.jobs[job]


_TOLD = ("message", "remedy")
"""Told whole: a remedy that is cut helps nobody."""


def validate(session: Session, job: Name, file: Draft = None) -> None:
    """Check a job, or a draft of it, against the live org. Exits 4 if it cannot run."""
    draft = _draft(session, job, file)
    answer = session.api.post(session.api.inside("jobs", job, "validate"), draft)
    made = table("", "field", "what is wrong", "what to do")
    rows = [
        (state(each["severity"]), each["field"], *(Text(harmless(each[k])) for k in _TOLD))
        for each in answer["findings"]
    ]
    verdict = Text("valid" if answer["valid"] else "not valid", style="bold")
    session.answer(answer, *([filled(made, rows)] if rows else []), verdict)
    finish(Exit.SUCCESS if answer["valid"] else Exit.FAILURE)


def preview(
    session: Session,
    job: Name,
    file: Draft = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200)] = 10,
) -> None:
    """The first records as they would arrive, or be sent. Nothing is written."""
    draft = _draft(session, job, file)
    answer = session.api.post(session.api.inside("jobs", job, "preview"), draft, limit=limit)
    session.answer(answer, *previewed(answer))


def run(
    session: Session,
    job: Name,
    full: Annotated[bool, typer.Option("--full", help="Everything, not only changes.")] = False,
    detach: Detach = False,
    interval: Interval = 1.0,
) -> None:
    """Start a run and follow it. Exits 0, 3 or 4 as the run ends: docs/command-line.md."""
    mode = "full" if full else "incremental"
    started = session.api.post(session.api.inside("jobs", job, "runs"), {"mode": mode})
    follow(session, started, detach=detach, interval=interval)


def follow(session: Session, started: dict[str, Any], *, detach: bool, interval: float) -> None:
    """Answers with the run: as it was accepted, or as it ended."""
    if detach:
        session.answer(started, Text(str(started["id"])))
        session.say(f"follow it: syncline run watch {started['id']}", style="dim")
        return
    done = watch(session, started, interval=interval)
    session.answer(done, summary(done))
    finish(exit_of(done))


def plan(
    session: Session,
    job: Name,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Actions to show.")] = 50,
    outcome: Annotated[
        str | None, typer.Option("--outcome", help="Only these: created, updated, …")
    ] = None,
    interval: Interval = 1.0,
) -> None:
    """What a run would do to each record, field by field. Nothing is written."""
    api = session.api
    made = api.post(api.inside("jobs", job, "plans"))
    done = watch(session, made, interval=interval)
    code = exit_of(done)
    if code not in (Exit.SUCCESS, Exit.PARTIAL):
        session.answer({"plan": done, "items": []}, summary(done))
        finish(code)
    path = api.inside("jobs", job, "plans", str(done["id"]))
    actions = list(api.items(path, most=limit, outcome=outcome))
    columns = table("outcome", "Salesforce id", "platform id", "why", "fields")
    rows = filled(columns, action_rows(actions))
    session.answer({"plan": done, "items": actions}, summary(done), Text(""), rows)
    session.say(f"apply it: syncline job apply-plan {job} {done['id']}", style="dim")
    finish(code)


def apply_plan(
    session: Session,
    job: Name,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="The plan's id.")],
    yes: Yes = False,
    detach: Detach = False,
    interval: Interval = 1.0,
) -> None:
    """Do exactly what a plan says."""
    session.agree(f"Apply plan {plan}?", yes=yes)
    path = session.api.inside("jobs", job, "plans", plan, "apply")
    follow(session, session.api.post(path), detach=detach, interval=interval)


def pause(session: Session, job: Name) -> None:
    """Switch a job off: its schedule starts nothing, and no run can be started."""
    _switch(session, job, on=False)


def resume(session: Session, job: Name) -> None:
    """Switch a job on again. What changed meanwhile comes with its next run."""
    _switch(session, job, on=True)


def _switch(session: Session, job: str, *, on: bool) -> None:
    path = session.api.inside("jobs", job)
    stored = session.api.get(path)
    saved = session.api.put(path, {**stored, "enabled": on})
    session.answer(saved, Text(f"{job} is {'on' if on else 'paused'} ({saved['result']})"))


def delete(session: Session, job: Name, yes: Yes = False) -> None:
    """Delete a job and its schedule. Records that it synced stay."""
    session.agree(f"Delete job {job}?", yes=yes)
    findings = (session.api.delete(session.api.inside("jobs", job)) or {}).get("findings", [])
    warned = [
        Text(
            f"warning: {harmless(each['message'])}\n  → {harmless(each['remedy'])}", style="yellow"
        )
        for each in findings
    ]
    answer = {"deleted": job, **({"findings": findings} if findings else {})}
    session.answer(answer, Text(f"{job} was deleted"), *warned)
