"""`explain`, also called `history`: all that ever happened to one record, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any, Final

import typer
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.session import Session
from cli.show import harmless, moment, short, state_style, words

_LONG: Final = 120
_DONE: Final = frozenset({"created", "updated", "linked", "deleted", "left"})

Chapter = Mapping[str, Any]


def explain(
    session: Session,
    object: Annotated[str, typer.Argument(metavar="OBJECT", help="account, task, …")],
    id: Annotated[str, typer.Argument(metavar="ID", help="Platform id or Salesforce id.")],
    oldest_first: Annotated[
        bool, typer.Option("--oldest-first", help="As it happened, from the beginning.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
) -> None:
    """A record's whole story, newest first: when, in which run, what, from which values to which,
    and why."""
    path = session.api.inside("history", object, id)
    found = list(session.api.items(path, most=None if oldest_first else limit))
    note = None if found else session.api.get(path, limit=1).get("note")
    told = list(_ordered(found, oldest_first=oldest_first))[:limit]
    shown = _shown(object, told) if told else Text(harmless(note or "there is no story"))
    session.answer({"items": told, "note": note}, shown)


def _ordered(found: Sequence[Chapter], *, oldest_first: bool) -> Iterator[Chapter]:
    """Connection by connection: each has a story of its own."""
    for _, chapters in groupby(found, lambda chapter: chapter["connection"]):
        told = list(chapters)
        yield from reversed(told) if oldest_first else told


def _shown(object: str, told: Sequence[Chapter]) -> RenderableType:
    parts: list[RenderableType] = []
    for connection, chapters in groupby(told, lambda chapter: chapter["connection"]):
        own = list(chapters)
        parts.append(_heading(object, connection, own))
        for chapter in own:
            parts += [
                Text(""),
                _title(chapter),
                Padding(_body(chapter), (0, 0, 0, 3), expand=False),
            ]
    return Group(*parts)


def _heading(object: str, connection: str, own: Sequence[Chapter]) -> Text:
    crm_id = next((each["crm_id"] for each in own if each.get("crm_id")), "nothing")
    platform_id = next((each["platform_id"] for each in own if each.get("platform_id")), "nothing")
    told = f"{object}: {platform_id} on the platform, {crm_id} in Salesforce ({connection})"
    return Text(harmless(told), style="dim")


def _title(chapter: Chapter) -> Text:
    when = moment(chapter.get("at")) or "at a time that is no longer known"
    title = Text(harmless(str(chapter["title"])), style=f"bold {state_style(chapter['bucket'])}")
    return Text.assemble((when, "bold"), "  ", title)


def _body(chapter: Chapter) -> Table:
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, lines in _facts(chapter):
        for at, line in enumerate(lines):
            made.add_row("" if at else name, Text(line))
    return made


def _facts(chapter: Chapter) -> Iterator[tuple[str, Sequence[str]]]:
    yield "why", [harmless(each) for each in chapter["why"]]
    done = chapter["bucket"] in _DONE
    yield "fields" if done else "wanted", [_change(each) for each in chapter["changes"]]
    sent = chapter.get("sent")
    if sent:
        yield "sent" if done else "tried", [_values(sent["values"]) or sent["kind"]]
    yield "by", [_announced(each) for each in chapter.get("announced") or ()]
    yield "run", [harmless(_run(chapter))] if not chapter.get("by") else []


def _announced(change: Mapping[str, Any]) -> str:
    who = f", {change['actor']}" if change["actor"] else ""
    told = f"{words(change['origin'])}{who}, {moment(change['at'])}, receipt {change['receipt']}"
    return harmless(told)


def _run(chapter: Chapter) -> str:
    job = f", {chapter['direction']} job {chapter['job']}" if chapter.get("job") else ""
    return f"{chapter['run']}{job}"


def _change(change: Mapping[str, Any]) -> str:
    before, after = (_value(change[side]) for side in ("before", "after"))
    return f"{harmless(change['field'])}: {before} → {after}"


def _value(value: Any) -> str:
    return "∅" if value is None else short(value, most=_LONG)


def _values(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{harmless(name)} = {_value(value)}" for name, value in values.items())
