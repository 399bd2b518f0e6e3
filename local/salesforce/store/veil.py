# ruff: noqa: S608  names in SQL come from the schema, values are numbers and moments of our own
"""Writes that are made but not yet seen: what a transaction looks like before it commits.

A late commit is written at once, so that its ids, its stamps and its hold on unique values are
real, and hidden: a view in front of each table shows the rows as they were before. Nothing of it
exists unless a test asks for it, so reading and writing cost nothing more otherwise.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

from local.salesforce.values import store_datetime

_IMAGES: Final = "_veiled_"
_LIST: Final = (
    'CREATE TABLE IF NOT EXISTS "_veils"'
    " (id INTEGER PRIMARY KEY, due TEXT, everywhere INTEGER, begun TEXT)"
)


class Sight(StrEnum):
    """Who reads: that decides what is hidden from them."""

    ALL = "all"  # who writes sees what is written
    QUERY = "query"  # neither late commits nor what queries see later
    RECORD = "record"  # a record by its id: no late commits


class Veil:
    """The hidden writes of one database; its state lies there, so copies of it carry it along."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._active = False
        self._sight = Sight.ALL
        self._current = 0
        self.refresh()

    def refresh(self) -> None:
        """Look again after the database was exchanged."""
        self._drop_views()
        self._active = self._has("_veils") and self._one('SELECT 1 FROM "_veils"') is not None

    @property
    def active(self) -> bool:
        """Whether anything is hidden."""
        return self._active

    def begin(self, due: datetime, now: datetime, *, everywhere: bool) -> int:
        """Hide what is written from here to `end`; returns the number of the veil."""
        self.show(Sight.ALL)
        self._connection.execute(_LIST)
        moments = (store_datetime(due), int(everywhere), store_datetime(now))
        veil = self._connection.execute(
            'INSERT INTO "_veils" (due, everywhere, begun) VALUES (?, ?, ?)', moments
        ).lastrowid
        self._current = int(veil or 0)
        for table in self._tables():
            self._watch(table, self._current, everywhere=everywhere)
        return self._current

    def end(self, veil: int) -> bool:
        """Hide nothing more; whether there was anything, without which the veil is gone."""
        self._current = 0
        for name in self._names("sqlite_temp_master", "trigger"):
            self._connection.execute(f'DROP TRIGGER temp."{name}"')
        wrote = any(
            self._one(f'SELECT 1 FROM "{image}" WHERE veil = {veil}') for image in self._images()
        )
        if not wrote:
            self._forget(veil)
        self._active = self._one('SELECT 1 FROM "_veils"') is not None
        return wrote

    def lift(self, veil: int) -> None:
        """Let the writes of a veil be seen."""
        self.show(Sight.ALL)
        self._forget(veil)
        self._active = self._one('SELECT 1 FROM "_veils"') is not None

    def lift_due(self, now: datetime) -> None:
        """Let everything be seen whose moment has come."""
        if not self._active:
            return
        due = self._connection.execute(
            'SELECT id FROM "_veils" WHERE due <= ?', (store_datetime(now),)
        ).fetchall()
        for (veil,) in due:
            self.lift(veil)

    def show(self, sight: Sight) -> None:
        """Set what the next statements see; without a hidden row nothing happens."""
        if sight is self._sight or (not self._active and self._sight is Sight.ALL):
            return
        self._drop_views()
        self._sight = sight
        if sight is not Sight.ALL:
            self._make_views(sight)

    def committed(self, table: str, ids: list[str]) -> list[str]:
        """The records that are not new in a transaction that is still open, this one apart."""
        image = f"{_IMAGES}{table}"
        if not self._active or not ids or not self._has(image):
            return ids
        pending = self._connection.execute(
            f'SELECT "Id" FROM main."{table}" WHERE row IN (SELECT row FROM "{image}"'
            " WHERE created AND everywhere AND veil <> ?)",
            (self._current,),
        ).fetchall()
        return [each for each in ids if (each,) not in pending]

    def locks(self, table: str, record_id: str) -> bool:
        """Whether an uncommitted transaction holds a row: who writes it waits and gives up."""
        image = f"{_IMAGES}{table}"
        if not self._active or not self._has(image):
            return False
        found = self._one(
            f'SELECT 1 FROM "{image}" WHERE everywhere AND row ='
            f' (SELECT row FROM main."{table}" WHERE "Id" = ?)',
            record_id,
        )
        return found is not None

    def _watch(self, table: str, veil: int, *, everywhere: bool) -> None:
        image, mark = f"{_IMAGES}{table}", int(everywhere)
        columns = self._columns(table)
        if not self._has(image):
            declared = ", ".join(f'"{name}"' for name in columns)
            self._connection.execute(
                f'CREATE TABLE "{image}" (veil INTEGER, everywhere INTEGER, created INTEGER,'
                f" {declared}, PRIMARY KEY (veil, row))"
            )
        self._widen(image, columns)
        names = ", ".join(f'"{name}"' for name in columns)
        old = ", ".join(f'OLD."{name}"' for name in columns)
        for event, sql in (
            ("INSERT", f"(veil, everywhere, created, row) VALUES ({veil}, {mark}, 1, NEW.row)"),
            ("UPDATE", f"(veil, everywhere, created, {names}) VALUES ({veil}, {mark}, 0, {old})"),
            ("DELETE", f"(veil, everywhere, created, {names}) VALUES ({veil}, {mark}, 0, {old})"),
        ):
            self._connection.execute(
                f'CREATE TEMP TRIGGER "{image}_{event}" AFTER {event} ON main."{table}"'
                f' BEGIN INSERT OR IGNORE INTO "{image}" {sql}; END'
            )

    def _widen(self, image: str, columns: tuple[str, ...]) -> None:
        for name in set(columns) - set(self._columns(image)):
            self._connection.execute(f'ALTER TABLE "{image}" ADD COLUMN "{name}"')

    def _make_views(self, sight: Sight) -> None:
        which = "everywhere" if sight is Sight.RECORD else "1"
        hidden_ids: list[str] = []
        for image in self._images():
            if self._one(f'SELECT 1 FROM "{image}" WHERE {which}') is None:
                continue
            table = image.removeprefix(_IMAGES)
            names = ", ".join(f'"{name}"' for name in self._columns(table))
            rows = f'SELECT row FROM main."{image}" WHERE {which}'
            self._connection.execute(
                f'CREATE TEMP VIEW "{table}" AS SELECT {names} FROM main."{table}"'
                f' WHERE row NOT IN ({rows}) UNION ALL SELECT {names} FROM main."{image}" AS old'
                f" WHERE {which} AND NOT created AND veil = (SELECT min(veil)"
                f' FROM main."{image}" AS older WHERE {which} AND older.row = old.row)'
            )
            hidden_ids.append(f'SELECT "Id" FROM main."{table}" WHERE row IN ({rows})')
        if hidden_ids:
            self._connection.execute(
                'CREATE TEMP VIEW "_deleted" AS SELECT * FROM main."_deleted"'
                f" WHERE id NOT IN ({' UNION ALL '.join(hidden_ids)})"
            )

    def _drop_views(self) -> None:
        for name in self._names("sqlite_temp_master", "view"):
            self._connection.execute(f'DROP VIEW temp."{name}"')
        self._sight = Sight.ALL

    def _forget(self, veil: int) -> None:
        for image in self._images():
            self._connection.execute(f'DELETE FROM "{image}" WHERE veil = ?', (veil,))
        self._connection.execute('DELETE FROM "_veils" WHERE id = ?', (veil,))

    def _tables(self) -> Iterator[str]:
        """Tables of records: they have a row number and an Id."""
        for name in self._names("sqlite_master", "table"):
            columns = () if name.startswith("_") else self._columns(name)
            if "row" in columns and "Id" in columns:
                yield name

    def _images(self) -> list[str]:
        return [name for name in self._names("sqlite_master", "table") if name.startswith(_IMAGES)]

    def _names(self, schema: str, kind: str) -> list[str]:
        found = self._connection.execute(f"SELECT name FROM {schema} WHERE type = ?", (kind,))
        return [row[0] for row in found.fetchall()]

    def _columns(self, table: str) -> tuple[str, ...]:
        found = self._connection.execute(f'PRAGMA main.table_info("{table}")').fetchall()
        return tuple(row[1] for row in found)

    def _has(self, table: str) -> bool:
        return self._one("SELECT 1 FROM main.sqlite_master WHERE name = ?", table) is not None

    def _one(self, sql: str, *parameters: str) -> tuple[object, ...] | None:
        found: tuple[object, ...] | None = self._connection.execute(sql, parameters).fetchone()
        return found
