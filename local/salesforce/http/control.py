"""`/__emulator__/`: what a test does to the org behind the back of its clients."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC
from typing import Final

from pydantic import TypeAdapter

from local.salesforce.faults import Fault
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.org import Org, Settings, moment_of
from local.salesforce.store.loader import LoadError

_FAULT: Final = TypeAdapter(Fault)
_SETTINGS: Final = TypeAdapter(Settings)


def _object(call: Call) -> dict[str, object]:
    found = call.json()
    if not isinstance(found, dict):
        raise TypeError("a JSON object is expected")
    return found


def _known(call: Call, kind: type[Fault | Settings], *more: str) -> dict[str, object]:
    """The body, unless it has keys that mean nothing: a typing error must not pass silently."""
    asked = _object(call)
    known = {each.name for each in fields(kind)} | set(more)
    if unknown := set(asked) - known:
        raise ValueError(f"unknown keys {sorted(unknown)}; known are {sorted(known)}")
    return asked


def health(_org: Org, _call: Call) -> Answer:
    """`GET health`."""
    return Answer(200, {"status": "ok"})


def load(org: Org, call: Call) -> Answer:
    """`POST load`: NDJSON, one {"sobject", "fields"} a line; all or nothing."""
    try:
        return Answer(200, {"loaded": org.loader().load(call.body.split(b"\n"))})
    except LoadError as error:
        return Answer(400, {"error": str(error)})


def clock(org: Org, _call: Call) -> Answer:
    """`GET clock`."""
    return Answer(200, {"now": org.clock.now().astimezone(UTC).isoformat()})


def set_clock(org: Org, call: Call) -> Answer:
    """`PUT clock`: {"now": iso}, {"advance": seconds} or {"real": true}."""
    asked = _object(call)
    if asked.get("real"):
        org.clock.run()
    if "now" in asked:
        org.clock.fix(moment_of(str(asked["now"])))
    if "advance" in asked:
        org.clock.advance(float(str(asked["advance"])))
    return clock(org, call)


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
    org.faults.arm(_FAULT.validate_python(_known(call, Fault)))
    return faults(org, call)


def disarm(org: Org, _call: Call) -> Answer:
    """`DELETE faults`."""
    org.faults.clear()
    return NO_CONTENT


def settings(org: Org, _call: Call) -> Answer:
    """`GET settings`."""
    return Answer(200, {**asdict(org.settings), "requests_used": org.requests_used})


def change_settings(org: Org, call: Call) -> Answer:
    """`POST settings`: any of the knobs, and `requests_used`."""
    asked = _known(call, Settings, "requests_used")
    org.requests_used = int(str(asked.pop("requests_used", org.requests_used)))
    org.settings = _SETTINGS.validate_python({**asdict(org.settings), **asked})
    org.sessions.rotate = org.settings.refresh_token_rotation
    return settings(org, call)


def expire_sessions(org: Org, call: Call) -> Answer:
    """`POST sessions/expire`: all access tokens, or the one named in {"token"}."""
    token = _object(call).get("token") if call.body.strip() else None
    return Answer(200, {"expired": org.sessions.expire(None if token is None else str(token))})


def org_facts(org: Org, call: Call) -> Answer:
    """`GET org`: what a client needs to connect, and who is there."""
    users = org.database.rows('SELECT "Id", "Username", "Name", "Email" FROM "User" ORDER BY "Id"')
    return Answer(
        200,
        {
            "organization_id": org.sessions.org_id,
            "integration_user_id": org.sessions.user_id,
            "instance_url": call.origin,
            "client_id": org.sessions.client_id,
            "client_secret": org.sessions.client_secret,
            "refresh_token": org.sessions.refresh_token,
            "users": [
                {"id": user[0], "username": user[1], "name": user[2], "email": user[3]}
                for user in users
            ],
        },
    )


_BASE: Final = "/__emulator__"
ROUTES = tuple(
    Route(method, f"{_BASE}/{path}", "control", handler, open=True)
    for method, path, handler in (
        ("GET", "health", health),
        ("POST", "load", load),
        ("GET", "clock", clock),
        ("PUT", "clock", set_clock),
        ("GET", "journal", journal),
        ("DELETE", "journal", clear_journal),
        ("GET", "faults", faults),
        ("POST", "faults", arm),
        ("DELETE", "faults", disarm),
        ("GET", "settings", settings),
        ("POST", "settings", change_settings),
        ("POST", "sessions/expire", expire_sessions),
        ("GET", "org", org_facts),
    )
)
