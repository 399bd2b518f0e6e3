"""`POST /services/Soap/u/{version}`: login, logout and who is signed in.

The answers have the elements of recordings made by clients, as the nock fixtures of
https://github.com/grouparoo/grouparoo, and follow
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_login.htm
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.http.signin.hosts import instance_url, is_sandbox
from local.salesforce.http.signin.people import Person, let_in, with_password
from local.salesforce.http.soap.envelope import (
    MEDIA,
    PARTNER,
    UNEXPECTED,
    Request,
    SoapFaultError,
    answer_envelope,
    elements,
    fault_envelope,
    read_envelope,
)
from local.salesforce.http.versions import NEWEST, OLDEST
from local.salesforce.org import Org
from local.salesforce.refusals import OAuthError
from local.salesforce.values import store_datetime

#: login() was taken out with Winter '26:
#: https://help.salesforce.com/s/articleView?id=005132110&type=1
_LAST_WITH_LOGIN: Final = 64
_LOGIN: Final = "LoginFault"
_ENTERPRISE: Final = "urn:enterprise.soap.sforce.com"

Operation = Callable[[Org, Call, Request], str]


def soap(org: Org, call: Call) -> Answer:
    """Any operation; a fault has status 500."""
    try:
        request, version = _asked(call)
        return _xml(200, answer_envelope(request.operation, _run(org, call, request, version)))
    except SoapFaultError as fault:
        return _xml(500, fault_envelope(fault))


def only_post(_org: Org, call: Call) -> Answer:
    """`GET`: a page, as in https://github.com/Cognigy/Extensions/issues/26."""
    page = (
        "<html><head><title>Error 405 Only POST allowed</title></head>"
        f"<body><h2>HTTP ERROR 405</h2><p>Problem accessing {call.path}. Reason:"
        "<pre>    Only POST allowed</pre></p></body></html>"
    )
    return Answer(
        405, raw=page.encode(), media="text/html;charset=utf-8", headers={"Allow": "POST"}
    )


def _xml(status: int, content: bytes) -> Answer:
    return Answer(status, raw=content, media=MEDIA)


def _asked(call: Call) -> tuple[Request, int]:
    """The header must be there, whatever it says; a version has no `v` in a SOAP address.

    Both texts are from practice: https://github.com/StevenMMortimer/salesforcer/issues/24
    """
    if "soapaction" not in call.headers:
        raise SoapFaultError("soapenv:Client", "SOAPAction HTTP header missing")
    whole, _, tenth = call.params["number"].partition(".")
    if not (whole.isdigit() and tenth in ("", "0") and OLDEST <= int(whole) <= NEWEST):
        raise SoapFaultError(
            "UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL", kind=UNEXPECTED
        )
    return read_envelope(call.body), int(whole)


def _run(org: Org, call: Call, request: Request, version: int) -> str:
    """That login from 65.0 on is answered like any unknown operation is not documented."""
    operation = _OPERATIONS.get(request.operation)
    gone = request.operation == "login" and version > _LAST_WITH_LOGIN
    if operation is None or gone or request.namespace not in (PARTNER, _ENTERPRISE):
        name = f"{{{request.namespace}}}{request.operation}"
        raise SoapFaultError(
            "soapenv:Client",
            f"No operation available for request {name}, please check the WSDL for the service.",
        )
    return operation(org, call, request)


def _login(org: Org, call: Call, request: Request) -> str:
    if not org.settings.soap_login:
        raise SoapFaultError(
            "INVALID_OPERATION",
            "SOAP API login() is disabled by default in this org. Contact the org administrator"
            " to enable SOAP API login().",
            kind=_LOGIN,
        )
    given = request.arguments
    person = with_password(org, given.get("username", ""), given.get("password", ""))
    if person is None:
        raise _refused()
    try:
        let_in(org, person)
    except OAuthError as error:
        raise _refused() from error
    return elements({"result": _login_result(org, call, person)})


def _refused() -> SoapFaultError:
    """One text for a wrong password, an inactive user and too many logins."""
    return SoapFaultError(
        "INVALID_LOGIN",
        "Invalid username, password, security token; or user locked out.",
        kind=_LOGIN,
    )


def _login_result(org: Org, call: Call, person: Person) -> Mapping[str, object]:
    base, number = instance_url(org, call), call.params["number"]
    short = org.sessions.org_id[:15]
    login = org.logins.get(person.id)
    return {
        "metadataServerUrl": f"{base}/services/Soap/m/{number}/{short}",
        "passwordExpired": login is not None and login.password_expired,
        "sandbox": is_sandbox(org),
        "serverUrl": f"{base}/services/Soap/u/{number}/{short}",
        "sessionId": org.sessions.open(person.id),
        "userId": person.id,
        "userInfo": _user_info(org, person.id),
    }


def _user_info(org: Org, user_id: str) -> Mapping[str, object]:
    user = org.database.one(
        'SELECT "ProfileId", "UserRoleId", "Email", "Name", "LanguageLocaleKey", "LocaleSidKey",'
        ' "Username", "TimeZoneSidKey", "UserType" FROM "User" WHERE "Id" = ?',
        (user_id,),
    )
    profile, role, email, name, language, locale, username, zone, kind = user or (None,) * 9
    organization = org.database.one('SELECT "Name" FROM "Organization"')
    return {
        "accessibilityMode": False,
        "chatterExternal": False,
        "currencySymbol": "$",
        "orgAttachmentFileSizeLimit": 26_214_400,
        "orgDefaultCurrencyIsoCode": "USD",
        "orgDefaultCurrencyLocale": "en_US",
        "orgDisallowHtmlAttachments": False,
        "orgHasPersonAccounts": False,
        "organizationId": org.sessions.org_id,
        "organizationMultiCurrency": False,
        "organizationName": organization[0] if organization else None,
        "profileId": profile,
        "roleId": role,
        "sessionSecondsValid": int(org.settings.session_timeout_minutes * 60),
        "userDefaultCurrencyIsoCode": None,
        "userEmail": email,
        "userFullName": name,
        "userId": user_id,
        "userLanguage": language,
        "userLocale": locale,
        "userName": username,
        "userTimeZone": zone,
        "userType": kind,
        "userUiSkin": "Theme3",
    }


def _session_user(org: Org, request: Request) -> str:
    token = request.headers.get("sessionId", "")
    minutes = org.settings.session_timeout_minutes
    session = org.sessions.find(token, minutes=minutes)
    if session is None:
        raise SoapFaultError(
            "INVALID_SESSION_ID",
            "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing"
            f" session key: {token}",
            kind=UNEXPECTED,
        )
    org.sessions.use(session, minutes=minutes)
    return session.user_id


def _logout(org: Org, _call: Call, request: Request) -> str:
    _session_user(org, request)
    org.sessions.expire(request.headers["sessionId"])
    return ""


def _get_user_info(org: Org, _call: Call, request: Request) -> str:
    return elements({"result": _user_info(org, _session_user(org, request))})


def _get_server_timestamp(org: Org, _call: Call, request: Request) -> str:
    _session_user(org, request)
    now = store_datetime(org.clock.now(), milliseconds=True)
    return elements({"result": {"timestamp": now}})


_OPERATIONS: Final[Mapping[str, Operation]] = {
    "login": _login,
    "logout": _logout,
    "getUserInfo": _get_user_info,
    "getServerTimestamp": _get_server_timestamp,
}

ROUTES = tuple(
    Route(method, f"/services/soap/{kind}/{{number}}{tail}", "soap", handler, open=True)
    for kind in ("u", "c")
    for tail in ("", "/{organization}")
    for method, handler in (("POST", soap), ("GET", only_post))
)
