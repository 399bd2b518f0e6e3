"""`apply` and `export`: the whole configuration as one file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli.api import Who
from cli.applying import Comparer, Difference, Step
from cli.command import command, finish
from cli.difference import FOUND_BY_API
from cli.documents import read_document, write_document
from cli.errors import CommandError, UsageError
from cli.exits import Exit
from cli.schema import Schemas
from cli.session import Session

_SIGNS: Final = {"create": ("+", "green"), "change": ("~", "yellow"), "compare": ("=", "dim"),
                 "none": (" ", "dim")}  # fmt: skip


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    command(app, "apply")(apply)
    command(app, "export")(export)


def apply(
    session: Session,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML; see docs/command-line.md.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show, change nothing.")] = False,
    sync: Annotated[
        bool, typer.Option("--sync", help="Start a run of each job that is created or changed.")
    ] = False,
) -> None:
    """Make workspace, connections, jobs and attributes as FILE says, once what changes is shown.

    Applying the same file twice changes nothing the second time. What FILE does not name is left
    alone.
    """
    document = read_document(file, environment=os.environ, endpoints=session.settings.variables)
    _choose_workspace(session, document.name)
    schemas = Schemas.of(session.api.get("/openapi.json", who="nobody"))
    who: Who = "token" if document.workspace is None else "administrator"
    compare = Comparer(session.api, session.api.workspace, schemas, who)
    difference = compare(document)
    _show(session, difference)
    if dry_run:
        session.answer(_told(difference, {}, applied=False))
        return
    if difference.visible:
        session.agree("Apply these changes?", yes=yes)
    _save(session, difference, sync=sync)


def _choose_workspace(session: Session, named: str | None) -> None:
    """The file's own, unless it contradicts the option."""
    settings = session.settings
    if named is None:
        return
    if settings.origins.get("workspace") == "option" and settings.workspace != named:
        raise UsageError(
            f"the file is for workspace '{named}', the option says '{settings.workspace}'",
            "Leave one of them out.",
        )
    session.settings = replace(settings, workspace=named)
    session.api.settings = session.settings


def _show(session: Session, difference: Difference) -> None:
    """On standard output for people; a program finds it in the answer."""
    if session.as_json:
        return
    for step in difference.steps:
        sign, style = _SIGNS[step.verb]
        words = {"create": " (new)", "compare": " (secrets are compared by the API)"}
        head = f"{sign} {step.kind} {step.name}{words.get(step.verb, '')}"
        session.out.print(Text(head, style=style))
        for change in step.changes:
            session.out.print(Text(f"    {change.line()}"))
        if step.note:
            session.say(f"    {step.note}", style="dim")
    for other in difference.others:
        session.say(f"  {other} is not in the file and is left alone", style="dim")


def _save(session: Session, difference: Difference, *, sync: bool) -> None:
    """Stops at the first refusal: what comes later may need what failed."""
    results: dict[tuple[str, str], Any] = {}
    for step in difference.pending:
        query = {"sync": "true"} if sync and step.kind == "job" else {}
        try:
            saved = session.api.put(step.path, step.body, who=step.who, **query)
        except CommandError as error:
            _stopped(session, difference, results, step=step, error=error)
        results[step.kind, step.name] = saved
        _tell(session, step, saved)
    done = [saved["result"] for saved in results.values() if saved["result"] != "unchanged"]
    if not session.as_json:
        session.out.print(f"{len(done)} saved" if done else "nothing to do")
    session.answer(_told(difference, results, applied=True))


def _tell(session: Session, step: Step, saved: dict[str, Any]) -> None:
    if saved["result"] != "unchanged":
        session.say(f"{step.kind} {step.name}: {saved['result']}")
    for finding in saved.get("findings") or ():
        session.say(f"  warning: {finding.get('field')}: {finding.get('message')}", style="yellow")
    if saved.get("run"):
        session.say(f"  run {saved['run']['id']} was started")


def _stopped(
    session: Session,
    difference: Difference,
    results: dict[tuple[str, str], Any],
    *,
    step: Step,
    error: CommandError,
) -> None:
    """With something saved before, it is a partial success and says what is missing."""
    changed = [saved for saved in results.values() if saved["result"] != "unchanged"]
    if not changed:
        raise error
    told = _told(difference, results, applied=True)
    session.answer({**told, "error": {"step": f"{step.kind} {step.name}", **error.to_json()}})
    # The answer is given: what follows is for people alone.
    replace(session, as_json=False).report(error)
    left = len(difference.pending) - len(results)
    session.say(f"{len(changed)} saved, {left} not: stopped at {step.kind} {step.name}", "yellow")
    finish(Exit.PARTIAL)


def _told(
    difference: Difference, results: dict[tuple[str, str], Any], *, applied: bool
) -> dict[str, Any]:
    steps = []
    for step in difference.steps:
        saved = results.get((step.kind, step.name))
        result = saved["result"] if saved else ("unchanged" if step.verb == "none" else None)
        run = (saved or {}).get("run")
        steps.append({**step.to_json(result), **({"run": run["id"]} if run else {})})
    return {"applied": applied, "steps": steps, "not_in_file": list(difference.others)}


# --- export -----------------------------------------------------------------------------------


def export(
    session: Session,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to standard output.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Also what has its default.")] = False,
) -> None:
    """Write the workspace as a file that `apply` takes.

    Secrets are not known here: they are written as variables of the environment.
    """
    api = session.api
    schemas = Schemas.of(api.get("/openapi.json", who="nobody"))

    def shown(model: str, body: dict[str, Any]) -> Any:
        return _escaped(body if full else schemas.pruned(model, body))

    content: dict[str, Any] = {
        "workspace": api.workspace,
        "connections": {
            item["name"]: _exported(item["name"], shown("Connection", item["connection"]))
            for item in api.items(api.inside("connections"))
        },
        "jobs": {
            item["name"]: shown("Job", item["job"])
            for item in api.items(api.inside("jobs"))
            if not item["job"].get("system")
        },
        "attributes": {
            item["name"]: shown("Attribute", item["attribute"])
            for item in api.items(api.inside("attributes"))
        },
    }
    if output is None and session.as_json:
        session.answer(content)
    elif output is None:
        session.out.file.write(write_document(content))
    else:
        output.write_text(write_document(content), encoding="utf-8")
        session.say(f"written: {output}")
        session.answer({"written": str(output)})


def _escaped(value: Any) -> Any:
    """Dollar signs doubled, so that reading the file gives the same text."""
    if isinstance(value, dict):
        return {key: _escaped(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_escaped(each) for each in value]
    return value.replace("$", "$$") if isinstance(value, str) else value


def _exported(name: str, connection: dict[str, Any]) -> dict[str, Any]:
    """Without what the API finds out itself; a variable for each secret."""
    body = {key: value for key, value in connection.items() if key not in FOUND_BY_API}
    credentials = body.pop("credentials", None)
    if credentials:
        prefix = name.upper().replace("-", "_")
        secrets = {"client_secret": f"${{{prefix}_CLIENT_SECRET}}"}
        if credentials.get("flow") == "refresh_token":
            secrets["refresh_token"] = f"${{{prefix}_REFRESH_TOKEN}}"
        body["credentials"] = {**credentials, **secrets}
    return body
