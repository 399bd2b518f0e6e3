"""Both sides on disk, sorted by what pairs them, so that memory does not grow with the records."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Final, Self

from local.agreement.pairs import Plain

Values = Mapping[str, Plain]

SIDES: Final = ("salesforce", "platform")
_CHUNK: Final = 2_000
_SCHEMA: Final = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;
CREATE TABLE accounts (id TEXT PRIMARY KEY, key TEXT) WITHOUT ROWID;
CREATE TABLE merged (loser TEXT PRIMARY KEY, winner TEXT) WITHOUT ROWID;
"""
_TABLES: Final = """
DROP TABLE IF EXISTS salesforce; DROP TABLE IF EXISTS platform;
CREATE TABLE salesforce (key TEXT, id TEXT, stays TEXT, print TEXT, once TEXT, data TEXT);
CREATE TABLE platform (key TEXT, id TEXT, stays TEXT, print TEXT, once TEXT, data TEXT);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of one side. `key` pairs it, and is its own id where nothing does; `stays` says why
    it rightly has no counterpart; `once` is a value that no other record of its side may have."""

    key: str
    id: str
    values: Values
    stays: str = ""
    once: Plain = None

    @property
    def print(self) -> str:
        """The same for records that say the same."""
        told = json.dumps(dict(self.values), sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:32]


class Spool:
    """Holds one pair of objects at a time, and the accounts for all of them."""

    def __init__(self, folder: Path) -> None:
        self._base = sqlite3.connect(folder / "agreement.sqlite", isolation_level=None)
        self._base.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    # --- accounts -------------------------------------------------------------------------------

    def keep_accounts(self, found: Iterable[tuple[str, Plain]]) -> None:
        """(platform id, Salesforce id in lower case)."""
        self._base.executemany("INSERT INTO accounts VALUES (?, ?)", found)
        self._base.execute("CREATE INDEX by_key ON accounts (key)")

    def keep_merged(self, found: Iterable[tuple[str, str]]) -> None:
        """(loser, winner), Salesforce ids in lower case."""
        self._base.executemany("INSERT OR REPLACE INTO merged VALUES (?, ?)", found)

    def account_key(self, platform_id: str) -> Plain:
        """The Salesforce account that a platform account is now, through merges."""
        key = self._one("SELECT key FROM accounts WHERE id = ?", platform_id)
        seen: set[str] = set()
        while key and key not in seen:
            seen.add(key)
            key = self._one("SELECT winner FROM merged WHERE loser = ?", key) or key
        return key

    def has_account(self, key: str) -> bool:
        """Whether the platform knows a Salesforce account, under whatever merged id."""
        losers = "SELECT loser FROM merged WHERE winner = ?"
        asked = f"SELECT id FROM accounts WHERE key = ? OR key IN ({losers})"  # noqa: S608 our own
        return self._one(asked, key, key) is not None

    def _one(self, asked: str, *given: str) -> Plain:
        row = self._base.execute(asked, given).fetchone()
        return row[0] if row else None

    # --- records --------------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget the pair before."""
        self._base.executescript(_TABLES)

    def keep(self, side: str, entries: Iterator[Entry]) -> int:
        """How many there were."""
        asked = f"INSERT INTO {side} VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 one of SIDES
        count = 0
        while chunk := list(islice(entries, _CHUNK)):
            self._base.execute("BEGIN")
            self._base.executemany(asked, map(_row, chunk))
            self._base.execute("COMMIT")
            count += len(chunk)
        for column in ("key", "print", "once"):
            self._base.execute(f"CREATE INDEX {side}_{column} ON {side} ({column})")
        return count

    def joined(self) -> Iterator[tuple[list[Entry], list[Entry]]]:
        """Salesforce's and the platform's entries of each key, in order of keys."""
        left, right = self._groups("salesforce"), self._groups("platform")
        here, there = next(left, None), next(right, None)
        while here or there:
            first = min(group[0] for group in (here, there) if group)
            yield (
                here[1] if here and here[0] == first else [],
                there[1] if there and there[0] == first else [],
            )
            here = next(left, None) if here and here[0] == first else here
            there = next(right, None) if there and there[0] == first else there

    def _groups(self, side: str) -> Iterator[tuple[str, list[Entry]]]:
        asked = f"SELECT key, id, data, stays, once FROM {side} ORDER BY key, id"  # noqa: S608
        rows = self._base.cursor().execute(asked)
        entries = (Entry(key, id, json.loads(data), *more) for key, id, data, *more in rows)
        for key, group in groupby(entries, key=lambda entry: entry.key):
            yield key, list(group)

    def like(self, side: str, entry: Entry) -> Plain:
        """Another record of that side which says the same and has a counterpart."""
        other = SIDES[side == SIDES[0]]
        asked = (
            f"SELECT id FROM {side} AS one WHERE print = ? AND id != ? "  # noqa: S608 of SIDES
            f"AND EXISTS (SELECT 1 FROM {other} AS two WHERE two.key = one.key) LIMIT 1"
        )
        return self._one(asked, entry.print, entry.id)

    def repeated(self, side: str) -> Iterator[tuple[str, str]]:
        """(value, ids) where a value that should be there once is not."""
        asked = (
            f"SELECT once, group_concat(id, ' ') FROM {side} "  # noqa: S608 one of SIDES
            "WHERE once IS NOT NULL GROUP BY once HAVING count(*) > 1"
        )
        yield from self._base.execute(asked)


def _row(entry: Entry) -> tuple[Plain, ...]:
    data = json.dumps(dict(entry.values))
    return entry.key, entry.id, entry.stays, entry.print, entry.once, data
