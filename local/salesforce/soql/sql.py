"""Pieces of SQL with what stands for their question marks, and how they are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_FLAT: Final = 100

Parameter = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and what stands for its question marks."""

    text: str
    parameters: tuple[Parameter, ...] = ()


def join(parts: Sequence[Sql], word: str) -> Sql:
    """Several conditions as one; of very many a balanced tree, for SQLite nests 1,000 deep."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) > _FLAT:
        middle = len(parts) // 2
        return join([join(parts[:middle], word), join(parts[middle:], word)], word)
    text = f" {word} ".join(f"({part.text})" for part in parts)
    return Sql(text, tuple(value for part in parts for value in part.parameters))


def negate(inside: Sql) -> Sql:
    """The opposite in logic of two values."""
    return Sql(f"({inside.text}) IS NOT TRUE", inside.parameters)


def quoted(text: str) -> str:
    """A string of SQL, where no parameter can stand: labels of picklists, names of zones."""
    return "'" + text.replace("'", "''") + "'"
