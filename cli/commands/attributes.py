"""`attribute`: which attributes are written back, and where to."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli.command import command
from cli.documents import parted_name
from cli.session import Session
from cli.show import details, filled, table, words

_FIELD: Final = "field"
"""The mode of what goes by no reference."""

Name = Annotated[
    str, typer.Argument(metavar="ATTRIBUTE", help="OBJECT.ATTRIBUTE, such as account.owner.")
]


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    command(app, "list")(list_attributes)
    command(app, "show")(show)
    command(app, "delete")(delete)


def list_attributes(session: Session) -> None:
    """The attributes that something is configured of."""
    found = list(session.api.items(session.api.inside("attributes")))
    made = table("attribute", "title", "write-back", "reference", "assignment", "written to")
    session.answer({"items": found}, filled(made, (_row(item) for item in found)))


def _row(item: dict[str, Any]) -> tuple[Any, ...]:
    settings = item["attribute"]
    modes = dict.fromkeys(words(each["mode"]) for each in item["targets"] if each["mode"] != _FIELD)
    places = ", ".join(f"{each['connection']}: {each['path']}" for each in item["targets"])
    return (
        item["name"], settings.get("title"), bool(settings.get("write_back")),
        ", ".join(modes) or None, bool(settings.get("assignment")),
        places or None,
    )  # fmt: skip


def show(session: Session, attribute: Name) -> None:
    """An attribute's settings, and the fields of Salesforce that it goes to."""
    found = session.api.get(session.api.inside("attributes", *parted_name(attribute)))
    made = table("connection", "job", "object", "field", "mode")
    rows = ((each["connection"], each["job"], each["salesforce_object"], each["path"],
             words(each["mode"])) for each in found["targets"])  # fmt: skip
    note = Text("no inbound job maps it", style="dim")
    shown = filled(made, rows) if found["targets"] else note
    session.answer(found, details(found["attribute"]), shown)


def delete(
    session: Session,
    attribute: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Forget an attribute's settings: it is not written back any more."""
    path = session.api.inside("attributes", *parted_name(attribute))
    session.agree(f"Stop writing {attribute} back and forget its settings?", yes=yes)
    session.api.delete(path)
    session.answer({"deleted": attribute}, Text(f"{attribute} was deleted"))
