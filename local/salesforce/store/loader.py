# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Raw rows as NDJSON: no rules, system fields included, ten thousand rows a second and more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby, islice
from typing import Final

from local.salesforce.clock import Clock
from local.salesforce.ids import mint
from local.salesforce.schema.activities import CLOSED_STATUSES
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import ACTIVITIES, FieldType, SObject
from local.salesforce.store.database import Database, Value
from local.salesforce.store.numbering import fill_names, self_named
from local.salesforce.store.rawvalues import LoadError, converter, mistake
from local.salesforce.values import store_datetime

_CHUNK: Final = 5_000
_SHOWN: Final = 200
_KEYS: Final = 2
_FORM: Final = 'a line is {"sobject": name, "fields": {...}}'

Row = dict[str, Value]
#: A row, and the names of what its line gave: all that a row already there takes over.
Entry = tuple[Row, tuple[str, ...]]

_MARKS: Final = ("SystemModstamp", "LastModifiedDate")
_FOLLOWS: Final = {"Status": "IsClosed", "Priority": "IsHighPriority", "LastName": "Name"}


class Loader:
    """Writes rows as they are given; a known Id is overwritten field by field."""

    def __init__(self, database: Database, schema: Schema, clock: Clock, *, user_id: str) -> None:
        self._database = database
        self._schema = schema
        self._clock = clock
        self._user_id = user_id

    def load(self, lines: Iterable[bytes]) -> dict[str, int]:
        """Rows by object; all or nothing. Raises LoadError for the first bad line."""
        counts: dict[str, int] = {}
        numbered = ((at, line) for at, line in enumerate(lines, start=1) if line.strip())
        with self._database.transaction():
            while chunk := list(islice(numbered, _CHUNK)):
                for name, rows in self._parsed(chunk):
                    counts[name] = counts.get(name, 0) + len(rows)
                    self._write(self._schema.require(name), rows)
        return counts

    def _parsed(self, chunk: list[tuple[int, bytes]]) -> Iterable[tuple[str, list[Entry]]]:
        entries = [_entry(at, line) for at, line in chunk]
        for name, group in groupby(entries, key=lambda each: each[0]):
            lines = [(at, fields) for _, at, fields in group]
            sobject = self._schema.get(name)
            if sobject is None:
                at = lines[0][0]
                raise LoadError("sobject", name, "no such object", "name one of this org").at(at)
            yield sobject.name, self._rows(sobject, lines)

    def _rows(self, sobject: SObject, found: list[tuple[int, dict[str, object]]]) -> list[Entry]:
        first = self._database.reserve(sobject.prefix, len(found))
        defaults = self._defaults(sobject)
        converters = {field.name: converter(field) for field in sobject.stored}
        entries: list[Entry] = []
        named = self_named(sobject)
        for at, (line, given) in enumerate(found):
            try:
                fields = given if given.keys() <= converters.keys() else _spelled(sobject, given)
                row = _row(sobject, fields, converters, {**defaults, "Id": None})
            except LoadError as error:
                raise error.at(line) from error
            if row["Id"] is None:
                row["Id"] = mint(sobject.prefix, first + at)
            if named:
                fill_names(self._database, sobject, named, row, day=str(row.get("CreatedDate")))
            entries.append((row, tuple(fields)))
        return entries

    def _defaults(self, sobject: SObject) -> Row:
        now = store_datetime(self._clock.stamp())
        values: Row = {"CreatedDate": now, "CreatedById": self._user_id,
                       "LastModifiedById": self._user_id, "OwnerId": self._user_id}  # fmt: skip
        defaults = {name: value for name, value in values.items() if sobject.has(name)}
        if not sobject.has("CreatedDate"):
            stamps = ("SystemModstamp", "LastModifiedDate")
            defaults |= {name: now for name in stamps if sobject.has(name)}
        for field in sobject.stored:
            if field.default is not None and field.type is not FieldType.BOOLEAN:
                defaults[field.name] = field.default
        return defaults

    def _write(self, sobject: SObject, entries: list[Entry]) -> None:
        for (names, given), group in groupby(entries, key=_columns):
            self._insert(sobject, names, given, [tuple(row.values()) for row, _ in group])
        rows = [row for row, _ in entries]
        if sobject.name in ACTIVITIES:
            self._relate(sobject, rows)
        if sobject.has("IsDeleted"):
            log = [
                (sobject.name, row["Id"], row["SystemModstamp"], row["Id"])
                for row in rows
                if row.get("IsDeleted")
            ]
            self._database.connection.executemany(
                'INSERT OR REPLACE INTO "_deleted" VALUES (?, ?, ?, ?)', log
            )

    def _insert(
        self,
        sobject: SObject,
        names: tuple[str, ...],
        given: tuple[str, ...],
        rows: list[tuple[Value, ...]],
    ) -> None:
        columns = ", ".join(f'"{name}"' for name in names)
        changed = {*given, *_MARKS, *(_FOLLOWS[name] for name in given if name in _FOLLOWS)}
        updates = ", ".join(
            f'"{name}" = excluded."{name}"' for name in names if name in changed - {"Id"}
        )
        self._database.connection.executemany(
            f'INSERT INTO "{sobject.name}" ({columns}) VALUES ({", ".join("?" * len(names))})'
            f' ON CONFLICT ("Id") DO UPDATE SET {updates}',
            rows,
        )

    def _relate(self, sobject: SObject, rows: list[Row]) -> None:
        """Fill the account of activities that came without one."""
        alone = [row["Id"] for row in rows if _needs_account(row)]
        if not alone:
            return
        self._database.run(
            f'UPDATE "{sobject.name}" SET "AccountId" = CASE'
            ' WHEN substr("WhatId", 1, 3) = \'001\' THEN "WhatId"'
            " WHEN substr(\"WhatId\", 1, 3) = '006' THEN"
            ' (SELECT "AccountId" FROM "Opportunity" WHERE "Opportunity"."Id" = "WhatId")'
            ' ELSE (SELECT "AccountId" FROM "Contact" WHERE "Contact"."Id" = "WhoId") END'
            ' WHERE "Id" IN (SELECT value FROM json_each(?))',
            (json.dumps(alone),),
        )


def _columns(entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    row, given = entry
    return tuple(row), given


def _needs_account(row: Row) -> bool:
    return row.get("AccountId") is None and bool(row.get("WhatId") or row.get("WhoId"))


def _entry(at: int, line: bytes) -> tuple[str, int, dict[str, object]]:
    try:
        entry = json.loads(line)
        name, fields = entry["sobject"], entry["fields"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        shown = line[:_SHOWN].decode(errors="replace")
        raise LoadError("line", shown, f"cannot be read: {error}", _FORM).at(at) from error
    if not isinstance(fields, dict) or not isinstance(name, str) or len(entry) > _KEYS:
        raise LoadError("line", entry, "is not an object and its fields", _FORM).at(at)
    return name, at, fields


def _spelled(sobject: SObject, given: Mapping[str, object]) -> dict[str, object]:
    """The fields under the names of the schema, which are given in any case."""
    known = {field.name.lower(): field.name for field in sobject.stored}
    fields: dict[str, object] = {}
    for name, value in given.items():
        if name.lower() not in known:
            remedy = "name a field of it that is stored; see describe"
            raise LoadError(name, value, f"{sobject.name} has no such field", remedy)
        fields[known[name.lower()]] = value
    return fields


def _row(
    sobject: SObject,
    fields: Mapping[str, object],
    converters: Mapping[str, Callable[[object], Value]],
    row: Row,
) -> Row:
    for name, value in fields.items():
        try:
            row[name] = converters[name](value)
        except ValueError as error:
            raise mistake(sobject.by_name[name.lower()], value) from error
    if "CreatedDate" in row:
        _date(row, fields)
    _compute(sobject, row)
    return row


def _date(row: Row, given: Mapping[str, object]) -> None:
    """The stamps that were not given, so that none comes before the creation."""
    if "SystemModstamp" not in row:
        row["SystemModstamp"] = row.get("LastModifiedDate") or row["CreatedDate"]
    if "LastModifiedDate" not in row:
        row["LastModifiedDate"] = row["SystemModstamp"]
    if "CreatedDate" not in given:
        row["CreatedDate"] = min(str(row["CreatedDate"]), str(row["SystemModstamp"]))


def _compute(sobject: SObject, row: Row) -> None:
    if sobject.name in ACTIVITIES:
        row.setdefault(f"{sobject.name}Subtype", sobject.name)
    if sobject.name == "Task":
        row.setdefault("IsClosed", int(row.get("Status") in CLOSED_STATUSES))
        row.setdefault("IsHighPriority", int(row.get("Priority") == "High"))
    elif "LastName" in row and "Name" not in row:
        row["Name"] = " ".join(
            str(row[part]) for part in ("FirstName", "LastName") if row.get(part)
        )
