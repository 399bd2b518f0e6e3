"""`change` and `receipt`: something is changed on the platform, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import uuid4

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from cli.command import command, finish
from cli.commands.records import parsed
from cli.errors import UsageError
from cli.exits import Exit
from cli.session import Session
from cli.show import details, filled, moment, short, state, table
from cli.show import words as spelled
from cli.watching import SLOWEST, slower

_MEANINGS: Final[Mapping[str, str]] = {
    "applied": "it is in Salesforce",
    "superseded": "a later change of the same attribute counts",
    "skipped": "the record has no match in that org",
    "held": "Salesforce changed it, too: a person decides (syncline conflicts list)",
    "refused": "it was not written",
    "waiting": "not written yet",
}
_WELL: Final = frozenset({"applied", "superseded", "skipped"})
_BADLY: Final = frozenset({"refused", "held"})

_RECORD: Final = 2
"""Words that name a record: object and id."""

Receipt = Mapping[str, Any]
Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="OBJECT ID NAME=TEXT ...",
        help="account 42 phone=123, or any JSON value: employees:=250",
    ),
]
Origin = Annotated[str, typer.Option("--origin", help="What changed it: profile, segment, form, …")]
At = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="When, with its time zone; now without.")
]
Key = Annotated[
    str | None,
    typer.Option("--key", help="The same key again is the same change, and no second one."),
]
Clear = Annotated[
    list[str] | None,
    typer.Option("--clear", metavar="NAME", help="Empty an attribute; may be repeated."),
]
Follow = Annotated[
    bool, typer.Option("--follow", "-f", help="Wait until every connection has answered.")
]


def register(app: typer.Typer) -> None:
    """Adds both commands."""
    command(app, "change")(change)
    command(app, "receipt")(receipt)


def change(  # noqa: PLR0913 the options that a person has
    session: Session,
    words: Words = None,
    *,
    origin: Origin = "profile",
    actor: Annotated[str, typer.Option("--actor", help="Who changed it.")] = "",
    at: At = None,
    key: Key = None,
    clear: Clear = None,
    follow: Follow = False,
) -> None:
    """Change a record on the platform, and let Salesforce have it."""
    named = words or []
    values = _with_cleared(parsed(named[2:]), clear or [])
    if not values or len(named) < _RECORD:
        raise UsageError("nothing to change", "Name the record and what is new: account 42 phone=1")
    object, id = named[:2]
    event = {
        "object": object, "id": id, "values": values, "origin": origin, "actor": actor,
        "key": key or uuid4().hex, **({"at": at} if at else {}),
    }  # fmt: skip
    answer = session.api.post(session.api.inside("changes"), {"changes": [event]})
    taken = answer["receipts"][0]
    if follow:
        path = session.api.inside("receipts", taken["receipt"])
        taken = _followed(session, taken, path, interval=1.0)
    _answer(session, taken)
    if _waiting(taken):
        session.say(f"follow it: syncline receipt {taken['receipt']} --follow", style="dim")


def _with_cleared(values: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """UsageError for an attribute that is set as well."""
    both = values.keys() & set(names)
    if both:
        raise UsageError(f"'{min(both)}' is set and cleared", "Do one of the two.")
    return {**values, **dict.fromkeys(names)}


def receipt(
    session: Session,
    id: Annotated[str, typer.Argument(metavar="RECEIPT", help="As `change` or the API told it.")],
    follow: Follow = False,
    interval: Annotated[
        float,
        typer.Option(
            "--interval",
            min=0,
            help=f"Seconds before the second look; later ones wait longer, at most {SLOWEST:.0f}.",
        ),
    ] = 1.0,
) -> None:
    """What became of a change, attribute by attribute, and why; of a request of many, how many
    ended how, and each that was refused or is held."""
    path = session.api.inside("receipts", id)
    found = session.api.get(path)
    found = _followed(session, found, path, interval=interval) if follow else found
    if "statuses" in found:
        bad = [status for status in found["statuses"] if status in _BADLY]
        items = [each for status in bad for each in session.api.items(path, status=status)]
        found = {**found, "items": items, "next": None}
    _answer(session, found)


def _answer(session: Session, found: Receipt) -> None:
    session.answer(found, *(_many(found) if "statuses" in found else _one(found)))
    finish(_exit(found))


def _followed(session: Session, found: Receipt, path: str, *, interval: float) -> Receipt:
    try:
        waits = slower(interval)
        while _waiting(found):
            session.api.pause(next(waits))
            found = session.api.get(path)
    except KeyboardInterrupt:
        session.say(f"it is written all the same; see it: syncline receipt {found['receipt']}")
        raise
    return found


def _outcomes(found: Receipt) -> frozenset[str]:
    if "statuses" in found:
        return frozenset(found["statuses"])
    told = frozenset(
        told["outcome"] for each in found["results"].values() for told in each.values()
    )
    return told or frozenset([found["status"]])


def _waiting(found: Receipt) -> bool:
    if "statuses" in found:
        return "waiting" in found["statuses"]
    return bool(found["status"] == "waiting")


def _exit(found: Receipt) -> Exit:
    """What still waits has not failed."""
    outcomes = _outcomes(found)
    if not outcomes & _BADLY:
        return Exit.SUCCESS
    return Exit.PARTIAL if outcomes & _WELL else Exit.FAILURE


# --- for people ----------------------------------------------------------------------------------


def _one(found: Receipt) -> Sequence[RenderableType]:
    who = f" by {found['actor']}" if found["actor"] else ""
    way = "with others, in bulk" if found["bulk"] else "by itself, at once"
    head = details({
        "receipt": found["receipt"],
        "change": f"of {found['object']} {found['id']}, {spelled(found['origin'])}{who}",
        "changed": moment(found["at"]),
        "written": way,
    })  # fmt: skip
    status = found["status"]
    said = Text.assemble(state(status), f": {_MEANINGS.get(status, '')}")
    rows = list(_rows(found))
    told = filled(table("connection", "attribute", "outcome", "why"), rows)
    return [head, Text(""), told if rows else said]


def _rows(found: Receipt) -> Iterator[tuple[Any, ...]]:
    for connection, results in found["results"].items():
        for name, told in results.items():
            outcome = told["outcome"]
            why = told["detail"] or spelled(told["reason"]) or _MEANINGS.get(outcome, "")
            why = short(why, most=200) + (f" (run {told['run']})" if told.get("run") else "")
            yield connection, name, state(outcome), Text(why)


def _many(found: Receipt) -> Sequence[RenderableType]:
    head = details({
        "receipt": found["receipt"],
        "changes": found["count"],
        "taken up": found["captured"],
        "accepted": moment(found["accepted_at"]),
    })  # fmt: skip
    counts = filled(
        table("outcome", "#changes", ""),
        ((state(n), count, _MEANINGS.get(n, "")) for n, count in found["statuses"].items()),
    )
    bad = found["items"]
    made = table("receipt", "record", "connection", "attribute", "outcome", "why")
    rows = [(each["receipt"], each["id"], *row) for each in bad for row in _rows(each)]
    return [head, Text(""), counts, *([Group(Text(""), filled(made, rows))] if rows else [])]
