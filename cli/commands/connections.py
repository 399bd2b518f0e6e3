"""`connection`: the Salesforce orgs of a workspace."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from cli.command import command, finish
from cli.exits import Exit
from cli.session import Session
from cli.show import details, filled, table

Name = Annotated[str, typer.Argument(metavar="CONNECTION", help="The connection's name.")]


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    command(app, "list")(list_connections)
    command(app, "show")(show)
    command(app, "test")(test)
    command(app, "delete")(delete)


def list_connections(session: Session) -> None:
    """All connections."""
    found = list(session.api.items(session.api.inside("connections")))
    made = table("connection", "title", "address", "environment", "org", "user", "on")
    rows = ((item["name"], *_cells(item["connection"])) for item in found)
    session.answer({"items": found}, filled(made, rows))


def _cells(body: dict[str, Any]) -> tuple[Any, ...]:
    names = ("title", "login_url", "environment", "org_id", "username")
    return (*(body.get(name) for name in names), bool(body.get("enabled", True)))


def show(session: Session, connection: Name) -> None:
    """A connection without its secrets."""
    found = session.api.get(session.api.inside("connections", connection))
    session.answer(found, details(found))


def test(session: Session, connection: Name) -> None:
    """Log in, and see what the user may do. Exits 3 if an object cannot be read."""
    answer = session.api.post(session.api.inside("connections", connection, "test"))
    session.answer(answer, tested(answer))
    finish(Exit.SUCCESS if answer["ok"] else Exit.PARTIAL)


def tested(answer: dict[str, Any]) -> RenderableType:
    """What a test found."""
    head = Text(f"{answer['username']} of org {answer['org_id']}, {answer['requests']} requests")
    bound = [Text("the connection now belongs to this org")] if answer["bound"] else []
    made = table("object", "read", "create", "update", "delete", "")
    rights = ("readable", "createable", "updateable", "deletable")
    rows = ((each["object"], *(bool(each[right]) for right in rights), each.get("message"))
            for each in answer["objects"])  # fmt: skip
    return Group(head, *bound, filled(made, rows))


def delete(
    session: Session,
    connection: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a connection and its credentials. Refused while jobs use it."""
    session.agree(f"Delete connection {connection} and its credentials?", yes=yes)
    session.api.delete(session.api.inside("connections", connection))
    session.answer({"deleted": connection}, Text(f"{connection} was deleted"))
