"""`dead-letters`: what the writers gave up, why, once more, and away with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import typer
from rich.text import Text
from typer.core import TyperGroup

from cli.command import command
from cli.session import Session
from cli.show import harmless, moment, short, words

Letters = Annotated[
    list[str], typer.Argument(metavar="LETTER...", help="Ids, as `dead-letters` shows them.")
]
_HELP: Final = "What the writers gave up: why, which receipts wait; once more, or away with it."
_INDENT: Final = "  "
_LINE: Final = 200


class _Listing(TyperGroup):
    """Lists where no command is named, with the options that listing has."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = bool(args) and (args[0] in ctx.help_option_names or not args[0].startswith("-"))
        return super().parse_args(ctx, args if named else ["list", *args])


def register(app: typer.Typer) -> None:
    """Adds these commands; without one of them the letters are listed."""
    command(app, "list")(list_letters)
    command(app, "retry")(retry)
    command(app, "discard")(discard)
    app.callback(cls=_Listing, help=_HELP)(lambda: None)


def list_letters(session: Session) -> None:
    """Each letter with the reason, the records and the receipts it is about."""
    found = list(session.api.items(session.api.inside("dead-letters")))
    shown = [line for letter in found for line in _told(letter)]
    session.answer({"items": found}, *(shown or [Text("the writers gave up nothing")]))


def retry(session: Session, letters: Letters) -> None:
    """Ask the writer once more. What is written already is not written twice."""
    done = []
    for letter in letters:
        path = session.api.inside("dead-letters", letter, "retry")
        done.append(session.api.post(path, {}))
    lines = [Text(f"{each['id']} is on its way again ({words(each['writer'])})") for each in done]
    session.answer({"items": done}, *lines)


def discard(session: Session, letters: Letters) -> None:
    """Throw letters away. No change goes with them: what waits is written all the same.

    That of a stored request comes back, ever later, as long as the request cannot be captured.
    """
    for letter in letters:
        session.api.delete(session.api.inside("dead-letters", letter))
    session.answer({"deleted": letters}, *[Text(f"{harmless(each)} is gone") for each in letters])


def _told(letter: Mapping[str, Any]) -> Iterator[Text]:
    tries = letter["tries"]
    counted = {0: "", 1: ", tried once"}.get(tries, f", tried {tries} times")
    head = f"{words(letter['writer'])}, {_about(letter)}, of {moment(letter['sent_at'])}{counted}"
    yield Text.assemble((harmless(letter["id"]), "bold"), f"  {head}")
    yield Text(f"{_INDENT}why       {short(letter['reason'], most=_LINE)} ({letter['code']})")
    if letter["ids"]:
        yield Text(f"{_INDENT}records   {_some(letter['ids'], letter['records'])}")
    if letter["receipts"]:
        yield Text(f"{_INDENT}receipts  {_some(letter['receipts'], letter['waiting'])}")
    known = letter["connection"] or letter["batch"]
    name, verb = ("again  ", "retry") if known else ("discard", "discard")
    yield Text(f"{_INDENT}{name}   syncline dead-letters {verb} {letter['id']}", style="dim")


def _about(letter: Mapping[str, Any]) -> str:
    if letter["batch"]:
        return f"changes of the request {harmless(letter['batch'])}"
    if not letter["connection"]:
        return "a message that nobody can understand"
    number = letter["records"]
    noun = "record" if number == 1 else "records"
    return harmless(f"{number} {letter['object']} {noun}, connection {letter['connection']}")


def _some(names: list[str], number: int) -> str:
    """The first of them, and how many there are beside."""
    more = f" and {number - len(names):,} more" if number > len(names) else ""
    return harmless(", ".join(names)) + more
