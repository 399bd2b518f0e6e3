"""Late commits: what is written now and seen when the org's clock has gone on.

Salesforce stamps rows when a transaction writes them and shows them when it commits, which for an
Apex batch or a Bulk chunk can be minutes later (airbyte issue 27146). getUpdated admits it: its
latestDateCovered is the start of the oldest transaction still running.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getupdated.htm
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from local.salesforce.errors import ApiError
from local.salesforce.faultkinds import FaultKind, Work
from local.salesforce.faults import Fault
from local.salesforce.store.incoming import WrongJsonError
from local.salesforce.store.transactions import Failure, Operation, Transaction, Verb
from local.salesforce.values import dump

if TYPE_CHECKING:
    from local.salesforce.org import Org


def catch_up(org: Org) -> None:
    """Commit what is due; called before each request, so that nothing runs in between."""
    now = org.clock.now()
    org.database.gate = None
    org.database.veil.lift_due(now)
    due = [each for each in org.transactions.values() if each.due is not None and each.due <= now]
    for transaction in sorted(due, key=lambda each: each.due or now):
        try:
            commit(org, transaction)
        except ApiError as error:
            org.failures.append(Failure(transaction.id, error.message, error.code))
            told = f"transaction {transaction.id} was rolled back: {error.code} {error.message}"
            print(told, file=sys.stderr)


def commit(org: Org, transaction: Transaction) -> None:
    """Let a transaction be seen, with its earlier stamp; raises ApiError and it is gone."""
    del org.transactions[transaction.id]
    if transaction.veil is not None:
        org.database.veil.lift(transaction.veil)
        return
    with org.database.transaction():
        for operation in transaction.operations:
            try:
                _run(org, transaction, operation)
            except WrongJsonError as error:
                raise error.placed(dump(operation.fields)) from error


def _run(org: Org, transaction: Transaction, operation: Operation) -> None:
    sobject = org.schema.require(operation.sobject)
    acting = org.acting()
    if operation.verb is Verb.CREATE:
        writer = acting.writer(transaction.stamp)
        writer.create(sobject, operation.fields, record_id=operation.record_id)
    elif operation.verb is Verb.UPDATE:
        acting.writer(transaction.stamp).update(sobject, operation.record_id, operation.fields)
    else:
        acting.removal(transaction.stamp).delete(sobject, operation.record_id)


@contextmanager
def hidden(org: Org, fault: Fault | None) -> Iterator[None]:
    """The writes of the block as its fault wants them seen: at once when it wants nothing."""
    lag = fault is not None and fault.kind is FaultKind.QUERY_LAG
    if fault is None or not (lag or fault.when_done is Work.LATER):
        yield
        return
    now = org.clock.now()
    due = now + timedelta(seconds=fault.seconds)
    veil = org.database.veil.begin(due, now, everywhere=not lag)
    try:
        yield
    finally:
        wrote = org.database.veil.end(veil)
        if wrote and not lag:
            name = f"tx{org.database.reserve('tx')}"
            stamp = now.replace(microsecond=0)
            org.transactions[name] = Transaction(name, stamp, due=due, veil=veil)
