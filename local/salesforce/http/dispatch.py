"""From a request to its answer: version, session, daily limit, route, and errors as answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http import (
    bulk_ingest,
    bulk_query,
    collections,
    metadata,
    queries,
    records,
    replication,
    versions,
)
from local.salesforce.http.admission import check_body, count, signed_in
from local.salesforce.http.bulk_v1 import routes as bulk_v1
from local.salesforce.http.composite.routes import routes as composite_routes
from local.salesforce.http.control import (
    faults,
    jobs,
    orgwide,
    permissions,
    schema,
    snapshots,
    transactions,
    users,
)
from local.salesforce.http.control import records as control_records
from local.salesforce.http.control import rules as control_rules
from local.salesforce.http.control.asking import CONTROL, told
from local.salesforce.http.messages import Answer, Call, refused
from local.salesforce.http.routing import Match, Router, WrongMethod
from local.salesforce.http.signin import grants, identity, tokens
from local.salesforce.http.soap import login
from local.salesforce.org import Org

_UNCOUNTED: Final = (
    frozenset(
        {"token", "revoke", "introspect", "userinfo", "identity", "soap", "versions", CONTROL}
    )
    | bulk_v1.ENDPOINTS
)
_VERSIONED: Final = "/services/data/"
#: The order in which a 405 names what is allowed: https://github.com/omniphx/forrest/issues/191
_METHODS: Final = ("HEAD", "GET", "POST", "PUT", "PATCH", "DELETE")


def endpoint_of(method: str, path: str) -> str:
    """The class of a request, for the journal and for faults."""
    found = ROUTER.find(method, path)
    return found.route.endpoint if isinstance(found, Match) else "unknown"


def takes_upload(method: str, path: str) -> bool:
    """Whether the body of a request may be large, and is better kept in a file."""
    found = ROUTER.find(method, path)
    return isinstance(found, Match) and found.route.upload


def answer(org: Org, call: Call) -> Answer:
    """Whatever happens, an answer; a mistake of a control request is a 400 with its reason."""
    found = ROUTER.find(call.method, call.path)
    try:
        if isinstance(found, Match):
            return _counted(org, call, found)
        raise _lost(org, call, found)
    except ApiError as error:
        return refused(error)
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(found, Match) and found.route.endpoint == CONTROL:
            return Answer(400, told(error))
        raise


def _lost(org: Org, call: Call, found: WrongMethod | None) -> ApiError:
    """What the REST API does not have is told to who is signed in, and costs a call."""
    if call.path.lower().startswith(_VERSIONED):
        versions.check_version("".join(call.path.strip("/").split("/")[2:3]))
        count(org, signed_in(org, call))
    return _no_route(call, found)


def _no_route(call: Call, found: WrongMethod | None) -> ApiError:
    if found is None:
        return ApiError(Kind.NOT_FOUND)
    allowed = ",".join(sorted(found.allowed, key=_METHODS.index))
    return ApiError(Kind.METHOD_NOT_ALLOWED, method=call.method, allowed=allowed)


def _counted(org: Org, call: Call, match: Match) -> Answer:
    route = match.route
    if "version" in match.params:
        versions.check_version(match.params["version"])
    call = replace(call, params=match.params)
    if not route.open:
        call = signed_in(org, call)
    if route.endpoint not in _UNCOUNTED:
        count(org, call)
    if route.endpoint not in bulk_v1.ENDPOINTS:
        check_body(call, route.endpoint)
    return route.handler(org, call)


def run(org: Org, call: Call) -> Answer:
    """A call that is part of another one: no session check, nothing counted."""
    found = ROUTER.find(call.method, call.path)
    try:
        if not isinstance(found, Match):
            raise _no_route(call, found)
        return found.route.handler(org, replace(call, params=found.params))
    except ApiError as error:
        return refused(error)


ROUTES: Final = (
    *orgwide.ROUTES,
    *snapshots.ROUTES,
    *schema.ROUTES,
    *permissions.ROUTES,
    *control_records.ROUTES,
    *control_rules.ROUTES,
    *jobs.ROUTES,
    *transactions.ROUTES,
    *faults.control_routes(lambda: ENDPOINTS),
    *users.ROUTES,
    *grants.ROUTES,
    *tokens.ROUTES,
    *identity.ROUTES,
    *login.ROUTES,
    *versions.ROUTES,
    *metadata.ROUTES,
    *queries.ROUTES,
    *replication.ROUTES,
    *bulk_query.ROUTES,
    *bulk_ingest.ROUTES,
    *bulk_v1.ROUTES,
    *collections.ROUTES,
    *composite_routes(run),
    *records.ROUTES,
)
ROUTER: Final = Router(ROUTES)
#: Every class of endpoint that a fault can be armed for.
ENDPOINTS: Final[frozenset[str]] = frozenset({*ROUTER.endpoints(), "unknown"} - {CONTROL})
