"""A preview for people: what would arrive on the platform, or be sent to Salesforce."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli.show import filled, harmless, short, state, table, words

_ROOM: Final = 4
"""Attributes that a terminal's line has room for."""
_NAMING: Final = ("title", "name", "subject")

Row = Mapping[str, Any]


def previewed(answer: Mapping[str, Any]) -> Sequence[RenderableType]:
    """The rows, and how many there are of how many."""
    rows, total = answer["rows"], answer.get("total")
    of = f" of about {total:,}" if total is not None else ""
    if answer.get("direction") == "outbound":
        told = f"{len(rows)} to be sent or refused, of {total:,} edited" if of else ""
        return _sent(rows), Text(told or f"the first {len(rows)} to be sent or refused")
    made, hidden = _arriving(rows)
    more = f"; {hidden} more attributes with --json" if hidden else ""
    return made, Text(f"{len(rows)} records{of}{more}")


def _arriving(rows: Sequence[Row]) -> tuple[Table, int]:
    names = list(dict.fromkeys(name for row in rows for name in row["values"]))
    told = [name for name in names if not name.endswith("_id")][:_ROOM]
    made = table("Salesforce id", "", "why", *told)
    shown = (
        (row["crm_id"], row["verb"], words(row["reason"]),
         *(short(row["values"].get(name), most=20) for name in told))
        for row in rows
    )  # fmt: skip
    return filled(made, shown), len(names) - len(told)


def _sent(rows: Sequence[Row]) -> Table:
    made = table("platform id", "Salesforce id", "", "why", "written in Salesforce")
    shown = (
        (row["platform_id"], row["crm_id"], state(row["verb"]), Text(_why(row)),
         Text("\n".join(_lines(row))))
        for row in rows
    )  # fmt: skip
    return filled(made, shown)


def _why(row: Row) -> str:
    why = words(str(row["reason"]))
    return f"{why}: {short(row['detail'], most=80)}" if row["detail"] else why


def _lines(row: Row) -> Iterator[str]:
    """Field by field; a record of which nothing is written is told by its name."""
    if row["verb"] == "delete":
        yield "the record is deleted"
        return
    for each in row["fields"]:
        before, after = short(each["before"], most=32) or "∅", short(each["after"], most=48) or "∅"
        yield f"{harmless(each['field'])}: {before} → {after}"
    if not row["fields"]:
        name = next((row["values"][each] for each in _NAMING if row["values"].get(each)), "")
        yield f"nothing of {short(name, most=48)}" if name else "nothing"
