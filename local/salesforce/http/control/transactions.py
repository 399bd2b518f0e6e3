"""Transactions that begin now and are seen later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from local.salesforce.errors import ApiError
from local.salesforce.http.control.asking import (
    BadRequestError,
    Name,
    Order,
    RecordId,
    asked_model,
    asked_sobject,
    routes,
    told,
)
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.ids import mint
from local.salesforce.late import commit
from local.salesforce.org import Org
from local.salesforce.schema.types import SObject
from local.salesforce.store.transactions import Operation, Transaction, Verb
from local.salesforce.values import rest_datetime, store_datetime


class OperationOrder(Order):
    """One write of a transaction."""

    op: Verb
    sobject: Name
    id: RecordId | None = None
    fields: dict[str, object] = Field(default_factory=dict)


class TransactionOrder(Order):
    """Writes, and after how many seconds of the org's clock they are seen."""

    operations: Annotated[list[OperationOrder], Field(min_length=1)]
    seconds: Annotated[float, Field(ge=0)] | None = None


def open_transaction(org: Org, call: Call) -> Answer:
    """`POST transactions`: {"operations": [{"op", "sobject", "id", "fields"}]}, stamped now.

    With "seconds" it commits when the org's clock has gone on by so many.
    """
    asked = asked_model(call, TransactionOrder)
    due = None if asked.seconds is None else _due(org, asked.seconds)
    checked = [_check(org, each, at) for at, each in enumerate(asked.operations)]
    parsed = tuple(
        _operation(org, each, sobject)
        for each, sobject in zip(asked.operations, checked, strict=True)
    )
    name = f"tx{org.database.reserve('tx')}"
    transaction = Transaction(name, org.clock.stamp(), parsed, due)
    org.transactions[name] = transaction
    return Answer(
        200,
        {
            "id": name,
            "stamp": rest_datetime(store_datetime(transaction.stamp)),
            "ids": [each.record_id for each in parsed],
        },
    )


def _due(org: Org, seconds: float) -> datetime:
    try:
        return org.clock.now() + timedelta(seconds=seconds)
    except OverflowError as error:
        raise BadRequestError("seconds", seconds, "no clock gets there", "give fewer") from error


def _check(org: Org, asked: OperationOrder, at: int) -> SObject:
    """What can be known before the commit; raises BadRequestError."""
    place = f"operations.{at}"
    sobject = asked_sobject(org, asked.sobject, field=f"{place}.sobject")
    if asked.op is Verb.CREATE:
        if asked.id is not None:
            remedy = "leave it out; the answer has it"
            raise BadRequestError(f"{place}.id", asked.id, "a create has no id yet", remedy)
    elif asked.id is None or not _exists(org, sobject, asked.id):
        remedy = "give the id of a record, or one that a transaction still open creates"
        raise BadRequestError(f"{place}.id", asked.id, f"no such {sobject.name}", remedy)
    if asked.op is Verb.DELETE and asked.fields:
        remedy = "leave them out"
        raise BadRequestError(f"{place}.fields", asked.fields, "a delete sets none", remedy)
    for name, value in asked.fields.items():
        if not _takes(sobject, name):
            reason = f"{sobject.name} has no such field"
            raise BadRequestError(f"{place}.fields.{name}", value, reason, "name one it has")
    return sobject


def _exists(org: Org, sobject: SObject, record_id: str) -> bool:
    created = (each.record_id for open_ in org.transactions.values() for each in open_.operations)
    if record_id in created:
        return True
    query = f'SELECT 1 FROM "{sobject.name}" WHERE "Id" = ?'  # noqa: S608  a name of the schema
    return org.database.one(query, (record_id,)) is not None


def _takes(sobject: SObject, name: str) -> bool:
    """Fields, and the relationships whose record is named by an external id."""
    relationships = {
        (field.reference.relationship or "").lower() for field in sobject.fields if field.reference
    }
    return sobject.has(name) or name.lower() in {"attributes", *relationships}


def _operation(org: Org, asked: OperationOrder, sobject: SObject) -> Operation:
    record_id = asked.id or mint(sobject.prefix, org.database.reserve(sobject.prefix))
    return Operation(asked.op, sobject.name, record_id, asked.fields)


def _found(org: Org, call: Call) -> Transaction:
    name = call.params["transaction"]
    if name not in org.transactions:
        known = f"one of {', '.join(org.transactions)}" if org.transactions else "none is open"
        raise BadRequestError("transaction", name, "no such transaction is open", known)
    return org.transactions[name]


def commit_now(org: Org, call: Call) -> Answer:
    """`POST transactions/{id}/commit`: the writes are seen now, with their earlier stamp."""
    transaction = _found(org, call)
    try:
        commit(org, transaction)
    except ApiError as error:
        remedy = "it was rolled back; open another one"
        refusal = BadRequestError("transaction", transaction.id, error.message, remedy)
        return Answer(400, {**told(refusal), "code": error.code})
    return NO_CONTENT


def roll_back(org: Org, call: Call) -> Answer:
    """`DELETE transactions/{id}`; what a late commit has told its client cannot be undone."""
    transaction = _found(org, call)
    if transaction.veil is not None:
        raise BadRequestError(
            "transaction", transaction.id, "a late commit cannot be rolled back", "let it commit"
        )
    del org.transactions[transaction.id]
    return NO_CONTENT


ROUTES = routes(
    (
        ("POST", "transactions", open_transaction),
        ("POST", "transactions/{transaction}/commit", commit_now),
        ("DELETE", "transactions/{transaction}", roll_back),
    )
)
