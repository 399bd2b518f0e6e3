"""Bad input: a clear problem with the field and the remedy, and nothing half stored."""

import json
from typing import Any

import pytest

from syncline.errors import ConfigurationError, RateLimitedError, RetryableError, SyncError
from tests.unit.http.world import ACCOUNTS, ACME, CONNECTION, TASKS, World

JOB = f"{ACME}/jobs/tasks"
CRM = f"{ACME}/connections/crm"


def line(salesforce: str, platform: str, *, key: bool = False) -> dict[str, Any]:
    return {"salesforce": salesforce, "platform": platform, "key": key}


KEYS = [line("AccountId", "account_id", key=True), line("Id", "external_id", key=True)]
TITLED = [*KEYS, line("Subject", "title")]

REFUSED = [
    ("unknown kind", JOB, {**TASKS, "kind": "leads_inbound"}, "/kind", "unknown_kind"),
    ("no kind", JOB, {"connection": "crm"}, "/kind", "missing_field"),
    ("unknown key", JOB, {**TASKS, "fliter": "x"}, "/fliter", "unknown_field"),
    ("unknown nested key", JOB, {**TASKS, "notify": {"x": 1}}, "/notify/x", "unknown_field"),
    ("unknown connection", JOB, {**TASKS, "connection": "erp"}, "/connection",
     "unknown_connection"),
    ("no schedule time", JOB, {**TASKS, "schedule": {"every": "daily"}}, "/schedule/at",
     "missing_field"),
    ("bad cron", JOB, {**TASKS, "schedule": {"every": "cron", "cron": "61 * * * ? *"}},
     "/schedule/cron", "invalid_value"),
    ("bad zone", JOB, {**TASKS, "schedule": {"time_zone": "Mars/Base"}}, "/schedule/time_zone",
     "invalid_value"),
    ("unknown object", JOB, {**TASKS, "salesforce_object": "Visit__c"}, "/salesforce_object",
     "unknown_object"),
    ("refused filter", JOB, {**TASKS, "filter": "IsClosed = maybe"}, "/filter", "query_refused"),
    ("escaping filter", JOB, {**TASKS, "filter": "IsClosed = false) OR (Id != null"}, "/filter",
     "condition_escapes"),
    ("open text", JOB, {**TASKS, "filter": "Subject = 'x"}, "/filter", "condition_open"),
    ("no key", JOB, {**TASKS, "mapping": [*KEYS[:1], line("Subject", "title")]}, "/mapping",
     "missing_key"),
    ("unmarked key", JOB,
     {**TASKS, "mapping": [*KEYS[:1], line("Id", "external_id"), line("Subject", "title")]},
     "/mapping", "missing_key"),
    ("no title", JOB, {**TASKS, "mapping": KEYS}, "/mapping", "mandatory_not_mapped"),
    ("unknown field", JOB, {**TASKS, "mapping": [*TITLED, line("Subjct", "description")]},
     "/mapping/3/salesforce", "unknown_field"),
    ("unknown deep field", JOB,
     {**TASKS, "mapping": [*TITLED, line("Account.Owner.Mail", "assigner")]},
     "/mapping/3/salesforce", "unknown_field"),
    ("field for relationship", JOB, {**TASKS, "mapping": [*TITLED, line("OwnerId.Email",
     "assigner")]}, "/mapping/3/salesforce", "unknown_field"),
    ("unknown attribute", JOB, {**TASKS, "mapping": [*TITLED, line("Status", "stauts")]},
     "/mapping/3/platform", "unknown_attribute"),
    ("wrong type", JOB, {**TASKS, "mapping": [*TITLED, line("Subject", "due_date")]},
     "/mapping/3/salesforce", "wrong_type"),
    ("compound field", f"{ACME}/jobs/accounts",
     {**ACCOUNTS, "mapping": [line("Id", "external_id", key=True), line("Name", "name"),
                              line("BillingAddress", "city")]},
     "/mapping/2/salesforce", "wrong_type"),
    ("parent is no reference", JOB,
     {**TASKS, "mapping": [line("Subject", "account_id", key=True), *TITLED[1:]]},
     "/mapping/0/salesforce", "wrong_type"),
    ("target twice", JOB, {**TASKS, "mapping": [*TITLED, line("Description", "title")]},
     "/mapping/3/platform", "target_mapped_twice"),
    ("no credentials", f"{ACME}/connections/new", {"login_url": CONNECTION["login_url"]},
     "/credentials", "credentials_missing"),
    ("no client secret", CRM, {**CONNECTION, "credentials": {"client_id": "x"}},
     "/credentials/client_secret", "missing_field"),
    ("no refresh token", CRM, {**CONNECTION, "credentials": {
        "flow": "refresh_token", "client_id": "x", "client_secret": "y"}},
     "/credentials/refresh_token", "missing_field"),
    ("plain http", CRM, {**CONNECTION, "login_url": "http://acme.my.salesforce.com"},
     "/login_url", "not_encrypted"),
    ("no address", CRM, {**CONNECTION, "login_url": "acme"}, "/login_url",
     "string_pattern_mismatch"),
    ("bad title", ACME, {"title": 5}, "/title", "string_type"),
    ("foreign object", ACME, {"attributes": {"invoice": {"no": "text"}}}, "/attributes",
     "invalid_value"),
    ("taken attribute", ACME, {"attributes": {"task": {"title": "text"}}}, "/attributes",
     "invalid_value"),
    ("not an object", ACME, [], "", "model_type"),
    ("unknown record attribute", f"{ACME}/records/task/t1", {"values": {"titel": "x"}},
     "/values/titel", "unknown_attribute"),
    ("unfit record value", f"{ACME}/records/task/t1", {"values": {"due_date": "tomorrow"}},
     "/values/due_date", "value_does_not_fit"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "field", "code"), [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)  # fmt: skip
def test_a_refusal_names_field_and_remedy_and_stores_nothing(
    api: World, path: str, body: object, field: str, code: str
) -> None:
    before, secrets = api.cloud.dump(), api.cloud.secrets.writes

    reply = api("PUT", path, body)

    assert reply.status == 422
    assert ("body", field, code) in reply.flaws
    assert all(each["remedy"] and each["message"] for each in reply.body["errors"])
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.body["instance"] == path
    assert (api.cloud.dump(), api.cloud.secrets.writes) == (before, secrets)
    assert api.log.failures == []


def test_every_finding_comes_at_once(api: World) -> None:
    mapping = [line("Idd", "external_id", key=True), line("Subjct", "titel")]

    reply = api("PUT", JOB, {**TASKS, "mapping": mapping, "filter": "IsClosed = maybe"})

    assert [field for _, field, _ in reply.flaws] == [
        "/mapping/0/salesforce", "/mapping/1/platform", "/mapping/1/salesforce", "/mapping",
        "/mapping", "/filter",
    ]  # fmt: skip
    assert "Did you mean 'Id'?" in reply.body["errors"][0]["remedy"]
    assert "Did you mean 'title'?" in reply.body["errors"][1]["remedy"]


def test_salesforces_own_words_reach_the_person(api: World) -> None:
    reply = api("PUT", JOB, {**TASKS, "filter": "IsClosed = maybe"})

    assert reply.code == "query_refused"
    assert reply.body["detail"].startswith("Salesforce refused the query")
    assert reply.body["errors"][0]["value"] == "IsClosed = maybe"


def test_the_remedy_for_a_misspelt_key_lists_the_known_ones(api: World) -> None:
    reply = api("PUT", JOB, {**TASKS, "delete_guard": {"max_nmber": 1}})

    assert "known here: max_number, max_share" in reply.body["errors"][0]["remedy"]


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"client_id": "x", "client_secret": ["hush-4711"]}, "/credentials/client_secret"),
        ({"client_id": "x", "client_secret": 4711}, "/credentials/client_secret"),
        ({"client_id": "x", "client_secret": "y", "pin": "hush-4711"}, "/credentials/pin"),
        ("hush-4711", "/credentials"),
    ],
)
def test_a_secret_is_never_repeated(api: World, credentials: object, field: str) -> None:
    reply = api("PUT", CRM, {**CONNECTION, "credentials": credentials})

    assert [each["field"] for each in reply.body["errors"]] == [field]
    assert "4711" not in json.dumps(reply.body)


OUTSIDE = [
    (ConfigurationError("Salesforce refused the login: invalid_client", code="login_refused",
                        field="credentials", remedy="Correct client_id and client_secret."),
     422, "login_refused"),
    (RetryableError("the org cannot be reached", code="org_unreachable"), 503, "org_unreachable"),
    (RateLimitedError("too many requests", retry_after_seconds=90), 503, "rate_limited"),
]  # fmt: skip


@pytest.mark.parametrize("outside", OUTSIDE, ids=[case[2] for case in OUTSIDE])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{CRM}/test", None),
        ("POST", f"{ACME}/jobs/new/validate", TASKS),
        ("POST", f"{ACME}/jobs/new/preview", TASKS),
        ("PUT", f"{ACME}/jobs/new", TASKS),
    ],
    ids=["test", "validate", "preview", "save"],
)
def test_what_the_org_says_is_told_and_nothing_is_stored(
    api: World, method: str, path: str, body: object, outside: tuple[SyncError, int, str]
) -> None:
    error, status, code = outside
    before = api.cloud.dump()
    api.crm.faults.append(error)

    reply = api(method, path, body)

    assert (reply.status, reply.code) == (status, code)
    assert reply.body["detail"] == error.message
    assert reply.body["remedy"]
    assert ("retry-after" in reply.headers) == (status == 503)
    assert api.cloud.dump() == before


def test_an_org_that_cannot_be_reached_names_the_address_to_look_at(api: World) -> None:
    api.crm.faults.append(RetryableError("127.0.0.1:1 cannot be reached", code="org_unreachable"))

    reply = api("POST", f"{CRM}/test")

    assert [each["field"] for each in reply.body["errors"]] == ["/login_url"]
    assert "login_url" in reply.body["errors"][0]["remedy"]


def test_an_exhausted_org_says_when_to_come_back(api: World) -> None:
    api.crm.faults.append(RateLimitedError("too many requests", retry_after_seconds=90))

    assert api("POST", f"{CRM}/test").headers["retry-after"] == "90"


@pytest.mark.parametrize(("size", "status"), [(4_000_000, 200), (4_000_001, 413)])
def test_a_body_just_over_the_limit_is_refused(api: World, size: int, status: int) -> None:
    body = '{"title": "Acme"}'
    before = api.cloud.dump()

    reply = api("PUT", ACME, body.ljust(size))

    assert reply.status == status
    assert api.cloud.dump() == before
    if status == 413:
        assert reply.code == "body_too_large"
        assert "4,000,000" in reply.body["detail"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"title": "Acme",\n "x" 1}', "line 2, column 6"),
        ('{"title": NaN}', "NaN"),
        ('{"title": ' + "1" * 5000 + "}", "too many digits"),
        ('{"title": "\ud800"}', "UTF-8"),
        ("[" * 100_000, "nested too deeply"),
        ("", "empty"),
        ("  ", "empty"),
    ],
)
def test_a_body_that_is_no_json_says_where(api: World, body: str, said: str) -> None:
    reply = api("PUT", ACME, body)

    assert (reply.status, reply.code) == (400, "malformed_json")
    assert said in reply.body["detail"]


def test_a_lone_surrogate_written_as_an_escape_is_refused(api: World) -> None:
    reply = api("PUT", ACME, '{"title": "\\ud800"}')

    assert reply.flaws == [("body", "/title", "string_unicode")]


@pytest.mark.parametrize("media_type", ["text/plain", "", "application/xml"])
def test_only_json_is_understood(api: World, media_type: str) -> None:
    reply = api("PUT", ACME, {"title": "x"}, headers={"content-type": media_type})

    assert (reply.status, reply.code) == (415, "unsupported_media_type")
    assert reply.body["errors"][0]["remedy"] == "Set Content-Type to application/json."


def test_a_charset_beside_json_is_no_matter(api: World) -> None:
    headers = {"content-type": "application/json; charset=utf-8"}

    assert api("PUT", ACME, {"title": "x"}, headers=headers).status == 200


@pytest.mark.parametrize("path", ["/v1", "/v1/workspaces", "/nope", f"{ACME}/jobs/", "//"])
def test_an_unknown_path_is_a_problem(api: World, path: str) -> None:
    reply = api("GET", path)

    assert (reply.status, reply.code) == (404, "unknown_route")


def test_a_wrong_method_says_which_are_right(api: World) -> None:
    reply = api("PATCH", f"{ACME}/jobs/tasks", {})

    assert (reply.status, reply.headers["allow"]) == (405, "DELETE, GET, PUT")


@pytest.mark.parametrize(
    ("what", "path"),
    [
        ("workspace", "/v1/workspaces/Acme"),
        ("connection", f"{ACME}/connections/my_crm"),
        ("job", f"{ACME}/jobs/{'j' * 49}"),
        ("id", f"{ACME}/records/task/a%20b"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused(api: World, what: str, path: str) -> None:
    reply = api("PUT", path, {})

    assert reply.flaws == [("path", what, "invalid_name")]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", "", "1" * 5000, "²"])
def test_a_limit_out_of_range_is_refused(api: World, limit: str) -> None:
    reply = api("GET", f"{ACME}/records/task", query={"limit": limit})

    assert (reply.status, reply.flaws[0][:2]) == (400, ("query", "limit"))


@pytest.mark.parametrize("cursor", ["", "x", "W10=", "eyJhIjoxfQ==", "WzEsMl0=", "é"])
def test_a_foreign_cursor_is_refused(api: World, cursor: str) -> None:
    reply = api("GET", f"{ACME}/records/task", query={"cursor": cursor})

    assert (reply.status, reply.code) == (400, "invalid_cursor")
