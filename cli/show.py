"""Values for people: safe for a terminal, short enough for a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from rich.table import Table
from rich.text import Text

HIDDEN: Final = "••••••"
_SECRET_NAMES: Final = ("secret", "token", "password", "private_key", "assertion")
_LINE: Final = "⏎"
_SHORT: Final = 60
_WHOLE: Final = frozenset({
    "id", "run", "job", "connection", "Salesforce id", "platform id", "updated", "when", "started",
    "last run", "created", "revoked", "conflict", "since",
})  # fmt: skip
_STYLES: Final[Mapping[str, str]] = {
    "succeeded": "green", "partial": "yellow", "failed": "red", "paused": "magenta",
    "cancelled": "magenta", "running": "cyan", "queued": "cyan", "ok": "green",
    "error": "red", "warning": "yellow", "created": "green", "deleted": "red",
    "held": "yellow", "rejected": "red", "parked": "cyan", "applied": "green", "refused": "red",
    "waiting": "cyan",
}  # fmt: skip


def is_secret(name: str) -> bool:
    """Whether a value of this name is never shown."""
    return any(part in name.lower() for part in _SECRET_NAMES)


def harmless(text: str) -> str:
    """Without what a terminal would obey: a record's text comes from anybody."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else f"\\x{ord(letter):02x}"
        for letter in text
    )


def short(value: Any, *, most: int = _SHORT) -> str:
    """One line of at most `most` characters; nothing for None."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    line = harmless(_LINE.join(text.splitlines()))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def quoted(value: Any, *, most: int = _SHORT) -> str:
    """A value in a difference: text in quotes, so that empty and none differ."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{short(value, most=most)}"' if isinstance(value, str) else short(value, most=most)


def words(name: str) -> str:
    """A stable name as words."""
    return harmless(name.replace("_", " "))


def moment(text: Any) -> str:
    """An instant in the machine's own time zone, to the second."""
    if not text:
        return ""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return short(text)
    return f"{found.astimezone():%Y-%m-%d %H:%M:%S}"


def duration(start: Any, end: Any) -> str:
    """Between two instants; until now if it has not ended."""
    try:
        first = datetime.fromisoformat(str(start))
        last = datetime.fromisoformat(str(end)) if end else datetime.now(UTC)
    except ValueError:
        return ""
    seconds = max(0, int((last - first).total_seconds()))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


def state(name: Any) -> Text:
    """A status, coloured by what it means."""
    return Text(words(str(name)), style=state_style(name))


def state_style(name: Any) -> str:
    """The colour of a status or outcome."""
    return _STYLES.get(str(name), "")


def table(*columns: str, title: str | None = None) -> Table:
    """A plain table; a column that starts with # is for numbers. Ids and times stay on one line."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        number = column.startswith("#")
        made.add_column(
            column.removeprefix("#"), header_style="bold", justify="right" if number else "left",
            overflow="fold", no_wrap=number or column in _WHOLE,
        )  # fmt: skip
    return made


def filled(made: Table, rows: Iterable[Sequence[Any]]) -> Table:
    """The table with its rows; texts are shown as they are, never as markup."""
    for row in rows:
        made.add_row(*(cell(value) for value in row))
    return made


def cell(value: Any) -> Text:
    """A value of a table."""
    if isinstance(value, Text):
        return value
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, int):
        return Text(f"{value:,}")
    return Text(short(value))


def details(values: Mapping[str, Any]) -> Table:
    """A thing as a list of names and values, nested names with dots."""
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column(style="bold")
    made.add_column(overflow="fold")
    for name, value in flattened(values):
        made.add_row(Text(harmless(name)), _whole(name, value))
    return made


def flattened(values: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    """Leaves of nested mappings by dotted names."""
    for name, value in values.items():
        full = f"{prefix}{name}"
        if isinstance(value, Mapping) and value:
            yield from flattened(value, f"{full}.")
        else:
            yield full, value


def _whole(name: str, value: Any) -> Text:
    if is_secret(name.rpartition(".")[2]):
        return Text(HIDDEN)
    if isinstance(value, str):
        return Text(harmless(value))
    return Text("") if value is None else cell(value)
