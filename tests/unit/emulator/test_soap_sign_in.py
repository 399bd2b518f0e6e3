"""The SOAP login that older clients use: its answers, its faults, and what it must not read."""

import re
from xml.sax.saxutils import escape

import pytest

from local.salesforce.http.dispatch import answer
from local.salesforce.http.messages import Answer, Call
from local.salesforce.inprocess import Api
from tests.unit.emulator.doors import LOGIN_HOST, control

USERNAME = "integration@emulator.example"
SECRETS = "emulator-password-1EmulatorSecurityToken001"
WRONG = "Invalid username, password, security token; or user locked out."
PARTNER = "urn:partner.soap.sforce.com"


def envelope(body: str, *, session: str = "", namespace: str = PARTNER) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:u="{namespace}"><e:Header><u:SessionHeader><u:sessionId>{session}</u:sessionId>'
        f"</u:SessionHeader></e:Header><e:Body>{body}</e:Body></e:Envelope>"
    ).encode()


def login_body(username: str = USERNAME, password: str = SECRETS) -> bytes:
    return envelope(
        f"<u:login><u:username>{escape(username)}</u:username>"
        f"<u:password>{escape(password)}</u:password></u:login>"
    )


def posted(
    api: Api, body: bytes, *, version: str = "62.0", kind: str = "u", method: str = "POST"
) -> tuple[Answer, str]:
    headers = {"soapaction": "login", "content-type": "text/xml"}
    path = f"/services/Soap/{kind}/{version}"
    found = answer(api.org, Call(method, path, headers=headers, body=body, origin=LOGIN_HOST))
    return found, found.content().decode()


def text_of(xml: str, name: str) -> str:
    found = re.search(f"<{name}>(.*?)</{name}>", xml)
    assert found is not None, xml
    return found[1]


def assert_fault(found: Answer, xml: str, code: str, message: str) -> None:
    assert found.status == 500
    assert text_of(xml, "sf:exceptionCode") == code
    assert text_of(xml, "sf:exceptionMessage") == message
    assert text_of(xml, "faultcode") == f"sf:{code}"
    assert text_of(xml, "faultstring") == f"{code}: {message}"


def test_login_tells_session_and_addresses(api: Api) -> None:
    found, xml = posted(api, login_body(USERNAME.upper()))

    base, short = "https://syncline.my.salesforce.com/services/Soap", api.org.sessions.org_id[:15]
    assert (found.status, found.media) == (200, "text/xml; charset=utf-8")
    assert text_of(xml, "serverUrl") == f"{base}/u/62.0/{short}"
    assert text_of(xml, "metadataServerUrl") == f"{base}/m/62.0/{short}"
    assert text_of(xml, "organizationId") == api.org.sessions.org_id
    assert text_of(xml, "userName") == USERNAME
    assert text_of(xml, "passwordExpired") == "false"
    assert text_of(xml, "sessionSecondsValid") == "7200"
    assert Api(api.org, text_of(xml, "sessionId")).call("GET", "limits")[0] == 200


def test_a_sandbox_says_so(api: Api) -> None:
    control(api, "settings", my_domain="acme--dev.sandbox")

    _, xml = posted(api, login_body())

    assert text_of(xml, "sandbox") == "true"
    assert text_of(xml, "serverUrl").startswith("https://acme--dev.sandbox.my.salesforce.com/")


@pytest.mark.parametrize(
    ("username", "password"),
    [
        (USERNAME, "wrong"),
        ("no@body.example", SECRETS),
        (USERNAME, "emulator-password-1"),
        ("", ""),
    ],
)
def test_a_wrong_login_is_a_fault(api: Api, username: str, password: str) -> None:
    found, xml = posted(api, login_body(username, password))

    assert_fault(found, xml, "INVALID_LOGIN", WRONG)
    assert '<sf:LoginFault xsi:type="sf:LoginFault">' in xml


def test_an_inactive_user_is_told_no_more(api: Api) -> None:
    control(api, "users", username=USERNAME, fields={"IsActive": False})

    assert_fault(*posted(api, login_body()), "INVALID_LOGIN", WRONG)


def test_passwords_may_hold_any_letter(api: Api) -> None:
    control(api, "users", username=USERNAME, password="<&>'é😀", security_token="")

    found, _ = posted(api, login_body(password="<&>'é😀"))

    assert found.status == 200


def test_an_expired_password_lets_in_to_nothing(api: Api) -> None:
    control(api, "users", username=USERNAME, password_expired=True)

    _, xml = posted(api, login_body())

    status, body = Api(api.org, text_of(xml, "sessionId")).call("GET", "limits")
    assert text_of(xml, "passwordExpired") == "true"
    assert (status, body) == (
        401,
        [
            {
                "message": "Your password has expired. Please reset your password.",
                "errorCode": "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
            }
        ],
    )


def test_login_may_be_off(api: Api) -> None:
    control(api, "settings", soap_login=False)

    assert_fault(
        *posted(api, login_body()),
        "INVALID_OPERATION",
        "SOAP API login() is disabled by default in this org. Contact the org administrator to"
        " enable SOAP API login().",
    )


def test_login_ended_with_version_64(api: Api) -> None:
    last, _ = posted(api, login_body(), version="64.0")
    gone, xml = posted(api, login_body(), version="65.0")

    assert last.status == 200
    assert gone.status == 500
    assert text_of(xml, "faultcode") == "soapenv:Client"
    assert text_of(xml, "faultstring") == (
        "No operation available for request {urn:partner.soap.sforce.com}login, please check the"
        " WSDL for the service."
    )


@pytest.mark.parametrize("version", ["v62.0", "99.0", "30.0", "62.5", "latest"])
def test_a_version_must_exist(api: Api, version: str) -> None:
    assert_fault(
        *posted(api, login_body(), version=version),
        "UNSUPPORTED_API_VERSION",
        "Invalid Api version specified on URL",
    )


def test_the_session_ends_with_logout(api: Api) -> None:
    session = text_of(posted(api, login_body())[1], "sessionId")

    _, who = posted(api, envelope("<u:getUserInfo/>", session=session))
    _, when = posted(api, envelope("<u:getServerTimestamp/>", session=session))
    out, _ = posted(api, envelope("<u:logout/>", session=session))

    assert text_of(who, "userName") == USERNAME
    assert text_of(when, "timestamp") == "2026-03-10T12:00:00.000Z"
    assert out.status == 200
    assert Api(api.org, session).call("GET", "limits")[0] == 401
    found, xml = posted(api, envelope("<u:logout/>", session=session))
    assert (found.status, text_of(xml, "sf:exceptionCode")) == (500, "INVALID_SESSION_ID")


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>&b;</e:Body>'
    "</e:Envelope>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>'


@pytest.mark.parametrize(
    "body",
    [b"", b"junk", b"<a><b></a>", b"<x>&Cl</x>", BOMB.encode(), OUTSIDE.encode(), b"\xff\xfe\x00",
     b"<a>" * 30 + b"</a>" * 30, b"<a>" + b" " * 1_000_001 + b"</a>"],
)  # fmt: skip
def test_what_is_no_envelope_is_a_fault(api: Api, body: bytes) -> None:
    found, xml = posted(api, body)

    assert found.status == 500
    assert text_of(xml, "sf:exceptionCode") == "UNKNOWN_EXCEPTION"


@pytest.mark.parametrize("body", [b"<a/>", envelope(""), envelope("<u:query/>"),
                                  envelope("<u:login/>", namespace="urn:other")])  # fmt: skip
def test_an_unknown_operation_is_a_fault(api: Api, body: bytes) -> None:
    found, xml = posted(api, body)

    assert found.status == 500
    assert text_of(xml, "faultstring").startswith("No operation available for request {")


def test_the_action_header_must_be_there(api: Api) -> None:
    call = Call("POST", "/services/Soap/u/62.0", body=login_body(), origin=LOGIN_HOST)

    xml = answer(api.org, call).content().decode()

    assert text_of(xml, "faultstring") == "SOAPAction HTTP header missing"


def test_only_post_is_allowed(api: Api) -> None:
    found, page = posted(api, b"", method="GET")

    assert found.status == 405
    assert "Only POST allowed" in page


def test_a_soap_session_is_not_revoked_by_oauth(api: Api) -> None:
    session = text_of(posted(api, login_body())[1], "sessionId")

    found = api.send("POST", "/services/oauth2/revoke", query={"token": session})

    assert found.status == 400
    assert found.body == {
        "error": "unsupported_token_type",
        "error_description": "this token type is not supported",
    }
