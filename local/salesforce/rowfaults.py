"""Why a row cannot be written now: it is locked, or said to be a duplicate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.faultkinds import FaultKind
from local.salesforce.faults import CHUNK, Fault, Target
from local.salesforce.late import hidden
from local.salesforce.store.veil import Sight

if TYPE_CHECKING:
    from local.salesforce.org import Org
from local.salesforce.store.duplicates import detected

#: A row that is created locks its parent: the first of these that it has.
_PARENTS: Final = ("AccountId", "WhatId", "WhoId", "ContactId", "OpportunityId", "CaseId")
_DUPLICATE: Final = "Use one of these records?"

Body = Mapping[str, object]


def arm_rows(org: Org, fault: Fault | None) -> None:
    """Let rows that are written from here on meet the fault, and late commits hold theirs."""
    org.faults.begin_rows(fault)
    if fault is None and not org.database.veil.active:
        org.database.gate = None
        return

    def gate(sobject: str, record_id: str | None, body: Body) -> None:
        if record_id is not None and org.database.veil.locks(sobject, record_id):
            raise _locked(record_id)
        hit = org.faults.row()
        if hit is not None:
            raise _REFUSALS[hit.kind](org, sobject, record_id or _parent(body))

    org.database.gate = gate


@contextmanager
def chunk(org: Org, sobject: str, user_id: str) -> Iterator[None]:
    """The rows that a Bulk job writes together are a call of their own: endpoint `bulk.chunk`."""
    org.database.veil.show(Sight.ALL)
    fault = None
    if org.faults:
        target = Target(CHUNK, "", "", user_id, frozenset({sobject.lower()}))
        fault = org.faults.take(target, org.clock.now())
    arm_rows(org, fault if fault is not None and fault.kind in ROW_KINDS else None)
    with hidden(org, fault):
        yield
    org.database.gate = None


def _parent(body: Body) -> str:
    return next((str(body[name]) for name in _PARENTS if body.get(name)), "")


def _locked(record_id: str) -> ApiError:
    if not record_id:
        return ApiError(Kind.LOCKED_CREATE)
    return ApiError(Kind.LOCKED_ROW, count=1, ids=record_id)


def _lock_refusal(_org: Org, _sobject: str, record_id: str) -> ApiError:
    return _locked(record_id)


def _duplicate_refusal(org: Org, sobject: str, record_id: str) -> ApiError:
    """The body names a record that is there, if there is one to name."""
    other = org.database.one(
        f'SELECT "Id" FROM "{sobject}" WHERE "Id" <> ? ORDER BY row LIMIT 1',  # noqa: S608
        (record_id,),
    )
    return detected(
        sobject,
        [] if other is None else [str(other[0])],
        rule=f"Standard_{sobject}_Duplicate_Rule",
        message=_DUPLICATE,
    )


_REFUSALS: Final = {
    FaultKind.LOCKED_ROWS: _lock_refusal,
    FaultKind.DUPLICATES_DETECTED: _duplicate_refusal,
}
#: The kinds that are about rows.
ROW_KINDS: Final = frozenset(_REFUSALS)
#: The kinds that a chunk of a Bulk job can meet: nobody waits for an answer there.
CHUNK_KINDS: Final = ROW_KINDS | {FaultKind.LATE_COMMIT, FaultKind.QUERY_LAG}
