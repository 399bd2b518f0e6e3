"""Who a token belongs to: the identity URL and its OpenID twin, userinfo.

https://help.salesforce.com/s/articleView?id=sf.remoteaccess_using_openid.htm and
https://help.salesforce.com/s/articleView?id=sf.remoteaccess_using_userinfo_endpoint.htm
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from local.salesforce.acting import DEFAULT_ZONE
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.http.signin.forms import bearer
from local.salesforce.http.signin.hosts import identity_url, instance_url
from local.salesforce.org import Org
from local.salesforce.values import rest_datetime

_FIELDS: Final = (
    "Username", "Name", "FirstName", "LastName", "Email", "CommunityNickname", "TimeZoneSidKey",
    "LocaleSidKey", "LanguageLocaleKey", "UserType", "IsActive", "LastModifiedDate",
)  # fmt: skip
_VERSIONED: Final = {
    "enterprise": "Soap/c/{version}/{org}",
    "metadata": "Soap/m/{version}/{org}",
    "partner": "Soap/u/{version}/{org}",
    "rest": "data/v{version}/",
    "sobjects": "data/v{version}/sobjects/",
    "search": "data/v{version}/search/",
    "query": "data/v{version}/query/",
    "recent": "data/v{version}/recent/",
    "tooling_soap": "Soap/T/{version}/{org}",
    "tooling_rest": "data/v{version}/tooling/",
}


def identity(org: Org, call: Call) -> Answer:
    """`/id/{org}/{user}`. Refusals are one word of text with 403 or 404.

    The words are in the first page named above; `Bad_Id` is for a user who does not exist.
    """
    if call.params["org"][:15] != org.sessions.org_id[:15]:
        return _word(403, "Wrong_Org")
    user_id = _user_of_token(org, call)
    if isinstance(user_id, Answer):
        return user_id
    if call.params["user"][:15] != user_id[:15]:
        return _word(404, "Bad_Id")
    return Answer(200, _identity(org, call, user_id))


def userinfo(org: Org, call: Call) -> Answer:
    """`/services/oauth2/userinfo`, by GET or POST."""
    user_id = _user_of_token(org, call)
    if isinstance(user_id, Answer):
        return user_id
    return Answer(200, _userinfo(org, call, user_id))


def _user_of_token(org: Org, call: Call) -> str | Answer:
    token = bearer(call) or call.query.get("access_token", "")
    if not token:
        return _word(403, "Missing_OAuth_Token")
    session = org.sessions.find(token, minutes=org.settings.session_timeout_minutes)
    return _word(403, "Bad_OAuth_Token") if session is None else session.user_id


def _word(status: int, text: str) -> Answer:
    return Answer(status, raw=text.encode(), media="text/html; charset=UTF-8")


def _row(org: Org, user_id: str) -> dict[str, object]:
    columns = ", ".join(f'"{name}"' for name in _FIELDS)
    row = org.database.one(
        f'SELECT {columns} FROM "User" WHERE "Id" = ?',  # noqa: S608  names are constants
        (user_id,),
    )
    return dict(zip(_FIELDS, row or (None,) * len(_FIELDS), strict=True))


def _shared(org: Org, call: Call, user_id: str, row: dict[str, object]) -> dict[str, object]:
    """What both answers have under the same keys."""
    return {
        "user_id": user_id,
        "organization_id": org.sessions.org_id,
        "email": row["Email"],
        "email_verified": True,
        "photos": {"picture": None, "thumbnail": None},
        "urls": _urls(org, call),
        "active": bool(row["IsActive"]),
        "user_type": str(row["UserType"] or "Standard").upper(),
        "language": row["LanguageLocaleKey"],
        "locale": row["LocaleSidKey"],
        "utcOffset": _offset(str(row["TimeZoneSidKey"] or DEFAULT_ZONE)),
    }


def _identity(org: Org, call: Call, user_id: str) -> dict[str, object]:
    row = _row(org, user_id)
    changed = row["LastModifiedDate"]
    return {
        "id": identity_url(org, call, user_id),
        "asserted_user": True,
        "username": row["Username"],
        "nick_name": row["CommunityNickname"],
        "display_name": row["Name"],
        "first_name": row["FirstName"],
        "last_name": row["LastName"],
        "timezone": row["TimeZoneSidKey"],
        "status": {"created_date": None, "body": None},
        **_shared(org, call, user_id, row),
        "last_modified_date": rest_datetime(str(changed)) if changed else None,
        "is_app_installed": True,
    }


def _userinfo(org: Org, call: Call, user_id: str) -> dict[str, object]:
    row = _row(org, user_id)
    changed = row["LastModifiedDate"]
    return {
        "sub": identity_url(org, call, user_id),
        "preferred_username": row["Username"],
        "nickname": row["CommunityNickname"],
        "name": row["Name"],
        "given_name": row["FirstName"],
        "family_name": row["LastName"],
        "zoneinfo": row["TimeZoneSidKey"],
        "profile": f"{instance_url(org, call)}/{user_id}",
        "picture": None,
        "address": {},
        **_shared(org, call, user_id, row),
        "updated_at": str(changed) if changed else None,
    }


def _urls(org: Org, call: Call) -> dict[str, str]:
    """Addresses with `{version}` in them, unless the call names a version."""
    base = instance_url(org, call)
    version = call.query.get("version", "{version}")
    found = {
        name: f"{base}/services/{path}".replace("{org}", org.sessions.org_id[:15])
        for name, path in _VERSIONED.items()
    }
    return {
        **{name: url.replace("{version}", version) for name, url in found.items()},
        "custom_domain": base,
    }


def _offset(zone: str) -> int:
    """Milliseconds from UTC, without daylight saving."""
    winter = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
    saved = winter.dst() or timedelta()
    return int(((winter.utcoffset() or timedelta()) - saved).total_seconds() * 1000)


ROUTES = (
    Route("GET", "/services/oauth2/userinfo", "userinfo", userinfo, open=True),
    Route("POST", "/services/oauth2/userinfo", "userinfo", userinfo, open=True),
    Route("GET", "/id/{org}/{user}", "identity", identity, open=True),
)
