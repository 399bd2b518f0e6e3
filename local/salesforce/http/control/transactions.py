"""Transactions that begin now and are seen later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from local.salesforce.errors import ApiError
from local.salesforce.http.control.asking import asked_object, asked_sobject, routes
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.ids import mint, normalise
from local.salesforce.late import commit
from local.salesforce.org import Org
from local.salesforce.store.transactions import Operation, Transaction, Verb
from local.salesforce.values import rest_datetime, store_datetime


def open_transaction(org: Org, call: Call) -> Answer:
    """`POST transactions`: {"operations": [{"op", "sobject", "id", "fields"}]}, stamped now.

    With "seconds" it commits when the org's clock has gone on by so many.
    """
    asked = asked_object(call)
    operations = asked.get("operations")
    if not isinstance(operations, list):
        raise TypeError("operations must be a list")
    parsed = tuple(_operation(org, each) for each in operations)
    name = f"tx{org.database.reserve('tx')}"
    seconds = asked.get("seconds")
    due = None if seconds is None else _due(org, float(str(seconds)))
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
        raise ValueError(f"seconds is {seconds}; give fewer") from error


def _operation(org: Org, asked: Mapping[str, object]) -> Operation:
    sobject = asked_sobject(org, asked)
    verb = Verb(str(asked.get("op")))
    fields = asked.get("fields") or {}
    if not isinstance(fields, dict):
        raise TypeError("fields must be an object")
    given = asked.get("id")
    if verb is Verb.CREATE:
        record_id = mint(sobject.prefix, org.database.reserve(sobject.prefix))
    else:
        record_id = normalise(str(given)) or str(given)
    return Operation(verb, sobject.name, record_id, fields)


def commit_now(org: Org, call: Call) -> Answer:
    """`POST transactions/{id}/commit`: the writes are seen now, with their earlier stamp."""
    try:
        commit(org, org.transactions[call.params["transaction"]])
    except ApiError as error:
        return Answer(400, {"error": error.message, "code": error.code})
    return NO_CONTENT


def roll_back(org: Org, call: Call) -> Answer:
    """`DELETE transactions/{id}`; what a late commit has told its client cannot be undone."""
    if org.transactions[call.params["transaction"]].veil is not None:
        raise ValueError("a late commit cannot be rolled back; let it commit")
    del org.transactions[call.params["transaction"]]
    return NO_CONTENT


ROUTES = routes(
    (
        ("POST", "transactions", open_transaction),
        ("POST", "transactions/{transaction}/commit", commit_now),
        ("DELETE", "transactions/{transaction}", roll_back),
    )
)
