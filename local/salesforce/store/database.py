"""SQLite under the org: one table per object, one column per field, and the indexes pages need."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from local.salesforce.schema.types import ACTIVITIES, DECIMAL_TYPES, Field, FieldType, SObject
from local.salesforce.store.functions import FUNCTIONS
from local.salesforce.store.veil import Sight, Veil

_TYPES: Final = {
    FieldType.BOOLEAN: "INTEGER NOT NULL DEFAULT 0",
    FieldType.INT: "INTEGER",
    **dict.fromkeys(DECIMAL_TYPES, "REAL"),
}
_COARSE: Final = frozenset(
    {"Calendar", "Group", "Organization", "Profile", "RecordType", "User", "UserRole"}
)
_STAMP: Final = "SystemModstamp"
#: Stamps that get their index when they are first searched: each costs every write a tenth.
_SEARCHED_RARELY: Final = ("LastModifiedDate", "CreatedDate")
#: And parents of activities, of which an org has most: each lies on another page of its index.
_PARENTS: Final = ("WhoId", "WhatId", "AccountId")
_LOG: Final = """
CREATE TABLE IF NOT EXISTS "_deleted"
  (sobject TEXT, id TEXT, deleted TEXT, root TEXT, PRIMARY KEY (sobject, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "_deleted_root" ON "_deleted" (root);
CREATE INDEX IF NOT EXISTS "_deleted_when" ON "_deleted" (sobject, deleted, id);
CREATE TABLE IF NOT EXISTS "_untied"
  (sobject TEXT, id TEXT, field TEXT, parent TEXT, root TEXT,
   PRIMARY KEY (sobject, id, field)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "_untied_root" ON "_untied" (root);
CREATE TABLE IF NOT EXISTS "_copies"
  (child TEXT PRIMARY KEY, parent TEXT, relation TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "_copies_of" ON "_copies" (parent);
CREATE TABLE IF NOT EXISTS "_counters" (prefix TEXT PRIMARY KEY, next INTEGER) WITHOUT ROWID;
"""

_PLAIN: Final = ("BEGIN", "ROLLBACK", "COMMIT")
_NESTED: Final = ("SAVEPOINT", "ROLLBACK TO", "RELEASE")
#: As many as a chunk of rows with different columns filled may need.
_STATEMENTS: Final = 512

Value = str | int | float | None
#: Asked before a row is written, with its object, its id (None: it is new) and the body; raises
#: ApiError for a row that cannot be written now.
Gate = Callable[[str, str | None, Mapping[str, object]], None]
#: Around the rows of a Bulk job that are written together, with their object and user.
Chunk = Callable[[str, str], AbstractContextManager[None]]


def column_sql(field: Field) -> str:
    """The column of a field as DDL."""
    return f'"{field.name}" {_TYPES.get(field.type, "TEXT")}'


class Database:
    """One connection; everything runs in one thread, so there is nothing to lock."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.connection = sqlite3.connect(
            path,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS,
        )
        try:
            self._prepare(self.connection)
        except sqlite3.Error:
            self.connection.close()
            raise
        self._depth = 0
        self.veil = Veil(self.connection)
        self.gate: Gate | None = None
        self.chunk: Chunk = lambda _sobject, _user: nullcontext()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        for name, arguments, function in FUNCTIONS:
            connection.create_function(name, arguments, function, deterministic=True)
        connection.execute("PRAGMA journal_mode=MEMORY")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA case_sensitive_like=ON")
        connection.execute("PRAGMA cache_size=-200000")

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def create(self, objects: tuple[SObject, ...]) -> None:
        """Make the tables that are missing, and the columns missing from those that are there."""
        self.connection.executescript(_LOG)
        for sobject in objects:
            self._create(sobject)

    def _create(self, sobject: SObject) -> None:
        columns = [self._key(field) for field in sobject.stored]
        self.connection.execute(
            f'CREATE TABLE IF NOT EXISTS "{sobject.name}" (row INTEGER PRIMARY KEY,'
            f" {', '.join(columns)})"
        )
        known = {row[1] for row in self.connection.execute(f'PRAGMA table_info("{sobject.name}")')}
        for field in sobject.stored:
            if field.name not in known:
                self.add_column(sobject, field)
        for name, target in _indexes(sobject):
            self._index(sobject.name, name, target)

    def _index(self, table: str, name: str, target: str) -> None:
        self.connection.execute(
            f'CREATE INDEX IF NOT EXISTS main."{table}_{name}" ON "{table}" {target}'
        )

    def _key(self, field: Field) -> str:
        return column_sql(field) + (" NOT NULL UNIQUE" if field.type is FieldType.ID else "")

    def add_column(self, sobject: SObject, field: Field) -> None:
        """Make room for a custom field; indexed when records are looked up by it."""
        self.connection.execute(f'ALTER TABLE "{sobject.name}" ADD COLUMN {column_sql(field)}')
        self.index_field(sobject, field)

    def index_field(self, sobject: SObject, field: Field) -> None:
        """Make the index of a field by which records are looked up, unless it is there."""
        target = _index(field)
        if target is not None:
            self._index(sobject.name, field.name, target)

    def index_searched(self, sobject: SObject, sql: str) -> None:
        """Make the index of each column that SQL mentions and that waits until it is searched."""
        for name in _SEARCHED_RARELY:
            if f'."{name}"' in sql and sobject.has(name):
                self._index(sobject.name, name, _keyset(sobject, name))
        self.index_parents(sql)

    def index_parents(self, sql: str) -> None:
        """The same for parents of activities alone, wherever in SQL they stand."""
        for table in ACTIVITIES:
            if f'"{table}"' in sql:
                for name in _PARENTS:
                    if f'"{name}"' in sql:
                        self._index(table, name, _parent_index(name))

    def drop_column(self, sobject: SObject, field: Field) -> None:
        """Forget the values of a custom field, and its index."""
        self.connection.execute(f'DROP INDEX IF EXISTS "{sobject.name}_{field.name}"')
        self.connection.execute(f'ALTER TABLE "{sobject.name}" DROP COLUMN "{field.name}"')

    def meet(self, sobject: SObject, record_id: str | None, body: Mapping[str, object]) -> None:
        """To be called before a row is written; raises ApiError when its row is not free."""
        if self.gate is not None:
            self.gate(sobject.name, record_id, body)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nests, and the inner one can fail alone.

        The outermost is no savepoint, which would keep every page it touches a second time.
        """
        name = f"level{self._depth}"
        begin, undo, end = _PLAIN if self._depth == 0 else [f"{each} {name}" for each in _NESTED]
        self.connection.execute(begin)
        self._depth += 1
        try:
            yield
        except BaseException:
            self.connection.execute(undo)
            raise
        finally:
            if self.connection.in_transaction:
                self.connection.execute(end)
            self._depth -= 1

    def rows(self, sql: str, parameters: tuple[Value, ...] = ()) -> list[tuple[Value, ...]]:
        """Everything a SELECT finds."""
        return self.connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: tuple[Value, ...] = ()) -> tuple[Value, ...] | None:
        """The first row a SELECT finds."""
        found: tuple[Value, ...] | None = self.connection.execute(sql, parameters).fetchone()
        return found

    def run(self, sql: str, parameters: tuple[Value, ...] = ()) -> int:
        """Change something; returns how many rows."""
        return self.connection.execute(sql, parameters).rowcount

    def reserve(self, prefix: str, count: int = 1) -> int:
        """The first of some numbers that no id of this prefix was minted from."""
        row = self.one(
            'INSERT INTO "_counters" VALUES (?, ?) ON CONFLICT (prefix)'
            " DO UPDATE SET next = next + excluded.next RETURNING next",
            (prefix, count),
        )
        last = row[0] if row else 0
        return int(last or 0) - count + 1

    def copy(self) -> sqlite3.Connection:
        """All rows in a database of their own, for a snapshot."""
        target = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._prepare(target)
        self.connection.backup(target)
        return target

    def restore(self, source: sqlite3.Connection) -> None:
        """Put back what `copy` took."""
        self.abandon()
        self.veil.show(Sight.ALL)
        source.backup(self.connection)
        self.veil.refresh()

    def abandon(self) -> None:
        """Undo what a call that failed by accident left open, so that the next one can work."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
        self._depth = 0


def _indexes(sobject: SObject) -> Iterator[tuple[str, str]]:
    """The keyset of replication first; what waits until it is searched is left out."""
    if sobject.has(_STAMP):
        yield _STAMP, _keyset(sobject, _STAMP)
    for field in sobject.stored:
        target = _index(field)
        waits = sobject.name in ACTIVITIES and field.name in _PARENTS
        if target is not None and not waits:
            yield field.name, target


def _keyset(sobject: SObject, stamp: str) -> str:
    """A stamp with the id, covering the marks that hide a row from `query`."""
    hidden = [f'"{name}"' for name in ("IsDeleted", "IsArchived") if sobject.has(name)]
    columns = ", ".join([f'"{stamp}"', '"Id"', *hidden])
    return f"({columns})"


def _index(field: Field) -> str | None:
    """What a field is indexed by, if it is: parents, names, addresses and external ids.

    Owners, record types and whoever made a change have too many rows each: an index on them would
    lead the planner away from the stamps, and sorting what it finds costs more than it saves.
    """
    column = f'"{field.name}"'
    if field.reference is not None:
        coarse = _COARSE.issuperset(field.reference.targets)
        return None if coarse else _parent_index(field.name)
    known = field.name_field or field.id_lookup or field.external_id or field.unique
    if not known or field.type in (FieldType.ID, FieldType.COMBOBOX):
        return None
    folded = field.is_text and not field.case_sensitive
    return f"(fold({column}))" if folded else f"({column})"


def _parent_index(name: str) -> str:
    return f'("{name}") WHERE "{name}" IS NOT NULL'
