"""What every command has: the API, a place for answers and one for messages."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import typer
from rich.console import Console, RenderableType
from rich.text import Text

from cli.api import Api, open_client, sends_in_clear
from cli.errors import CommandError, RefusedError, UsageError
from cli.settings import Settings
from cli.show import harmless, quoted

_PIPE_WIDTH: Final = 200


def console(stream: Any) -> Console:
    """As wide as the terminal; wide enough for a table where there is none."""
    width = None if stream.isatty() or os.environ.get("COLUMNS") else _PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def somebody_is_there() -> bool:
    """Whether a question would reach a person."""
    return sys.stdin.isatty()


@dataclass(slots=True)
class Session:
    """Answers go to standard output, everything else to standard error."""

    settings: Settings
    as_json: bool
    out: Console = field(default_factory=lambda: console(sys.stdout))
    err: Console = field(default_factory=lambda: console(sys.stderr))
    _api: Api | None = None

    @property
    def api(self) -> Api:
        """Opened when it is first used. UsageError without an address."""
        if self._api is None:
            address = self.settings.api
            if not address:
                raise UsageError(
                    "no address of an API is known",
                    "Give --api URL, set SYNCLINE_API, save a profile with `syncline profile"
                    " save`, or start `make local` in this project.",
                )
            if sends_in_clear(address):
                self.say(f"warning: {address} is not encrypted, and the token goes there", "yellow")
            self._api = Api(self.settings, open_client(address))
        return self._api

    def close(self) -> None:
        """Lets go of the connections."""
        if self._api is not None:
            self._api.client.close()

    def answer(self, value: Any, *shown: RenderableType) -> None:
        """The command's answer: the value as JSON for programs, or what is shown to people."""
        if self.as_json:
            self.out.file.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
            return
        for each in shown:
            self.out.print(each)

    def say(self, text: str, style: str = "") -> None:
        """A message for a person; never part of the answer."""
        self.err.print(Text(harmless(text), style=style))

    def agree(self, question: str, *, yes: bool) -> None:
        """Goes on, or ends the command. UsageError where nobody can be asked."""
        if yes:
            return
        if not somebody_is_there():
            raise UsageError("nobody can be asked here", "Add --yes to go on without asking.")
        typer.confirm(question, abort=True, err=True)

    def report(self, error: CommandError) -> None:
        """An error, on standard error for people, on standard output for programs."""
        if self.as_json:
            self.answer({"error": error.to_json()})
        for line in error_lines(error):
            self.err.print(line)


def error_lines(error: CommandError) -> Iterable[Text]:
    """Title, detail, each field with what to do about it, and the remedy."""
    yield Text(f"error: {harmless(error.title)}", style="bold red")
    flaws: list[Mapping[str, Any]] = []
    if isinstance(error, RefusedError):
        problem = error.problem
        flaws = list(problem.get("errors") or [])
        detail = str(problem.get("detail") or "")
        if detail and not any(_says(flaw, detail) for flaw in flaws):
            yield Text(f"  {harmless(detail)}")
        yield from _flaw_lines(flaws)
        yield from (Text(f"  {line}") for line in _related(problem))
    told = {flaw.get("remedy") for flaw in flaws}
    if error.remedy and error.remedy not in told:
        yield Text(f"  → {harmless(error.remedy)}", style="cyan")


def _says(flaw: Mapping[str, Any], detail: str) -> bool:
    """Whether the flaw tells what the detail does, place and all."""
    message = str(flaw.get("message"))
    return detail in (message, f"{flaw.get('field')}: {message}")


def _flaw_lines(flaws: Iterable[Mapping[str, Any]]) -> Iterable[Text]:
    for flaw in flaws:
        where = flaw.get("field") or flaw.get("in") or ""
        given = f" (given: {quoted(flaw['value'])})" if flaw.get("value") is not None else ""
        yield Text(f"  {harmless(str(where))}: {harmless(str(flaw.get('message', '')))}{given}")
        if flaw.get("remedy"):
            yield Text(f"    → {harmless(str(flaw['remedy']))}", style="cyan")


def _related(problem: Mapping[str, Any]) -> Iterable[str]:
    if problem.get("run"):
        run = harmless(str(problem["run"]))
        yield f"run: {run} (syncline run watch {run})"
    if problem.get("jobs"):
        yield f"jobs: {harmless(', '.join(map(str, problem['jobs'])))}"
