"""`conflicts`: records that both sides changed and that wait for a person's decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli.command import command
from cli.errors import UsageError
from cli.session import Session
from cli.show import details, filled, moment, quoted, table

Id = Annotated[str, typer.Argument(metavar="CONFLICT", help="The conflict's id.")]
_SIDES: Final = ("salesforce", "platform")
_STAYS: Final = {"salesforce": "Salesforce's value stays", "platform": "the platform's value stays"}


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    command(app, "list")(list_conflicts)
    command(app, "show")(show)
    command(app, "resolve")(resolve)


def list_conflicts(
    session: Session,
    connection: Annotated[
        str | None, typer.Option("--connection", "-c", help="Only with this one.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
) -> None:
    """What waits for a person, with both values of each contested field."""
    path = session.api.inside("conflicts")
    found = list(session.api.items(path, most=limit, connection=connection))
    made = table("conflict", "object", "job", "since", "field", "in Salesforce", "on the platform")
    shown = filled(made, (row for each in found for row in _rows(each)))
    session.answer({"items": found}, shown if found else Text("nothing waits for a person"))


def _rows(conflict: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """One for each field; what they have in common stands in the first."""
    head: Sequence[Any] = (
        conflict["id"], conflict["object"], conflict["job"], moment(conflict["at"])
    )  # fmt: skip
    for field in conflict["fields"]:
        yield (*head, field["field"], *_both(field))
        head = ("",) * len(head)


def _both(field: Mapping[str, Any]) -> tuple[str, str]:
    return quoted(field["salesforce"]), quoted(field["platform"])


def show(session: Session, conflict: Id) -> None:
    """One conflict, and how to decide about it."""
    found = session.api.get(session.api.inside("conflicts", conflict))
    head = {
        "object": found["object"],
        "platform id": found["platform_id"],
        "Salesforce id": found["crm_id"],
        "held by": f"{found['job']}, since {moment(found['at'])}",
        "run": found["run"],
    }
    made = table("field", "in Salesforce", "on the platform")
    rows = [(field["field"], *_both(field)) for field in found["fields"]]
    story = f"its story: syncline explain {found['object']} {found['platform_id']}"
    decide = f"decide: syncline conflicts resolve {found['id']} --choose platform"
    hints = (Text(story, style="dim"), Text(decide, style="dim"))
    session.answer(found, details(head), Text(""), filled(made, rows), Text(""), *hints)


def resolve(
    session: Session,
    conflict: Id,
    choose: Annotated[
        str | None,
        typer.Option("--choose", metavar="SIDE", help="Whose values stay: salesforce, platform."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="NAME=SIDE", help="The same for one field."),
    ] = None,
) -> None:
    """Decide whose value of each contested field stays. `--choose` is for all that have no
    `--field`."""
    each = chosen(field or [])
    if choose is not None:
        check_side(choose)
    if choose is None and not each:
        raise UsageError("nothing was chosen", "Give --choose platform or --field NAME=salesforce.")
    path = session.api.inside("conflicts", conflict)
    body: Any = each or choose
    if each and choose:
        contested = [known["field"] for known in session.api.get(path)["fields"]]
        body = {**dict.fromkeys(contested, choose), **each}
    done = session.api.post(f"{path}/resolve", {"choose": body})
    session.answer(done, *_told(done))


def chosen(texts: Sequence[str]) -> dict[str, str]:
    """`name=side`. UsageError for anything else."""
    found = {}
    for text in texts:
        name, sign, side = text.partition("=")
        if not sign or not name:
            raise UsageError(f"'{text}' is no NAME=SIDE", "Write --field title=platform.")
        found[name] = check_side(side)
    return found


def check_side(side: str) -> str:
    """UsageError for what is no side."""
    if side not in _SIDES:
        raise UsageError(f"'{side}' is no side", f"Choose {' or '.join(_SIDES)}.")
    return side


def _told(done: Mapping[str, Any]) -> Iterator[Text]:
    for field in done["fields"]:
        yield Text(f"{field['field']}: {_STAYS[field['chosen']]}, {quoted(field['value'])}")
    if all(field["chosen"] == "salesforce" for field in done["fields"]):
        return
    senders = ", ".join(done["senders"])
    yield Text(
        f"the next run of {senders} sends it to Salesforce" if senders
        else "no job sends it to Salesforce, which keeps its own value",
        style="dim",
    )  # fmt: skip
