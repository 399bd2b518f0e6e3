"""What stands before a REST call: a session of an active user, the daily limit, the media type."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Call
from local.salesforce.http.signin.forms import bearer
from local.salesforce.http.signin.people import by_id
from local.salesforce.org import Org

_REST: Final = "/services/data/"
_WITH_JSON: Final = frozenset({"POST", "PATCH"})
_JSON: Final = "application/json"
#: Bulk jobs are also made from forms of several parts, and their data is no JSON.
_BULK: Final = "bulk"
UPLOAD: Final = "bulk.ingest.upload"


def signed_in(org: Org, call: Call) -> Call:
    """The call with its user and app. Raises ApiError 401.

    No header at all is answered as a session that ended (from practice), one that is neither
    `Bearer` nor `OAuth` as a bad header.
    """
    token = bearer(call)
    if not token and call.headers.get("authorization", "").strip():
        raise ApiError(Kind.INVALID_AUTH_HEADER)
    minutes = org.settings.session_timeout_minutes
    session = org.sessions.find(token, minutes=minutes)
    person = by_id(org, session.user_id) if session is not None else None
    if session is None or person is None or not person.active:
        raise ApiError(Kind.SESSION_EXPIRED)
    login = org.logins.get(person.id)
    if session.client_id is None and login is not None and login.password_expired:
        raise ApiError(Kind.EXPIRED_PASSWORD)
    org.sessions.use(session, minutes=minutes)
    return replace(call, user_id=person.id, client_id=session.client_id)


def count(org: Org, call: Call) -> None:
    """One more call of the day; raises ApiError 403 when there were too many."""
    if org.requests_used >= org.settings.daily_api_requests:
        raise ApiError(Kind.REQUEST_LIMIT)
    org.requests_used += 1
    if call.client_id is not None:
        org.apps.calls[call.client_id] += 1


def check_body(call: Call, endpoint: str) -> None:
    """Raises ApiError for a body that could not be unpacked, or that is not said to be JSON.

    The text of 415 is recorded in https://github.com/kevinohara80/nforce/issues/74. A body without
    a type is taken; XML is refused, which the real API takes.
    """
    if call.unreadable is not None:
        raise _unreadable(call.unreadable, endpoint)
    kind = call.headers.get("content-type", _JSON).partition(";")[0].strip()
    checked = call.method in _WITH_JSON and call.body and not endpoint.startswith(_BULK)
    if checked and call.path.lower().startswith(_REST) and kind.lower() != _JSON:
        raise ApiError(Kind.UNSUPPORTED_MEDIA, value=kind)


def _unreadable(error: ApiError, endpoint: str) -> ApiError:
    """Badly packed CSV is not for the parser of JSON to tell."""
    if endpoint == UPLOAD and error.kind is Kind.BAD_ENCODING:
        return ApiError(Kind.BULK_ENCODING, text=error.message)
    return error
