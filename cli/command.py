"""Makes a function a command: the options every command has, its session, and how it exits."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Annotated, Any, Concatenate, Final, ParamSpec

import typer

from cli.errors import CommandError
from cli.exits import Exit
from cli.session import Session
from cli.settings import Settings, resolve

P = ParamSpec("P")

_PANEL: Final = "Which API"
_COMMON: Final[dict[str, tuple[Any, Any]]] = {
    "api": (
        Annotated[str | None, typer.Option(
            "--api", metavar="URL", help="Address of the API; also SYNCLINE_API.",
            rich_help_panel=_PANEL, show_default=False)], None),
    "token": (
        Annotated[str | None, typer.Option(
            "--token", metavar="TOKEN", rich_help_panel=_PANEL, show_default=False,
            help="Better kept in SYNCLINE_TOKEN or a profile, where `ps` does not show it.")],
        None),
    "workspace": (
        Annotated[str | None, typer.Option(
            "--workspace", "-w", metavar="NAME", help="Also SYNCLINE_WORKSPACE.",
            rich_help_panel=_PANEL, show_default=False)], None),
    "profile": (
        Annotated[str | None, typer.Option(
            "--profile", metavar="NAME", help="Of the profile file; also SYNCLINE_PROFILE.",
            rich_help_panel=_PANEL, show_default=False)], None),
    "as_json": (
        Annotated[bool, typer.Option(
            "--json", help="Answer in JSON; messages go to standard error.")], False),
}  # fmt: skip


def command(
    app: typer.Typer, name: str, **about: Any
) -> Callable[[Callable[Concatenate[Session, P], None]], Callable[Concatenate[Session, P], None]]:
    """Registers `function(session, …)` under a name, with the common options added to its own."""

    def register(
        function: Callable[Concatenate[Session, P], None],
    ) -> Callable[Concatenate[Session, P], None]:
        @wraps(function)
        def run(**given: Any) -> None:
            common = {key: given.pop(key) for key in _COMMON}
            with _session(common) as session:
                function(session, **given)  # type: ignore[call-arg]  # typer gives what it declared

        _declare(run, function)
        app.command(name, **about)(run)
        return function

    return register


def _declare(run: Callable[..., None], function: Callable[..., None]) -> None:
    """The function's own parameters without the session, then the common ones."""
    signature = inspect.signature(function, eval_str=True)
    own = list(signature.parameters.values())[1:]
    common = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in _COMMON.items()
    ]
    named = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
    run.__signature__ = signature.replace(parameters=[*named, *common])  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in (*named, *common)}
    del run.__wrapped__  # type: ignore[attr-defined]  # typer would look behind the signature


@contextmanager
def _session(common: dict[str, Any]) -> Iterator[Session]:
    """A session for one command; every error ends it with its code."""
    session = Session(Settings(None, None, None, None, {}, {}), as_json=common["as_json"])
    try:
        session.settings = resolve(
            {name: common[name] for name in ("api", "token", "workspace")},
            profile=common["profile"],
        )
        yield session
    except CommandError as error:
        session.report(error)
        raise typer.Exit(int(error.code)) from error
    except KeyboardInterrupt:
        session.say("interrupted")
        raise typer.Exit(int(Exit.INTERRUPTED)) from None
    except BrokenPipeError:
        # The reader has seen enough (`| head`): what is left must not be flushed at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(int(Exit.STOPPED)) from None
    finally:
        session.close()


def finish(code: Exit) -> None:
    """Ends a command with a code other than success."""
    if code is not Exit.SUCCESS:
        raise typer.Exit(int(code))
