"""The row engine of Bulk jobs, 1.0 and 2.0: one chunk is one transaction, each row stands alone.

Salesforce takes the rows of a job in chunks of at most 200, which share a transaction and so a
stamp; a row that fails takes nothing with it. A refused create or update has changed nothing (see
Writer), so only deletions, which cascade, need a savepoint each.
https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-planning-guidelines.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from local.salesforce.acting import Acting
from local.salesforce.bulk.columns import Columns
from local.salesforce.bulk.reuse import Reuse
from local.salesforce.errors import ApiError, Kind
from local.salesforce.ids import normalise
from local.salesforce.schema.types import Field, SObject
from local.salesforce.store.incoming import WrongJsonError
from local.salesforce.store.policies import SaveOptions
from local.salesforce.store.removal import Removal
from local.salesforce.store.writer import Writer

CHUNK: Final = 200

Body = Mapping[str, object]


class Operation(StrEnum):
    """What a job does with its rows."""

    INSERT = "insert"
    UPDATE = "update"
    UPSERT = "upsert"
    DELETE = "delete"
    HARD_DELETE = "hardDelete"


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done; `external_id` is the field an upsert goes by, which may be Id.

    `assign` gives new records to whom the assignment rule of their object names.
    """

    operation: Operation
    sobject: SObject
    external_id: Field | None = None
    assign: bool = False


@dataclass(slots=True)
class RowResult:
    """What became of one row; `id` is empty when none is known, `failure` None on success."""

    id: str
    created: bool = False
    failure: ApiError | None = None

    @property
    def success(self) -> bool:
        """Whether the row was written."""
        return self.failure is None

    @property
    def error(self) -> str:
        """`CODE:message:FieldA FieldB --`, as the results of a job print it; empty on success.

        https://github.com/jsforce/jsforce/issues/217
        """
        if self.failure is None:
            return ""
        names = " ".join(self.failure.fields)
        return f"{self.failure.code}:{self.failure.message}:{names}{' --' if names else '--'}"


@dataclass(slots=True)
class _Target:
    """Where one row goes: an id to change, or None to create."""

    id: str | None
    body: Body


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What the rows of one chunk are written with."""

    acting: Acting
    work: Work
    writer: Writer
    removal: Removal
    twins: frozenset[str]


_Do = Callable[[_Chunk, Body], RowResult]


def run_chunk(
    acting: Acting,
    work: Work,
    rows: Sequence[Body] | Sequence[Sequence[str]],
    *,
    columns: Columns | None = None,
    stamp: datetime | None = None,
    reuse: Reuse | None = None,
) -> list[RowResult]:
    """Write up to 200 rows and commit them; one result per row, in their order.

    With `columns` (of `bulk.columns.columns`) a row is the texts of its cells; without, it is a
    JSON body as a Collections call has it, with nested objects for parents. `stamp` is the moment
    the transaction began: now, unless told. `reuse` lets chunks that follow each other share what
    their writer has learned.
    """
    moment = stamp or acting.clock.stamp()
    read = [_read(work, row, columns) for row in rows]
    writer = acting.writer(moment, SaveOptions(auto_assign=work.assign))
    writer = reuse.take(acting, writer) if reuse else writer
    chunk = _Chunk(acting, work, writer, acting.removal(moment), _twins(work, read))
    database = acting.database
    with database.chunk(work.sobject.name, acting.user_id), database.transaction():
        _look_ahead(chunk, [body for body in read if not isinstance(body, ApiError)])
        do = _DO[work.operation]
        results = [_one(chunk, body, do) for body in read]
    if reuse:
        reuse.keep(acting, writer)
    return results


def _look_ahead(chunk: _Chunk, bodies: Sequence[Body]) -> None:
    """Read together what the rows of a chunk are about."""
    work, writer, field = chunk.work, chunk.writer, chunk.work.external_id
    if work.operation not in (Operation.UPDATE, Operation.UPSERT):
        return
    names: set[str] = set().union(*bodies)
    if work.operation is Operation.UPSERT and field is not None and not field.is_id:
        keys = [given for body in bodies if (given := _given(body, field.name))]
        ids = writer.expect_external(work.sobject, field, keys)
        writer.expect(work.sobject, ids, names)
    else:
        writer.expect(work.sobject, [_given(body, "Id") for body in bodies], names)


def _twins(work: Work, read: Sequence[Body | ApiError]) -> frozenset[str]:
    """What several rows of a chunk share that only one may have."""
    if work.operation is Operation.INSERT:
        return frozenset()
    keys = Counter(_key(work, body) for body in read if not isinstance(body, ApiError))
    return frozenset(key for key, count in keys.items() if key and count > 1)


def _read(work: Work, row: Body | Sequence[str], columns: Columns | None) -> Body | ApiError:
    if columns is not None and (isinstance(row, list) or not isinstance(row, Mapping)):
        try:
            return columns.body(row)
        except ApiError as error:
            return error
    return _canonical(work, row) if isinstance(row, Mapping) else {}


def _canonical(work: Work, body: Body) -> Body:
    """A JSON body with the keys that tell the record in the schema's own case."""
    keys = {"id": "Id"}
    if work.external_id is not None:
        keys[work.external_id.name.lower()] = work.external_id.name
    return {keys.get(name.lower(), name): value for name, value in body.items()}


def _given(body: Body, name: str) -> str:
    found = body.get(name)
    return "" if found is None else str(found).strip()


def _key(work: Work, body: Body) -> str:
    """What two rows of one chunk may not share."""
    field = work.external_id if work.operation is Operation.UPSERT else None
    if field is None or field.is_id:
        given = _given(body, "Id")
        return normalise(given) or given
    given = _given(body, field.name)
    return given if field.case_sensitive else given.casefold()


def _one(chunk: _Chunk, body: Body | ApiError, do: _Do) -> RowResult:
    if isinstance(body, ApiError):
        return RowResult("", failure=body)
    try:
        return do(chunk, body)
    except ApiError as error:
        return RowResult(_known_id(chunk, body), failure=error)
    except WrongJsonError as error:
        text = f"Unexpected JsonMappingException: {error.placed(b'').message}"
        failure = ApiError(Kind.BULK_FIELD, fields=(error.field.name,), text=text)
        return RowResult(_known_id(chunk, body), failure=failure)


def _known_id(chunk: _Chunk, body: Body) -> str:
    """The id a row that failed came with; insert and upsert by another field know none."""
    return "" if chunk.work.operation is Operation.INSERT else _given(body, "Id")


def _insert(chunk: _Chunk, body: Body) -> RowResult:
    if "Id" in body and _given(body, "Id"):
        raise ApiError(Kind.ID_ON_INSERT, fields=("Id",))
    return RowResult(chunk.writer.create(chunk.work.sobject, body), created=True)


def _update(chunk: _Chunk, body: Body) -> RowResult:
    record_id = _required_id(chunk, body, "update")
    chunk.writer.update(chunk.work.sobject, record_id, _without(body, "Id"))
    return RowResult(record_id)


def _required_id(chunk: _Chunk, body: Body, verb: str) -> str:
    """The id of the row; two rows of a chunk with one id both fail (help article 000384876)."""
    given = _given(body, "Id")
    if not given:
        raise ApiError(Kind.MISSING_ARGUMENT, text=f"Id not specified in an {verb} call")
    full = normalise(given) or given
    if full in chunk.twins:
        raise ApiError(Kind.BULK_TWIN, text=f"Duplicate id specified: {full}")
    return full


def _without(body: Body, *names: str) -> Body:
    rest = dict(body)
    for name in names:
        rest.pop(name, None)
    return rest


def _upsert(chunk: _Chunk, body: Body) -> RowResult:
    target = _target(chunk, body)
    sobject = chunk.work.sobject
    if target.id is None:
        return RowResult(chunk.writer.create(sobject, target.body), created=True)
    chunk.writer.update(sobject, target.id, target.body)
    return RowResult(target.id)


def _target(chunk: _Chunk, body: Body) -> _Target:
    """The record with the external id; none is a create, several are an error.

    Rows that share an external id within a chunk all fail
    (https://salesforce.stackexchange.com/questions/296121).
    """
    field = chunk.work.external_id
    if field is None or field.is_id:
        given = _given(body, "Id")
        bare = _without(body, "Id")
        return _Target(_required_id(chunk, body, "upsert") if given else None, bare)
    given = _given(body, field.name)
    if not given:
        raise ApiError(Kind.MISSING_ARGUMENT, text=f"{field.name} not specified")
    if _key(chunk.work, body) in chunk.twins:
        text = f"Duplicate external id specified: {given}"
        raise ApiError(Kind.BULK_TWIN, fields=(field.name,), text=text)
    ids = chunk.writer.by_external_id(chunk.work.sobject, field, given)
    if len(ids) > 1:
        raise ApiError(
            Kind.SEVERAL_MATCHES, fields=(field.name,), label=field.label, ids=", ".join(ids)
        )
    if ids:
        return _Target(ids[0], _without(body, "Id", field.name))
    return _Target(None, _without(body, "Id") if "Id" in body else body)


def _delete(chunk: _Chunk, body: Body) -> RowResult:
    record_id = _required_id(chunk, body, "delete")
    with chunk.acting.database.transaction():
        chunk.removal.delete(chunk.work.sobject, record_id)
    return RowResult(record_id)


def _hard_delete(chunk: _Chunk, body: Body) -> RowResult:
    """Past the bin, with all that went along."""
    result = _delete(chunk, body)
    gone = chunk.acting.database.rows(
        'SELECT sobject, id FROM "_deleted" WHERE root = ?', (result.id,)
    )
    for name in dict.fromkeys(str(row[0]) for row in gone):
        sobject = chunk.acting.schema.require(name)
        if sobject.has("IsDeleted"):
            chunk.removal.purge(sobject, [str(row[1]) for row in gone if row[0] == name])
    return result


_DO: Final[Mapping[Operation, _Do]] = {
    Operation.INSERT: _insert,
    Operation.UPDATE: _update,
    Operation.UPSERT: _upsert,
    Operation.DELETE: _delete,
    Operation.HARD_DELETE: _hard_delete,
}
