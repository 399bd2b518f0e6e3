"""`run`: what runs did, and those that still do it."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli.command import command, finish
from cli.commands.jobs import Detach, Interval, follow
from cli.session import Session
from cli.show import duration, filled, moment, state, table
from cli.watching import action_rows, exit_of, summary, watch

Id = Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many at most.")]

_NUMBERS: Final = ("#read", "#written", "#trouble", "#legs", "#requests")


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    for name, function in (
        ("list", list_runs), ("show", show), ("watch", watch_run), ("records", records),
        ("cancel", cancel), ("resume", resume),
    ):  # fmt: skip
        command(app, name)(function)


def list_runs(
    session: Session,
    job: Annotated[str | None, typer.Option("--job", "-j", help="Only this job's.")] = None,
    limit: Limit = 20,
) -> None:
    """The latest runs, newest first: of one job, or of all."""
    api = session.api
    names = [job] if job else [item["name"] for item in api.items(api.inside("jobs"))]
    found = [run for name in names for run in api.items(api.inside("jobs", name, "runs"),
                                                         most=limit)]  # fmt: skip
    newest = sorted(found, key=lambda each: str(each["created_at"]), reverse=True)[:limit]
    made = table("run", "mode", "status", "started", "took", *_NUMBERS)
    session.answer({"items": newest}, filled(made, (_row(run) for run in newest)))


def _row(run: dict[str, Any]) -> tuple[Any, ...]:
    ledger = run.get("ledger") or {}
    start = run.get("started_at") or run["created_at"]
    written = sum(ledger.get(name, 0) for name in ("created", "updated", "linked", "deleted"))
    trouble = sum(ledger.get(name, 0) for name in ("held", "rejected"))
    return (
        run["id"], run["mode"], state(run["status"]), moment(start),
        duration(start, run.get("ended_at")), ledger.get("read", 0), written, trouble,
        run["leg"], run["requests"],
    )  # fmt: skip


def show(session: Session, run: Id) -> None:
    """A run: its counts, its causes, why it stopped."""
    found = session.api.get(session.api.inside("runs", run))
    session.answer(found, summary(found))


def watch_run(session: Session, run: Id, interval: Interval = 1.0) -> None:
    """Follow a run until it ends. Exits 0, 3 or 4 as it ends."""
    done = watch(session, session.api.get(session.api.inside("runs", run)), interval=interval)
    session.answer(done, summary(done))
    finish(exit_of(done))


def records(
    session: Session,
    run: Id,
    outcome: Annotated[
        str | None, typer.Option("--outcome", "-o", help="Only these: created, rejected, …")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Only these: written_in_part, no_account, …")
    ] = None,
    limit: Limit = 50,
) -> None:
    """What became of each record, with the reason. Records left alone are counted, not listed."""
    path = session.api.inside("runs", run, "records")
    actions = list(session.api.items(path, most=limit, outcome=outcome, reason=reason))
    made = table("outcome", "Salesforce id", "platform id", "why", "fields")
    session.answer({"items": actions}, filled(made, action_rows(actions)))


def cancel(session: Session, run: Id) -> None:
    """Stop a run after its open batch."""
    answer = session.api.post(session.api.inside("runs", run, "cancel"))
    session.answer(answer, Text(f"{run} stops after its open batch"))


def resume(
    session: Session,
    run: Id,
    detach: Detach = False,
    interval: Interval = 1.0,
    confirm_deletes: Annotated[
        bool, typer.Option("--confirm-deletes", help="Delete what the job's guard stopped.")
    ] = False,
) -> None:
    """Go on with a paused or failed run where it stopped."""
    body = {"confirm_deletes": True} if confirm_deletes else None
    answer = session.api.post(session.api.inside("runs", run, "resume"), body)
    follow(session, answer, detach=detach, interval=interval)
