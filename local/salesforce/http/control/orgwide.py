"""The org as a whole: rows loaded raw, the clock, settings, sessions, snapshots."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from local.salesforce.http.control.asking import (
    CONTROL,
    BadRequestError,
    Count,
    Moment,
    Order,
    asked_model,
    asked_object,
    asked_record,
    checked,
    known_keys,
    routes,
)
from local.salesforce.http.control.users import credentials, rotate
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.org import Org, Settings
from local.salesforce.store.rawvalues import LoadError

_MOST: Final = 1_000_000_000
#: `acme`, or `acme--dev.sandbox`.
_DOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z]+)?", re.IGNORECASE)
#: Of nothing at a time, work would never end.
_AT_LEAST_ONE: Final = frozenset(
    {"page_size", "page_characters", "bulk_page_size", "bulk_list_size", "bulk_slices_per_poll"}
)
#: Of all that there is.
_SHARES: Final = frozenset({"bulk_lock_contention"})


class ClockOrder(Order):
    """What becomes of the clock; it goes back with `now` only."""

    real: Literal[True] | None = None
    now: Moment | None = None
    advance: Annotated[float, Field(ge=0)] | None = None
    scale: float | None = None


class UsedOrder(Order):
    """How many requests of the day are spent."""

    requests_used: Count


def health(_org: Org, _call: Call) -> Answer:
    """`GET health`."""
    return Answer(200, {"status": "ok"})


def load(org: Org, call: Call) -> Answer:
    """`POST load`: NDJSON, one {"sobject", "fields"} a line; all or nothing."""
    try:
        return Answer(200, {"loaded": org.loader().load(call.lines())})
    except LoadError as error:
        return Answer(400, {"error": str(error), "errors": [error.problem]})


def clock(org: Org, _call: Call) -> Answer:
    """`GET clock`."""
    return Answer(200, org.clock.answer())


def set_clock(org: Org, call: Call) -> Answer:
    """`PUT clock`: {"now": iso} stops it, {"advance": seconds}, {"real": true}, {"scale": 60}."""
    asked = asked_model(call, ClockOrder)
    given = asked.model_dump(exclude_none=True)
    if not given:
        known = ", ".join(ClockOrder.model_fields)
        raise BadRequestError("body", asked_object(call), "says nothing", f"give one of {known}")
    steps: dict[str, Callable[[Any], None]] = {
        "real": lambda _: org.clock.run(),
        "now": org.clock.fix,
        "advance": org.clock.advance,
        "scale": org.clock.scale,
    }
    for name, value in given.items():
        try:
            steps[name](value)
        except ValueError as error:
            message, _, remedy = str(error).partition("; ")
            raise BadRequestError(name, str(value), message, remedy) from error
    return clock(org, call)


def settings(org: Org, _call: Call) -> Answer:
    """`GET settings`."""
    return Answer(200, {**asdict(org.settings), "requests_used": org.requests_used})


def change_settings(org: Org, call: Call) -> Answer:
    """`POST settings`: any of the knobs, and `requests_used`."""
    asked = asked_object(call)
    known_keys(asked, "requests_used", *(each.name for each in fields(Settings)))
    used = asked.pop("requests_used", org.requests_used)
    used = checked(UsedOrder, {"requests_used": used}).requests_used
    changed = asked_record({**asdict(org.settings), **asked}, Settings)
    _check_sizes({**asdict(changed), "requests_used": used})
    org.requests_used, org.settings = used, changed
    rotate(org, on=org.settings.refresh_token_rotation)
    return settings(org, call)


def _check_sizes(found: dict[str, object]) -> None:
    for name, value in found.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            least = int(name in _AT_LEAST_ONE)
            most = 1 if name in _SHARES else _MOST
            if not least <= value <= most:
                raise BadRequestError(
                    name, value, f"{name} is {value}", f"give {least} to {most:,}"
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
