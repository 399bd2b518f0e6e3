"""Transactions that are stamped when they begin and seen when they commit.

Salesforce sets SystemModstamp while a transaction runs; a long one (an Apex batch, a Bulk chunk)
becomes visible minutes later with that earlier stamp (airbyte issue 27146).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verb(StrEnum):
    """What an operation of a transaction does."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Operation:
    """One write that waits; the id of a create is known before it is seen."""

    verb: Verb
    sobject: str
    record_id: str
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class Transaction:
    """Writes with the stamp of the moment the transaction began.

    Either `operations` that are still to be run, or a `veil` over what was written already. With
    `due` it commits when the org's clock gets there, without it when it is told to.
    """

    id: str
    stamp: datetime
    operations: tuple[Operation, ...] = ()
    due: datetime | None = None
    veil: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A transaction that was rolled back when the clock said commit, and why."""

    id: str
    error: str
    code: str
