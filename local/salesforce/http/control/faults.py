"""The journal of requests, and armed failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from local.salesforce.faultkinds import FAULTS
from local.salesforce.faults import ANY_ENDPOINT, CHUNK
from local.salesforce.http.control.asking import BadRequestError, asked_model, routes
from local.salesforce.http.control.ordering import FaultOrder, LateOrder
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.journal import PAGE
from local.salesforce.org import Org
from local.salesforce.rowfaults import CHUNK_KINDS
from local.salesforce.store.transactions import Transaction
from local.salesforce.values import store_datetime

Endpoints = Callable[[], frozenset[str]]


def journal(org: Org, call: Call) -> Answer:
    """`GET journal?since=N&limit=N`: sums over all requests, and the entries after number N."""
    since, limit = (
        _whole(call, name, default) for name, default in (("since", 0), ("limit", PAGE))
    )
    return Answer(200, org.journal.answer(since=since, limit=limit))


def _whole(call: Call, name: str, default: int) -> int:
    given = call.query.get(name, str(default))
    if not given.isdigit():
        raise BadRequestError(name, given, f"{name} is no whole number", "give a number from 0 on")
    return int(given)


def clear_journal(org: Org, _call: Call) -> Answer:
    """`DELETE journal`."""
    org.journal.clear()
    return NO_CONTENT


def faults(org: Org, _call: Call) -> Answer:
    """`GET faults`: what is armed and what has ended, each with its calls and hits."""
    return Answer(200, org.faults.answer())


def kinds(_org: Org, _call: Call) -> Answer:
    """`GET faults/kinds`: the table, each with what its client meets."""
    table = {
        kind.value: {
            "meets": spec.sentence,
            "status": spec.status or None,
            "code": spec.code or None,
            "message": spec.message or None,
            "work": spec.work.value,
        }
        for kind, spec in FAULTS.items()
    }
    return Answer(200, table)


def disarm(org: Org, _call: Call) -> Answer:
    """`DELETE faults`."""
    org.faults.clear()
    return NO_CONTENT


def late_commits(org: Org, _call: Call) -> Answer:
    """`GET late-commits`: the transactions still open, and those that failed by the clock."""
    shown = [_shown(each) for each in org.transactions.values()]
    return Answer(200, {"open": shown, "failed": [asdict(each) for each in org.failures]})


def _shown(transaction: Transaction) -> dict[str, object]:
    due = transaction.due
    return {
        "id": transaction.id,
        "stamp": store_datetime(transaction.stamp),
        "due": None if due is None else store_datetime(due),
    }


def control_routes(endpoints: Endpoints) -> tuple[Route, ...]:
    """The routes, given the classes of endpoints that a fault may be armed for."""

    def armed(org: Org, order: FaultOrder) -> Answer:
        known = {*endpoints(), ANY_ENDPOINT, CHUNK}
        if order.endpoint not in known:
            raise BadRequestError(
                "endpoint", order.endpoint, "there is no such endpoint", f"one of {sorted(known)}"
            )
        if order.endpoint == CHUNK and order.kind not in CHUNK_KINDS:
            fitting = ", ".join(sorted(each.value for each in CHUNK_KINDS))
            raise BadRequestError(
                "kind", order.kind.value, "a chunk of a Bulk job has no answer", f"one of {fitting}"
            )
        org.faults.arm(order.fault(), now=org.clock.now(), for_seconds=order.for_seconds)
        return Answer(200, org.faults.answer())

    def arm(org: Org, call: Call) -> Answer:
        """`POST faults`: {"endpoint", "kind", ...}, or {"status", "code", "message"...} alone."""
        return armed(org, asked_model(call, FaultOrder))

    def arm_late(org: Org, call: Call) -> Answer:
        """`PUT late-commits`: {"endpoint", "seconds", "times", "where", "answer"}."""
        return armed(org, asked_model(call, LateOrder).order())

    return routes(
        (
            ("GET", "journal", journal),
            ("DELETE", "journal", clear_journal),
            ("GET", "faults", faults),
            ("GET", "faults/kinds", kinds),
            ("POST", "faults", arm),
            ("DELETE", "faults", disarm),
            ("GET", "late-commits", late_commits),
            ("PUT", "late-commits", arm_late),
        )
    )
