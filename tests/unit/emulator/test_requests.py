"""Requests as clients really send them, good and bad, over real sockets: never an accident."""

import gzip
import json
import ssl
import zlib
from collections.abc import Iterator

import httpx
import pytest

from local.salesforce.running import Running, start

BASE = "/services/data/v62.0"
NAME = json.dumps({"Name": "packed"}).encode()
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with start() as running:
        yield running


@pytest.fixture
def client(emulator: Running) -> Iterator[httpx.Client]:
    emulator.control.settings(requests_used=0, per_app_api_requests=0)
    trusted = ssl.create_default_context(cafile=emulator.ca)
    with httpx.Client(base_url=emulator.https, verify=trusted, trust_env=False) as client:
        form = {
            "grant_type": "client_credentials",
            "client_id": emulator.client_id,
            "client_secret": emulator.client_secret,
        }
        token = client.post("/services/oauth2/token", data=form).json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        emulator.control.clear_journal()
        yield client


def code_of(answer: httpx.Response) -> str:
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8", answer.text
    return str(answer.json()[0]["errorCode"])


@pytest.mark.parametrize("letters", [16_400, 60_000])
def test_an_address_may_be_too_long(client: httpx.Client, letters: int) -> None:
    answer = client.get(f"{BASE}/query", params={"q": "x" * letters})

    assert answer.status_code == 414
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text == "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"
    assert "Sforce-Limit-Info" not in answer.headers


@pytest.mark.parametrize("letters", [16_300, 100_000])
def test_address_and_headers_may_be_too_long(
    emulator: Running, client: httpx.Client, letters: int
) -> None:
    answer = client.get(f"{BASE}/limits", headers={"X-Long": "x" * letters})

    assert answer.status_code == 431
    assert answer.text == (
        "<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>"
    )
    assert [entry["status"] for entry in emulator.control.journal()] == [431]


def test_fifteen_thousand_letters_are_not_too_long(client: httpx.Client) -> None:
    statement = "SELECT COUNT() FROM User" + " " * 15_000

    answer = client.get(f"{BASE}/query", params={"q": statement})

    assert answer.json()["totalSize"] == 1


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(NAME)),
        ("GZIP", gzip.compress(NAME[:5]) + gzip.compress(NAME[5:])),
        ("deflate", zlib.compress(NAME)),
        ("deflate", deflated(NAME)),
        ("identity", NAME),
    ],
)
def test_a_body_may_be_packed(client: httpx.Client, encoding: str, body: bytes) -> None:
    headers = {**JSON, "Content-Encoding": encoding}

    answer = client.post(f"{BASE}/sobjects/Account", content=body, headers=headers)

    assert answer.status_code == 201


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("body", [b"no packing at all", gzip.compress(NAME)[:-9], b"\x1f"])
def test_a_badly_packed_body_is_told(client: httpx.Client, encoding: str, body: bytes) -> None:
    headers = {**JSON, "Content-Encoding": encoding}

    answer = client.post(f"{BASE}/sobjects/Account", content=body, headers=headers)
    after = client.get(f"{BASE}/limits")

    assert (answer.status_code, code_of(answer)) == (400, "JSON_PARSER_ERROR")
    assert after.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "used"),
    [
        ("gzip", "gzip"),
        ("deflate", "deflate"),
        ("deflate, gzip;q=0.5", "gzip"),
        ("gzip;q=0, deflate", "deflate"),
        ("br", None),
        ("identity", None),
    ],
)
def test_an_answer_is_packed_as_asked(client: httpx.Client, accepted: str, used: str) -> None:
    answer = client.get(f"{BASE}/sobjects/Task/describe", headers={"Accept-Encoding": accepted})

    assert answer.headers.get("Content-Encoding") == used
    assert answer.json()["name"] == "Task"


def test_pretty_print_spreads_an_answer_out(client: httpx.Client) -> None:
    headers = {"X-PrettyPrint": "1"}

    versions = client.get("/services/data", headers=headers)
    refused = client.get(f"{BASE}/nowhere", headers=headers)

    assert versions.text.startswith(
        '[ {\n  "label" : "Summer \'14",\n  "url" : "/services/data/v31.0",\n'
        '  "version" : "31.0"\n}, {\n'
    )
    assert refused.text == (
        '[ {\n  "errorCode" : "NOT_FOUND",\n'
        '  "message" : "The requested resource does not exist"\n} ]'
    )


def test_an_unknown_resource_costs_a_call(client: httpx.Client) -> None:
    answer = client.get(f"{BASE}/nowhere/at/all")

    assert (answer.status_code, code_of(answer)) == (404, "NOT_FOUND")
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=1/100000"


def test_strangers_do_not_learn_what_there_is(client: httpx.Client) -> None:
    answers = [
        client.request(method, path, headers={"Authorization": "Bearer nonsense"})
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
    client: httpx.Client, method: str, path: str, allowed: str | None
) -> None:
    answer = client.request(method, f"{BASE}/{path}")

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


def test_head_is_a_get_without_a_body(client: httpx.Client) -> None:
    answer = client.head(f"{BASE}/limits")

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
def test_a_body_must_be_said_to_be_json(client: httpx.Client, kind: str, status: int) -> None:
    answer = client.post(f"{BASE}/sobjects/Account", content=NAME, headers={"Content-Type": kind})

    assert answer.status_code == status
    if status == 415:
        assert answer.json() == [
            {
                "message": f"MediaType of '{kind}' is not supported by this resource",
                "errorCode": "UNSUPPORTED_MEDIA_TYPE",
            }
        ]


def test_a_post_may_stand_for_a_patch(client: httpx.Client) -> None:
    made = client.post(f"{BASE}/sobjects/Account/", json={"Name": "before"}).json()
    path = f"{BASE}/sobjects/Account/{made['id']}"

    changed = client.post(path, params={"_HttpMethod": "PATCH"}, json={"Name": "after"})

    assert changed.status_code == 204
    assert client.get(path).json()["Name"] == "after"


BAD_BODIES = [
    b"", b" ", b"{", b"nothing", b'{"Name"}', b'{"Name": "x",}', b'{"Name": NaN}', b'{"Name": "x"',
    b'{"Name": "\x00"}', b'{"Name": "caf\xe9"}', b"\xff\xfe\xff", b"[" * 100_000, b'"text"',
    b"null", b"7", b"[]", b'{"Name": ' + b"9" * 5_000 + b"}", b"\x1f\x8b\x08",
]  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_body_that_is_no_record_is_a_400(client: httpx.Client, body: bytes) -> None:
    answer = client.post(f"{BASE}/sobjects/Account", content=body, headers=JSON)

    assert (answer.status_code, code_of(answer)) == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_must_be_one_of_json(client: httpx.Client, number: str) -> None:
    body = f'{{"Name": "odd", "AnnualRevenue": {number}}}'

    answer = client.post(f"{BASE}/sobjects/Account", content=body, headers=JSON)

    assert (answer.status_code, code_of(answer)) == (400, "JSON_PARSER_ERROR")
    assert answer.json()[0]["message"].startswith(f"Non-standard token '{number}'")


@pytest.mark.parametrize("form", ["utf-8-sig", "utf-16", "utf-32"])
def test_other_kinds_of_unicode_are_read(client: httpx.Client, form: str) -> None:
    body = '{"Name": "café 😀"}'.encode(form)

    answer = client.post(f"{BASE}/sobjects/Account", content=body, headers=JSON)

    found = client.get(f"{BASE}/sobjects/Account/{answer.json()['id']}")
    assert found.json()["Name"] == "café 😀"


def test_half_a_character_becomes_a_question_mark(client: httpx.Client) -> None:
    body = rb'{"Name": "half \ud83d whole \ud83d\ude00"}'

    answer = client.post(f"{BASE}/sobjects/Account", content=body, headers=JSON)

    found = client.get(f"{BASE}/sobjects/Account/{answer.json()['id']}")
    assert found.json()["Name"] == "half ? whole 😀"


@pytest.mark.parametrize("query", ["q=SELECT+COUNT()+FROM+User", "q=SELECT%20COUNT()%20FROM%20User",
                                   "q=SELECT+COUNT()+FROM+User&q=junk&x=%zz&=&&y"])  # fmt: skip
def test_blanks_and_repetitions_in_a_query(client: httpx.Client, query: str) -> None:
    answer = client.get(f"{BASE}/query/?{query}")

    assert (answer.status_code, answer.json()["totalSize"]) == (200, 1)


@pytest.mark.parametrize(
    "path",
    ["sobjects/%zz", "sobjects/%", "sobjects/%ff%fe", "sobjects//Account", "sobjects/Account/%00",
     "query?q=%ff", "query?q=%00", "query/%2e%2e/%2f", "sobjects/Account/Id/%F0%9F%98%80"],
)  # fmt: skip
def test_odd_escapes_are_no_accident(client: httpx.Client, path: str) -> None:
    answer = client.get(f"{BASE}/{path}")

    assert answer.status_code in (400, 404)
    assert code_of(answer) != "UNKNOWN_EXCEPTION"


def test_an_app_may_be_metered(emulator: Running, client: httpx.Client) -> None:
    emulator.control.settings(per_app_api_requests=250)
    before = client.get(f"{BASE}/limits").headers["Sforce-Limit-Info"]

    after = client.get(f"{BASE}/limits").headers["Sforce-Limit-Info"]

    used = [int(each.partition("per-app-api-usage=")[2].partition("/")[0])
            for each in (before, after)]  # fmt: skip
    assert after.startswith("api-usage=2/100000; per-app-api-usage=")
    assert after.endswith("/250(appName=Syncline)")
    assert used[1] == used[0] + 1


def test_limits_agree_with_the_header(client: httpx.Client) -> None:
    answer = client.get(f"{BASE}/limits/")

    assert answer.json()["DailyApiRequests"] == {"Max": 100_000, "Remaining": 99_999}
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=1/100000"


def test_only_the_rest_api_tells_its_usage(client: httpx.Client) -> None:
    answers = [
        client.get(path) for path in ("/services/data/", "/services/oauth2/userinfo", "/id/a/b")
    ]

    assert all("Sforce-Limit-Info" not in answer.headers for answer in answers)
