"""The journal of requests, and armed failures."""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter

from local.salesforce.faults import Fault
from local.salesforce.http.control.asking import known_keys, routes
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.org import Org

_FAULT: Final = TypeAdapter(Fault)


def journal(org: Org, _call: Call) -> Answer:
    """`GET journal`."""
    return Answer(200, org.journal.answer())


def clear_journal(org: Org, _call: Call) -> Answer:
    """`DELETE journal`."""
    org.journal.clear()
    return NO_CONTENT


def faults(org: Org, _call: Call) -> Answer:
    """`GET faults`: what is still armed."""
    return Answer(200, {"armed": org.faults.answer()})


def arm(org: Org, call: Call) -> Answer:
    """`POST faults`: {"endpoint", "kind", "times", "skip", "status", "code", "message"...}."""
    org.faults.arm(_FAULT.validate_python(known_keys(call, Fault)))
    return faults(org, call)


def disarm(org: Org, _call: Call) -> Answer:
    """`DELETE faults`."""
    org.faults.clear()
    return NO_CONTENT


ROUTES = routes(
    (
        ("GET", "journal", journal),
        ("DELETE", "journal", clear_journal),
        ("GET", "faults", faults),
        ("POST", "faults", arm),
        ("DELETE", "faults", disarm),
    )
)
