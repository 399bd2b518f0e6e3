"""`record`: what the platform holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli.command import command
from cli.errors import UsageError
from cli.session import Session
from cli.show import details, filled, moment, short, table

Object = Annotated[str, typer.Argument(metavar="OBJECT", help="account, task, touchpoint, …")]
Id = Annotated[str, typer.Argument(metavar="ID")]
_FIRST: Final = ("name", "title", "status", "due_date", "assigned_to", "domain", "account_id")


def register(app: typer.Typer) -> None:
    """Adds the commands of `record`."""
    command(app, "list")(list_records)
    command(app, "show")(show)
    command(app, "put")(put)
    command(app, "delete")(delete)


def list_records(
    session: Session,
    object: Object,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
) -> None:
    """Platform records of an object, in the order of their ids."""
    found = list(session.api.items(session.api.inside("records", object), most=limit))
    names = _columns(found)
    made = table("id", *names, "updated", "#version")
    rows = (
        (each["id"], *(short(each["values"].get(name), most=48) for name in names),
         moment(each["updated_at"]), each["version"])
        for each in found
    )  # fmt: skip
    session.answer({"items": found}, filled(made, rows))


def _columns(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The attributes that tell records apart, as far as these have them."""
    there = {name for each in found for name in each["values"]}
    return [name for name in _FIRST if name in there][:5] or sorted(there)[:5]


def show(session: Session, object: Object, id: Id) -> None:
    """One record with all its attributes."""
    found = session.api.get(session.api.inside("records", object, id))
    head = {key: found[key] for key in ("object", "id", "version")}
    head["updated"] = moment(found["updated_at"])
    session.answer(found, details(head), Text(""), details(found["values"]), *_edits(found))


def _edits(found: Mapping[str, Any]) -> list[Text]:
    edits = found.get("edits") or {}
    told = ", ".join(f"{name} ({moment(at)})" for name, at in edits.items())
    return [Text(f"edited here and not settled with Salesforce yet: {told}")] if told else []


def put(
    session: Session,
    object: Object,
    id: Id,
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME=TEXT | NAME:=JSON ...", help="A text, or any JSON value: employees:=250"
        ),
    ] = None,
    clear: Annotated[
        list[str] | None, typer.Option("--clear", metavar="NAME", help="Take its value away.")
    ] = None,
    version: Annotated[
        int | None, typer.Option("--if-version", help="Only if it still has this version.")
    ] = None,
) -> None:
    """Create or edit a record. Attributes that are not named stay as they are."""
    body = {"values": {**parsed(values or []), **dict.fromkeys(clear or [])}}
    if not body["values"]:
        raise UsageError("nothing to set", 'Name attributes: title="Call back" due_date=2027-01-31')
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    saved = session.api.put(session.api.inside("records", object, id), body, headers=headers)
    version_now = saved["record"]["version"]
    session.answer(saved, Text(f"{object} {id}: {saved['result']}, version {version_now}"))


def parsed(texts: Sequence[str]) -> dict[str, Any]:
    """`name=text` and `name:=json`. UsageError for anything else."""
    found: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.rstrip(":"):
            raise UsageError(f"'{text}' is no NAME=TEXT", "Write title=Call or employees:=250.")
        if name.rstrip(":") in found:
            raise UsageError(f"'{name.rstrip(':')}' is there twice", "Name each attribute once.")
        if not name.endswith(":"):
            found[name] = value
            continue
        try:
            found[name[:-1]] = json.loads(value)
        except ValueError as exc:
            raise UsageError(f"'{value}' is no JSON", f"For a text write {name[:-1]}=…") from exc
    return found


def delete(
    session: Session,
    object: Object,
    id: Id,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a platform record."""
    session.agree(f"Delete {object} {id}?", yes=yes)
    session.api.delete(session.api.inside("records", object, id))
    session.answer({"deleted": id}, Text(f"{object} {id} was deleted"))
