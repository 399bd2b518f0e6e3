"""Requests as clients really send them, good and bad, over real sockets: never an accident."""

import httpx
import pytest

from local.salesforce.running import Running
from tests.unit.emulator.doors import code_of

BASE = "/services/data/v62.0"
NAME = b'{"Name": "typed"}'


@pytest.mark.parametrize("letters", [16_400, 60_000])
def test_an_address_may_be_too_long(wire: httpx.Client, letters: int) -> None:
    answer = wire.get(f"{BASE}/query", params={"q": "x" * letters})

    assert answer.status_code == 414
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text == "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"
    assert "Sforce-Limit-Info" not in answer.headers


@pytest.mark.parametrize("letters", [16_300, 100_000])
def test_address_and_headers_may_be_too_long(
    live: Running, wire: httpx.Client, letters: int
) -> None:
    answer = wire.get(f"{BASE}/limits", headers={"X-Long": "x" * letters})

    assert answer.status_code == 431
    assert answer.text == (
        "<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>"
    )
    assert [entry["status"] for entry in live.control.journal()] == [431]


def test_address_and_headers_count_together(wire: httpx.Client) -> None:
    half = "x" * 9_000

    answer = wire.get(f"{BASE}/limits", params={"q": half}, headers={"X-Long": half})

    assert answer.status_code == 431


def test_fifteen_thousand_letters_are_not_too_long(wire: httpx.Client) -> None:
    statement = "SELECT COUNT() FROM User" + " " * 15_000

    answer = wire.get(f"{BASE}/query", params={"q": statement})

    assert answer.json()["totalSize"] == 1


def test_pretty_print_spreads_an_answer_out(wire: httpx.Client) -> None:
    headers = {"X-PrettyPrint": "1"}

    versions = wire.get("/services/data", headers=headers)
    refused = wire.get(f"{BASE}/nowhere", headers=headers)

    assert versions.text.startswith(
        '[ {\n  "label" : "Summer \'14",\n  "url" : "/services/data/v31.0",\n'
        '  "version" : "31.0"\n}, {\n'
    )
    assert refused.text == (
        '[ {\n  "errorCode" : "NOT_FOUND",\n'
        '  "message" : "The requested resource does not exist"\n} ]'
    )


def test_an_unknown_resource_costs_a_call(wire: httpx.Client) -> None:
    answer = wire.get(f"{BASE}/nowhere/at/all")

    assert (answer.status_code, code_of(answer)) == (404, "NOT_FOUND")
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=1/100000"


def test_strangers_do_not_learn_what_there_is(wire: httpx.Client) -> None:
    answers = [
        wire.request(method, path, headers={"Authorization": "Bearer nonsense"})
        for method, path in (("GET", f"{BASE}/nowhere"), ("PUT", f"{BASE}/limits"))
    ]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert "Sforce-Limit-Info" not in answers[0].headers


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "limits", "HEAD,GET"),
        ("OPTIONS", "limits", "HEAD,GET"),
        ("PATCH", "sobjects/Account", "HEAD,GET,POST"),
        ("GET", "jobs/query/750000000000001/nowhere/x", None),
    ],
)
def test_a_wrong_method_names_the_right_ones(
    wire: httpx.Client, method: str, path: str, allowed: str | None
) -> None:
    answer = wire.request(method, f"{BASE}/{path}")

    if allowed is None:
        assert answer.status_code == 404
    else:
        assert answer.status_code == 405
        assert answer.json() == [
            {
                "errorCode": "METHOD_NOT_ALLOWED",
                "message": f"HTTP Method '{method}' not allowed. Allowed are {allowed}",
            }
        ]


def test_head_is_a_get_without_a_body(wire: httpx.Client) -> None:
    answer = wire.head(f"{BASE}/limits")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=1/100000"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 201),
        ("Application/JSON; charset=utf-8", 201),
        ("application/xml", 415),
        ("application/x-www-form-urlencoded", 415),
        ("text/plain", 415),
    ],
)
def test_a_body_must_be_said_to_be_json(wire: httpx.Client, kind: str, status: int) -> None:
    answer = wire.post(f"{BASE}/sobjects/Account", content=NAME, headers={"Content-Type": kind})

    assert answer.status_code == status
    if status == 415:
        assert answer.json() == [
            {
                "message": f"MediaType of '{kind}' is not supported by this resource",
                "errorCode": "UNSUPPORTED_MEDIA_TYPE",
            }
        ]


def test_a_post_may_stand_for_a_patch(wire: httpx.Client) -> None:
    made = wire.post(f"{BASE}/sobjects/Account/", json={"Name": "before"}).json()
    path = f"{BASE}/sobjects/Account/{made['id']}"

    changed = wire.post(path, params={"_HttpMethod": "PATCH"}, json={"Name": "after"})

    assert changed.status_code == 204
    assert wire.get(path).json()["Name"] == "after"


@pytest.mark.parametrize("query", ["q=SELECT+COUNT()+FROM+User", "q=SELECT%20COUNT()%20FROM%20User",
                                   "q=SELECT+COUNT()+FROM+User&q=junk&x=%zz&=&&y"])  # fmt: skip
def test_blanks_and_repetitions_in_a_query(wire: httpx.Client, query: str) -> None:
    answer = wire.get(f"{BASE}/query/?{query}")

    assert (answer.status_code, answer.json()["totalSize"]) == (200, 1)


@pytest.mark.parametrize(
    "path",
    ["sobjects/%zz", "sobjects/%", "sobjects/%ff%fe", "sobjects//Account", "sobjects/Account/%00",
     "query?q=%ff", "query?q=%00", "query/%2e%2e/%2f", "sobjects/Account/Id/%F0%9F%98%80"],
)  # fmt: skip
def test_odd_escapes_are_no_accident(wire: httpx.Client, path: str) -> None:
    answer = wire.get(f"{BASE}/{path}")

    assert answer.status_code in (400, 404)
    assert code_of(answer) != "UNKNOWN_EXCEPTION"


@pytest.mark.parametrize("host", ["[", "a b", "x" * 300, "", "localhost:99999999"])
def test_any_host_header_is_answered(live: Running, wire: httpx.Client, host: str) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": live.client_id,
        "client_secret": live.client_secret,
    }

    answer = wire.post("/services/oauth2/token", data=form, headers={"Host": host})

    assert answer.status_code == 200


def test_an_app_may_be_metered(live: Running, wire: httpx.Client) -> None:
    live.control.settings(per_app_api_requests=250)
    before = wire.get(f"{BASE}/limits").headers["Sforce-Limit-Info"]

    after = wire.get(f"{BASE}/limits").headers["Sforce-Limit-Info"]

    used = [int(each.partition("per-app-api-usage=")[2].partition("/")[0])
            for each in (before, after)]  # fmt: skip
    assert after.startswith("api-usage=2/100000; per-app-api-usage=")
    assert after.endswith("/250(appName=Syncline)")
    assert used[1] == used[0] + 1


def test_limits_agree_with_the_header(wire: httpx.Client) -> None:
    answer = wire.get(f"{BASE}/limits/")

    assert answer.json()["DailyApiRequests"] == {"Max": 100_000, "Remaining": 99_999}
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=1/100000"


def test_only_the_rest_api_tells_its_usage(wire: httpx.Client) -> None:
    answers = [
        wire.get(path) for path in ("/services/data/", "/services/oauth2/userinfo", "/id/a/b")
    ]

    assert all("Sforce-Limit-Info" not in answer.headers for answer in answers)
