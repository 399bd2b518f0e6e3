"""`doctor`: whether everything that a command needs is there, one check after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import typer
from rich.text import Text

from cli.api import Api
from cli.command import command, finish
from cli.errors import CommandError, RefusedError
from cli.exits import Exit
from cli.session import Session
from cli.show import filled, moment, table

Result = Literal["ok", "warning", "error", "not known"]

_STYLES: Final = {"ok": "green", "warning": "yellow", "error": "bold red", "not known": "dim"}
_PROBE: Final = "syncline-doctor"
#: Bodies that are wrong wherever they arrive: the scope is looked at before them, and they can
#: neither store nor start anything.
_PROBES: Final[tuple[tuple[str, str, tuple[str, ...], dict[str, str]], ...]] = (
    ("write", "PUT", ("connections", _PROBE), {}),
    ("operate", "POST", ("jobs", _PROBE, "runs"), {"mode": "none"}),
)
_NO_SCOPE: Final = frozenset({"scope_missing", "administrator_only"})


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    result: Result
    detail: str
    remedy: str | None = None


def register(app: typer.Typer) -> None:
    """Adds the command."""
    command(app, "doctor")(doctor)


def doctor(session: Session) -> None:
    """Check address, token, scopes, connections and the jobs' last runs.

    Exits 0 if all is well, 3 with warnings, 4 with errors.
    """
    checks = list(_checks(session))
    made = table("", "check", "", "what to do")
    rows = ((Text(each.result, style=_STYLES[each.result]), each.name, Text(each.detail),
             Text(each.remedy or "")) for each in checks)  # fmt: skip
    results = {each.result for each in checks}
    session.answer({"checks": [asdict(each) for each in checks]}, filled(made, rows))
    if "error" in results:
        finish(Exit.FAILURE)
    finish(Exit.PARTIAL if "warning" in results else Exit.SUCCESS)


def _checks(session: Session) -> Iterator[Check]:
    """Stops where the rest makes no sense any more."""
    api, origins = session.api, session.settings.origins
    answers = _tried("address", lambda: api.get("/health", who="nobody"))
    detail = f"{session.settings.api} (from {origins['api']})"
    yield answers or Check("address", "ok", detail)
    if answers:
        return
    reads = _tried("token", lambda: api.get(api.inside("jobs"), limit=1))
    yield reads or Check("token", "ok", f"workspace {api.workspace}, from {_origin(origins)}")
    if reads:
        return
    for scope, method, parts, body in _PROBES:
        yield _scope(api, scope, method=method, parts=parts, body=body)
    for item in api.items(api.inside("connections")):
        yield _connection(api, item)
    for item in api.items(api.inside("jobs")):
        yield _job(item)


def _origin(origins: Any) -> str:
    return str(origins.get("token") or origins.get("administrator"))


def _tried(name: str, call: Any) -> Check | None:
    try:
        call()
    except CommandError as error:
        return _failed(name, error)
    return None


def _failed(name: str, error: CommandError) -> Check:
    detail = str(error.problem.get("detail") or error) if isinstance(error, RefusedError) else None
    return Check(name, "error", detail or error.title, error.remedy)


def _scope(api: Api, scope: str, *, method: str, parts: tuple[str, ...], body: Any) -> Check:
    name = f"scope {scope}"
    try:
        (api.put if method == "PUT" else api.post)(api.inside(*parts), body)
    except RefusedError as error:
        if error.name in _NO_SCOPE:
            return Check(name, "warning", "the token does not have it",
                         f"For commands that need it: a token with the scope {scope}.")  # fmt: skip
        return Check(name, "ok", "the token has it")
    except CommandError as error:
        return _failed(name, error)
    return Check(name, "not known", "the API took what it should refuse")


def _connection(api: Api, item: dict[str, Any]) -> Check:
    name = f"connection {item['name']}"
    if not item["connection"].get("enabled", True):
        return Check(name, "warning", "it is switched off", "Enable it: its jobs do not run.")
    try:
        answer = api.post(api.inside("connections", item["name"], "test"))
    except RefusedError as error:
        if error.name in _NO_SCOPE:
            return Check(name, "not known", "testing needs the scope operate")
        return _failed(name, error)
    except CommandError as error:
        return _failed(name, error)
    blind = [each["object"] for each in answer["objects"] if not each["readable"]]
    if blind:
        remedy = "Give the integration user read access to them."
        return Check(name, "warning", f"cannot read {', '.join(blind)}", remedy)
    return Check(name, "ok", f"{answer['username']}, org {answer['org_id']}")


def _job(item: dict[str, Any]) -> Check:
    name, run = f"job {item['name']}", item.get("last_run")
    if run is None and item["job"].get("system"):
        return Check(name, "ok", "starts by itself, and had nothing to do yet")
    if not item["job"].get("system") and not item["job"].get("enabled", True):
        return Check(name, "warning", "paused", f"syncline job resume {item['name']}")
    if run is None:
        return Check(name, "warning", "never ran", f"syncline job run {item['name']}")
    told = f"last run {run['status']}, {moment(run.get('started_at') or run['created_at'])}"
    results: dict[str, Result] = {"failed": "error", "partial": "warning", "paused": "warning",
                                  "cancelled": "warning"}  # fmt: skip
    result = results.get(run["status"], "ok")
    remedy = None if result == "ok" else f"syncline run show {run['id']}"
    return Check(name, result, told, remedy)
