"""`workspace`, `token` and `profile`: what an administrator sets up once."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text

from cli.api import path_of
from cli.command import command
from cli.errors import UsageError
from cli.session import Session
from cli.settings import config_file, read_profiles, write_profile
from cli.show import HIDDEN, details, filled, moment, table

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Workspace = Annotated[
    str | None, typer.Argument(metavar="[WORKSPACE]", help="Another than the chosen one.")
]


def register_workspace(app: typer.Typer) -> None:
    """Adds the commands of `workspace`; they need the administrator's token."""
    command(app, "show")(show_workspace)
    command(app, "create")(create_workspace)
    command(app, "delete")(delete_workspace)


def register_token(app: typer.Typer) -> None:
    """Adds the commands of `token`; they need the administrator's token."""
    command(app, "create")(create_token)
    command(app, "list")(list_tokens)
    command(app, "revoke")(revoke_token)


def register_profile(app: typer.Typer) -> None:
    """Adds the commands of `profile`."""
    command(app, "save")(save_profile)
    command(app, "list")(list_profiles)


# --- workspace --------------------------------------------------------------------------------


def _path(session: Session, workspace: str | None) -> str:
    return path_of("workspaces", workspace) if workspace else session.api.inside()


def show_workspace(session: Session, name: Workspace = None) -> None:
    """A workspace and the attributes it has of its own."""
    found = session.api.get(_path(session, name), who="administrator")
    session.answer(found, details(found))


def create_workspace(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="WORKSPACE")],
    title: Annotated[str, typer.Option("--title", help="Shown to people.")] = "",
) -> None:
    """Create a workspace, or give one that is there another title."""
    path = _path(session, name)
    saved = session.api.put(path, {"title": title}, who="administrator")
    session.answer(saved, Text(f"workspace {name}: {saved['result']}"))


def delete_workspace(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="WORKSPACE")],
    yes: Yes = False,
) -> None:
    """Delete an empty workspace and revoke its tokens."""
    session.agree(f"Delete workspace {name} and revoke its tokens?", yes=yes)
    session.api.delete(_path(session, name), who="administrator")
    session.answer({"deleted": name}, Text(f"workspace {name} was deleted"))


# --- tokens -----------------------------------------------------------------------------------


def create_token(
    session: Session,
    name: Annotated[str, typer.Argument(help="What it is for: ci, console, …")],
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", "-s", help="read, write, operate; may be given more than once."),
    ] = None,
) -> None:
    """Create a token for the workspace. It is shown this once."""
    body = {"name": name, "scopes": scope or ["read"]}
    made = session.api.post(session.api.inside("tokens"), body, who="administrator")
    session.say(f"{made['id']} with {', '.join(made['scopes'])}; it is not shown again:")
    session.answer(made, Text(str(made["token"])))


def list_tokens(session: Session) -> None:
    """All tokens, without themselves."""
    found = list(session.api.items(session.api.inside("tokens"), who="administrator"))
    made = table("token", "name", "scopes", "created", "revoked")
    rows = ((each["id"], each["name"], ", ".join(each["scopes"]), moment(each["created_at"]),
             moment(each["revoked_at"])) for each in found)  # fmt: skip
    session.answer({"items": found}, filled(made, rows))


def revoke_token(
    session: Session,
    id: Annotated[str, typer.Argument(metavar="TOKEN_ID", help="From `syncline token list`.")],
    yes: Yes = False,
) -> None:
    """Revoke a token. What uses it is refused from then on."""
    session.agree(f"Revoke {id}?", yes=yes)
    session.api.delete(session.api.inside("tokens", id), who="administrator")
    session.answer({"revoked": id}, Text(f"{id} was revoked"))


# --- profiles ---------------------------------------------------------------------------------


def save_profile(
    session: Session,
    name: Annotated[str, typer.Argument(help="default, prod, …")] = "default",
) -> None:
    """Keep the address, token and workspace in use under a name, readable by you alone.

    Give them as options or in the environment; a token that is not given is asked for.
    """
    settings = session.settings
    if not settings.api:
        raise UsageError("no address to save", "Give --api URL.")
    token = settings.token or typer.prompt("Token", hide_input=True, err=True)
    values: dict[str, Any] = {
        "api": settings.api, "token": token, "workspace": settings.workspace,
        "administrator_token": settings.administrator,
    }  # fmt: skip
    path = config_file()
    write_profile(path, name, {key: value for key, value in values.items() if value})
    session.answer({"profile": name, "file": str(path)}, Text(f"{name} is in {path}"))


def list_profiles(session: Session) -> None:
    """All profiles, without their tokens."""
    content = read_profiles(config_file())
    profiles = content.get("profiles", {})
    items = [
        {"name": name, "api": each.get("api"), "workspace": each.get("workspace"),
         "default": name == content.get("default", "default")}
        for name, each in profiles.items()
    ]  # fmt: skip
    made = table("profile", "address", "workspace", "token", "default")
    rows = ((each["name"], each["api"], each["workspace"], HIDDEN, each["default"])
            for each in items)  # fmt: skip
    session.answer({"items": items}, filled(made, rows))
