"""The org as a whole: rows loaded raw, the clock, settings, sessions, snapshots."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Final

from pydantic import TypeAdapter

from local.salesforce.http.control.asking import (
    CONTROL,
    BadRequestError,
    asked_object,
    known_keys,
    routes,
)
from local.salesforce.http.control.users import credentials, rotate
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.org import Org, Settings, moment_of
from local.salesforce.store.loader import LoadError

_SETTINGS: Final = TypeAdapter(Settings)
_MOST: Final = 1_000_000_000
#: `acme`, or `acme--dev.sandbox`.
_DOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z]+)?", re.IGNORECASE)
#: Of nothing at a time, work would never end.
_AT_LEAST_ONE: Final = frozenset(
    {"page_size", "page_characters", "bulk_page_size", "bulk_list_size", "bulk_slices_per_poll"}
)
_CLOCK: Final = frozenset({"now", "advance", "real", "scale"})


def health(_org: Org, _call: Call) -> Answer:
    """`GET health`."""
    return Answer(200, {"status": "ok"})


def load(org: Org, call: Call) -> Answer:
    """`POST load`: NDJSON, one {"sobject", "fields"} a line; all or nothing."""
    try:
        return Answer(200, {"loaded": org.loader().load(call.lines())})
    except LoadError as error:
        return Answer(400, {"error": str(error)})


def clock(org: Org, _call: Call) -> Answer:
    """`GET clock`."""
    return Answer(200, org.clock.answer())


def set_clock(org: Org, call: Call) -> Answer:
    """`PUT clock`: {"now": iso} stops it, {"advance": seconds}, {"real": true}, {"scale": 60}."""
    asked = asked_object(call)
    if unknown := set(asked) - _CLOCK:
        raise BadRequestError(
            min(unknown), None, "the clock knows no such thing", f"one of {sorted(_CLOCK)}"
        )
    if asked.get("real"):
        org.clock.run()
    if "now" in asked:
        org.clock.fix(moment_of(str(asked["now"])))
    if "advance" in asked:
        org.clock.advance(float(str(asked["advance"])))
    if "scale" in asked:
        org.clock.scale(float(str(asked["scale"])))
    return clock(org, call)


def settings(org: Org, _call: Call) -> Answer:
    """`GET settings`."""
    return Answer(200, {**asdict(org.settings), "requests_used": org.requests_used})


def change_settings(org: Org, call: Call) -> Answer:
    """`POST settings`: any of the knobs, and `requests_used`."""
    asked = known_keys(call, Settings, "requests_used")
    used = int(str(asked.pop("requests_used", org.requests_used)))
    changed = _SETTINGS.validate_python({**asdict(org.settings), **asked})
    _check_sizes({**asdict(changed), "requests_used": used})
    org.requests_used, org.settings = used, changed
    rotate(org, on=org.settings.refresh_token_rotation)
    return settings(org, call)


def _check_sizes(found: dict[str, object]) -> None:
    for name, value in found.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            least = int(name in _AT_LEAST_ONE)
            if not least <= value <= _MOST:
                raise BadRequestError(
                    name, value, f"{name} is {value}", f"give {least} to {_MOST:,}"
                )
    if _DOMAIN.fullmatch(str(found["my_domain"])) is None:
        raise BadRequestError(
            "my_domain", found["my_domain"], "no part of a host", "a name as in acme--dev.sandbox"
        )


def org_facts(org: Org, call: Call) -> Answer:
    """`GET org`: what a client needs to connect, and who is there."""
    users = org.database.rows('SELECT "Id", "Username", "Name", "Email" FROM "User" ORDER BY "Id"')
    return Answer(
        200,
        {
            "organization_id": org.sessions.org_id,
            "integration_user_id": org.sessions.user_id,
            "instance_url": call.origin,
            "my_domain": f"https://{org.settings.my_domain}.my.salesforce.com",
            **credentials(org),
            "users": [
                {"id": user[0], "username": user[1], "name": user[2], "email": user[3]}
                for user in users
            ],
        },
    )


ROUTES = (
    Route("POST", "/__emulator__/load", CONTROL, load, open=True, upload=True),
    *routes(
        (
            ("GET", "health", health),
            ("GET", "clock", clock),
            ("PUT", "clock", set_clock),
            ("GET", "settings", settings),
            ("POST", "settings", change_settings),
            ("GET", "org", org_facts),
        )
    ),
)
