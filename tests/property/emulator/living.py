"""What is expected of records: a dict of rows that lives and dies as the org's should."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

START: Final = datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC)
KINDS: Final = ("Account", "Contact", "Task")
PREFIXES: Final = {"Account": "001", "Contact": "003", "Task": "00T"}
LABEL: Final = {"Account": "Name", "Contact": "LastName", "Task": "Subject"}
PARENTS: Final = {
    "Account": {"ParentId": "Account"},
    "Contact": {"AccountId": "Account"},
    "Task": {"WhatId": "Account", "WhoId": "Contact"},
}


@dataclass
class Row:
    kind: str
    fields: dict[str, str | None]
    stamp: datetime
    deleted: bool = False
    purged: bool = False
    root: str = ""
    gone_at: datetime | None = None
    master: str | None = None


@dataclass
class Model:
    """`rows` is every record ever made, `cascades` what a describe says of a kind's children,
    `ties` the parents that accounts lost: root of the deletion, child, parent."""

    now: datetime = START
    rows: dict[str, Row] = field(default_factory=dict)
    cascades: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    ties: list[tuple[str, str, str]] = field(default_factory=list)

    def go_on(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def of(self, kind: str) -> Iterator[tuple[str, Row]]:
        return ((each, row) for each, row in self.rows.items() if row.kind == kind)

    def pick(self, kind: str, number: int) -> str | None:
        living = [each for each, row in self.of(kind) if not row.deleted]
        return living[number % len(living)] if living else None

    def gone(self, record_id: str, *, root: str) -> None:
        row = self.rows[record_id]
        row.deleted, row.root, row.gone_at, row.stamp = True, root, self.now, self.now
        for child, name in self.cascades[row.kind]:
            for each, other in list(self.of(child)):
                if not other.deleted and other.fields.get(name) == record_id:
                    self.gone(each, root=root)
        for each, other in self.rows.items():
            self._forget(each, other, record_id, root)

    def _forget(self, each: str, row: Row, parent: str, root: str) -> None:
        """A lookup that does not cascade loses its parent; an account's comes back with it."""
        for name in PARENTS[row.kind]:
            if row.fields.get(name) == parent and not row.deleted:
                row.fields[name] = None
                if name == "ParentId":
                    self.ties.append((root, each, parent))

    def back(self, root: str) -> list[str]:
        """What comes back with a root; a parent that went meanwhile is lost for good."""
        returned = [each for each, row in self.rows.items() if row.root == root and not row.purged]
        for each in returned:
            row = self.rows[each]
            row.deleted, row.root, row.gone_at, row.master = False, "", None, None
            row.stamp = self.now
        for each in returned:
            row = self.rows[each]
            for name in PARENTS[row.kind]:
                parent = self.rows.get(row.fields.get(name) or "")
                if parent is not None and parent.deleted:
                    row.fields[name] = None
        for deletion, child, lost in self.ties:
            if deletion == root and self.rows[child].fields["ParentId"] is None:
                self.rows[child].fields["ParentId"] = lost
        self.ties = [tie for tie in self.ties if tie[0] != root]
        return returned

    def kin(self, one: str, other: str) -> bool:
        return any(
            self.rows[a].fields.get("ParentId") == b for a, b in ((one, other), (other, one))
        )


def told(row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {LABEL[row.kind]: row.fields[LABEL[row.kind]]}
    told |= {name: row.fields.get(name) for name in PARENTS[row.kind]}
    told |= {"IsDeleted": row.deleted, "SystemModstamp": rest(row.stamp)}
    return told if row.kind == "Task" else {**told, "MasterRecordId": row.master}


def rest(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000+0000"
