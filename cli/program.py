"""The program: its groups of commands, and nothing else."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final

import typer
from rich.text import Text

from cli.command import command
from cli.commands import (
    administration,
    apply,
    attributes,
    changes,
    conflicts,
    connections,
    dead_letters,
    doctor,
    jobs,
    records,
    runs,
    stories,
)
from cli.errors import CommandError
from cli.session import Session

_ABOUT: Final = "Two-way Salesforce sync: configure it, run it, see what it did."
_GROUPS: Final = (
    ("workspace", "One tenant: its records, connections and jobs.",
     administration.register_workspace),
    ("connection", "Salesforce orgs.", connections.register),
    ("job", "What is synced: try, plan, run, pause.", jobs.register),
    ("attribute", "What is written back to Salesforce by itself.", attributes.register),
    ("run", "What runs did, and those at work.", runs.register),
    ("record", "Records on the platform.", records.register),
    ("conflicts", "What both sides changed and a person must decide.", conflicts.register),
    ("dead-letters", "What the writers gave up, and why.", dead_letters.register),
    ("token", "Who may use the API.", administration.register_token),
    ("profile", "Addresses and tokens kept on this machine.", administration.register_profile),
)  # fmt: skip


def build() -> typer.Typer:
    """The whole program, made anew."""
    app = typer.Typer(
        name="syncline", help=_ABOUT, no_args_is_help=True, rich_markup_mode="rich",
        pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]},
    )  # fmt: skip
    apply.register(app)
    for name, about, register in _GROUPS:
        group = typer.Typer(name=name, help=about, no_args_is_help=True, rich_markup_mode="rich")
        register(group)
        app.add_typer(group)
    changes.register(app)
    command(app, "explain")(stories.explain)
    command(app, "history", hidden=True)(stories.explain)
    doctor.register(app)
    command(app, "version")(show_version)
    return app


def show_version(session: Session) -> None:
    """The version of this command, and of the API where one is known."""
    own = package_version()
    served = None
    if session.settings.api:
        try:
            document = session.api.get("/openapi.json", who="nobody")
            served = str(document.get("info", {}).get("version"))
        except CommandError as error:
            session.say(f"the API did not tell its version: {error}")
    text = f"syncline {own}" + (f", API {served}" if served else "")
    session.answer({"version": own, "api": served}, Text(text))


def package_version() -> str:
    """As installed."""
    try:
        return version("syncline")
    except PackageNotFoundError:
        return "unknown"
