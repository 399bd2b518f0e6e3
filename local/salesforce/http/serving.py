"""From a request to what its client meets: time that passed, armed faults, the work, the journal.

The same for calls over sockets and for those of `local.salesforce.inprocess`.
"""

from __future__ import annotations

import random
import re
import sys
import traceback
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from local.salesforce.errors import ApiError, Kind
from local.salesforce.faultkinds import FaultKind, Meets, Work
from local.salesforce.faults import Fault, Target
from local.salesforce.http.control.asking import CONTROL
from local.salesforce.http.dispatch import answer, endpoint_of
from local.salesforce.http.messages import Answer, Call, refused
from local.salesforce.image import save
from local.salesforce.journal import Entry
from local.salesforce.late import catch_up, hidden
from local.salesforce.org import Org
from local.salesforce.rowfaults import ROW_KINDS, arm_rows
from local.salesforce.store.veil import Sight

CUT_STATUS: Final = 0
#: A body longer than this is not searched for objects and words.
_SEARCHED: Final = 1_000_000
#: Endpoints that tell a dead session in another form than the rest: Bulk 1.0.
_OWN_WORDS: Final = "bulk1."
_READING: Final = {
    "retrieve": Sight.RECORD,
    **dict.fromkeys(
        ("query", "queryAll", "queryMore", "search", "updated", "deleted", "recordCount"),
        Sight.QUERY,
    ),
    **dict.fromkeys(("bulk.create", "bulk.status", "bulk.results", "bulk1.results"), Sight.QUERY),
}
#: `POST composite/sobjects/X`, which reads.
_MANY: Final = re.compile(r"/composite/sobjects/\w+/?$", re.IGNORECASE)
_NAMED: Final = re.compile(r'"(?:type|object)"\s*:\s*"(\w+)"|\bfrom\s+(\w+)', re.IGNORECASE)
_IN_PATH: Final = re.compile(r"/sobjects/(\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Served:
    """What a client meets: the answer, how it comes, and until when of the org's time it waits."""

    answer: Answer
    fault: Fault | None = None
    until: datetime | None = None
    endpoint: str = ""

    @property
    def meets(self) -> Meets:
        """How the answer comes."""
        return Meets.TRUE_ANSWER if self.fault is None else self.fault.spec.meets


def _token(call: Call) -> str:
    """The session of a call, in the header of REST or in that of Bulk 1.0."""
    authorization = call.headers.get("authorization", "").partition(" ")[2]
    return (authorization or call.headers.get("x-sfdc-session", "")).strip()


def target_of(org: Org, call: Call) -> Target:
    """What faults can know of a call."""
    token = _token(call)
    text = call.query.get("q", "")
    if len(call.body) <= _SEARCHED:
        text += call.body.decode(errors="replace")
    names = {each for pair in _NAMED.findall(text) for each in pair if each}
    names.update(_IN_PATH.findall(call.path))
    return Target(
        endpoint=endpoint_of(call.method, call.path),
        method=call.method,
        path=call.path,
        user_id=org.sessions.user_of(token) or "",
        sobjects=frozenset(name.lower() for name in names),
        text=text.lower(),
    )


def chosen(org: Org, call: Call, *, early: bool = False) -> Fault | None:
    """The fault this call meets; `early`, before its body was read."""
    if not org.faults or (early and not org.faults.listens_early()):
        return None
    target = target_of(org, call)
    if target.endpoint == CONTROL:
        return None
    return org.faults.take(target, org.clock.now(), early=early)


def perform(org: Org, call: Call, fault: Fault | None = None) -> Served:
    """The work, as far as the fault lets it be done, and the answer to send."""
    catch_up(org)
    endpoint = endpoint_of(call.method, call.path)
    org.database.veil.show(_sight(endpoint, call))
    arm_rows(org, fault if fault is not None and fault.kind in ROW_KINDS else None)
    if endpoint == CONTROL:
        return Served(_controlled(org, call), endpoint=endpoint)
    if fault is None:
        return Served(_safely(org, call), endpoint=endpoint)
    now = org.clock.now()
    found = Answer()
    if fault.when_done is not Work.NEVER:
        with hidden(org, fault):
            found = _safely(org, call)
    if fault.spec.meets is Meets.ANSWER:
        found = _instead(org, call, fault)
    if fault.spec.meets is Meets.MANGLED:
        found = _mangled(found)
    until = now + timedelta(seconds=fault.seconds) if fault.at_commit else None
    return Served(found, fault, until, endpoint)


def _controlled(org: Org, call: Call) -> Answer:
    """An org with a database keeps what a test sets up, whatever happens to the process."""
    found = _safely(org, call)
    if org.kept and call.method != "GET":
        save(org)
    return found


def _sight(endpoint: str, call: Call) -> Sight:
    """Reading many by their ids is of the endpoint of Collections, and tells them by GET or path.

    Parts of a Composite call see all that is written.
    """
    if endpoint == "collections" and (call.method == "GET" or _MANY.search(call.path)):
        return Sight.RECORD
    return _READING.get(endpoint, Sight.ALL)


def note(org: Org, call: Call, served: Served, *, status: int, size: int) -> None:
    """Put a call into the journal; those of the control routes are left out."""
    endpoint = served.endpoint or endpoint_of(call.method, call.path)
    if endpoint == CONTROL:
        return
    token = _token(call)
    fault = None if served.fault is None else served.fault.kind.value
    org.journal.add(
        Entry(
            method=call.method,
            path=call.path,
            query=urlencode(call.query),
            endpoint=endpoint,
            status=status,
            user_id=org.sessions.user_of(token) or "",
            bytes_in=_size(call),
            bytes_out=size,
            fault=fault,
        )
    )


def _size(call: Call) -> int:
    """As it was sent; without sockets nothing is announced."""
    announced = call.headers.get("content-length", "")
    return int(announced) if announced.isdigit() else len(call.body)


def _safely(org: Org, call: Call) -> Answer:
    """A mistake of the emulator itself is shown to who runs it and ends one call only."""
    try:
        return answer(org, call)
    except Exception:  # noqa: BLE001  the next call must find the server alive
        org.database.abandon()
        dice = random.Random(org.requests_used)
        error_id = f"{dice.randrange(10**9, 2 * 10**9)}-{dice.randrange(10**5, 10**6)}"
        error_id += f" ({dice.randrange(-(2**31), 2**31)})"
        traceback.print_exc()
        told = f"the emulator failed at {call.method} {call.path}: ErrorId {error_id}"
        print(told, file=sys.stderr)
        text = (
            "An unexpected error occurred. Please include this ErrorId if you contact support:"
            f" {error_id}"
        )
        return refused(ApiError(Kind.UNKNOWN, text=text))


def _mangled(found: Answer) -> Answer:
    """Half of a body as if it were whole."""
    content = b"".join(found.stream) if found.stream is not None else found.content()
    return replace(found, body=None, stream=None, raw=content[: len(content) // 2])


def _instead(org: Org, call: Call, fault: Fault) -> Answer:
    """The answer of a fault that replaces the true one."""
    spec = fault.spec
    if fault.kind is FaultKind.SESSION_EXPIRED:
        org.sessions.expire(_token(call))
        if endpoint_of(call.method, call.path).startswith(_OWN_WORDS):
            return _safely(org, call)
    status = fault.status or spec.status
    headers = {**spec.headers, **fault.headers}
    if fault.body is not None:
        return Answer(status, raw=fault.body.encode(), headers=headers)
    code = fault.code or spec.code
    if not code:
        return Answer(status, raw=spec.page, media=spec.media, headers=headers)
    body = {"message": fault.message or spec.message, "errorCode": code}
    return Answer(status, [body], headers=headers)
