"""Conditional writes of single items as data, and the PartiQL they become."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

Scalar = str | int | bool
"""Numbers are whole: what may be fractional is inside JSON text."""

Item = Mapping[str, Scalar]


class Key(NamedTuple):
    """Partition and sort key, as every table of ours has them."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Insert:
    """A new item; refused if its key exists. `item` holds the key."""

    table: str
    item: Item

    @property
    def key(self) -> Key:
        return Key(str(self.item["pk"]), str(self.item["sk"]))


@dataclass(frozen=True, slots=True)
class Update:
    """Changes an item that exists; refused unless it has every value of `where`."""

    table: str
    key: Key
    set: Item
    remove: tuple[str, ...] = ()
    where: Item = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delete:
    """Refused unless the item has every value of `where`; an absent item may be refused or not:
    DynamoDB says success without a condition and refuses with one."""

    table: str
    key: Key
    where: Item = field(default_factory=dict)


Statement = Insert | Update | Delete


def wire(value: Scalar) -> dict[str, Any]:
    """A value as DynamoDB's API writes it."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    return {"S": value}


_READ: Final = {"S": str, "N": int, "BOOL": bool}


def item_from(wired: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The item as Python has it."""
    item = {}
    for name, typed in wired.items():
        ((kind, value),) = typed.items()
        item[name] = _READ[kind](value)
    return item


def to_partiql(statement: Statement) -> dict[str, Any]:
    """Text and parameters. Names are our own constants, one with the name of a connection behind
    it (letters, digits, hyphens); every value is a parameter.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
    """
    text, values = _text_of(statement)
    wired: dict[str, Any] = {"Statement": text}
    if values:
        wired["Parameters"] = [wire(value) for value in values]
    return wired


def _text_of(statement: Statement) -> tuple[str, Sequence[Scalar]]:
    if isinstance(statement, Insert):
        names = ", ".join(f"'{name}': ?" for name in statement.item)
        text = f'INSERT INTO "{statement.table}" VALUE {{{names}}}'
        return text, list(statement.item.values())
    condition = {"pk": statement.key.pk, "sk": statement.key.sk, **statement.where}
    where = " AND ".join(f'"{name}"=?' for name in condition)
    if isinstance(statement, Delete):
        text = f'DELETE FROM "{statement.table}" WHERE {where}'  # noqa: S608 - names are ours
        return text, list(condition.values())
    sets = "".join(f' SET "{name}"=?' for name in statement.set)
    removes = "".join(f' REMOVE "{name}"' for name in statement.remove)
    text = f'UPDATE "{statement.table}"{sets}{removes} WHERE {where}'
    return text, [*statement.set.values(), *condition.values()]
