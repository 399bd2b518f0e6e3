"""What only a Salesforce can do to a Crm: sessions that end, servers that fail, Bulk's own CSV."""

from collections.abc import Iterator
from typing import Any

import pytest

from syncline.config.models import Connection
from syncline.engine.records import Change
from syncline.errors import ConfigurationError, RateLimitedError, RetryableError
from syncline.ports import Batch, ReadRequest
from syncline.salesforce.connect import Options, open_connection
from syncline.salesforce.tokens import forget_sessions
from tests.contract.crm_orgs import Emulated, changes, emulator, keys, record_id

TASKS = ReadRequest("Task", ("Subject",), batch_size=5)
STAMP = "2026-01-01T11:00:00Z"


@pytest.fixture(scope="module")
def running() -> Iterator[Emulated]:
    with emulator() as found:
        yield found


@pytest.fixture
def org(running: Emulated) -> Emulated:
    return running.fresh("rest")


def _load(org: Emulated, count: int, **fields: Any) -> list[str]:
    ids = [record_id("Task", number) for number in range(count)]
    org.control.load(
        ("Task", {"Id": id, "SystemModstamp": STAMP, "Subject": f"s{at}", **fields})
        for at, id in enumerate(ids)
    )
    return ids


def _counts(org: Emulated) -> dict[str, int]:
    return {name: count for name, count in org.control.counts().items() if name != "token"}


@pytest.mark.parametrize("endpoint", ["describe", "queryAll", "queryMore"])
@pytest.mark.parametrize(
    "fault", ["session_expired", "html_503", "connection_reset", "truncated_body"]
)
def test_a_read_by_pages_survives_a_fault_anywhere(
    org: Emulated, endpoint: str, fault: str
) -> None:
    tasks = _load(org, 20)
    org.control.arm(endpoint, fault)

    assert keys(org.crm(), TASKS) == tasks


@pytest.mark.parametrize("endpoint", ["bulk.status", "bulk.results"])
@pytest.mark.parametrize(
    "fault", ["session_expired", "html_503", "connection_reset", "truncated_body"]
)
def test_a_read_by_bulk_survives_a_fault_anywhere(org: Emulated, endpoint: str, fault: str) -> None:
    tasks = _load(org, 20)
    org.control.arm(endpoint, fault)

    assert keys(org.crm("bulk"), TASKS) == tasks
    assert org.control.counts()["bulk.create"] == 1


def test_a_session_that_ends_while_a_job_is_made_is_renewed(org: Emulated) -> None:
    tasks = _load(org, 3)
    org.control.arm("bulk.create", "session_expired")

    assert keys(org.crm("bulk"), TASKS) == tasks


def test_a_session_that_ends_between_two_pages_is_renewed(org: Emulated) -> None:
    tasks = _load(org, 20)
    read: list[Change] = []

    for item in org.crm().changes(TASKS, None):
        assert isinstance(item, Batch)
        read += item.changes
        org.control.expire_sessions()

    assert [each.key for each in read] == tasks


@pytest.mark.parametrize("fault", ["html_503", "connection_reset", "truncated_body"])
def test_an_org_that_stays_away_is_tried_a_few_times(org: Emulated, fault: str) -> None:
    org.control.arm("queryAll", fault, times=100)

    with pytest.raises(RetryableError):
        changes(org.crm(), TASKS)

    assert _counts(org)["queryAll"] == 4


def test_the_daily_limit_stops_at_once(org: Emulated) -> None:
    crm = org.crm()
    crm.describe("Task")
    org.control.settings(daily_api_requests=1, requests_used=1)

    with pytest.raises(RateLimitedError) as caught:
        changes(crm, TASKS)

    assert caught.value.daily
    assert _counts(org)["queryAll"] == 1


def test_the_allowance_of_the_org_is_known(org: Emulated) -> None:
    crm = org.crm()
    crm.describe("Task")

    usage = crm.api_usage["api-usage"]
    assert (usage.used, usage.total) == (1, 100_000)
    assert usage.used == crm.requests()


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_wrong_credentials_are_named(org: Emulated, name: str) -> None:
    wrong = {**org.credentials(), name: "wrong"}
    crm = open_connection(Connection(login_url=org.running.http), wrong)

    with pytest.raises(ConfigurationError) as caught:
        crm.identity()

    assert (caught.value.code, caught.value.field) == ("credentials_refused", "credentials")
    assert name in str(caught.value.remedy)


def test_an_unreachable_org_is_named() -> None:
    crm = open_connection(
        Connection(login_url="http://127.0.0.1:1"),
        {"client_id": "a", "client_secret": "b"},
        options=Options(pause=lambda _: None),
    )

    with pytest.raises(RetryableError, match=r"127\.0\.0\.1:1") as caught:
        crm.identity()

    assert caught.value.code == "org_unreachable"


def test_a_rotating_refresh_token_is_stored_and_used(org: Emulated) -> None:
    org.control.settings(refresh_token_rotation=True)
    stored: list[str] = []
    token = org.control.org()["refresh_token"]
    credentials = {**org.credentials(), "flow": "refresh_token", "refresh_token": token}
    crm = open_connection(
        Connection(login_url=org.running.http), credentials, store_refresh_token=stored.append
    )

    crm.identity()
    org.control.expire_sessions()
    crm.describe("Task")

    assert len(set(stored)) == 2
    assert stored[-1] == org.control.org()["refresh_token"]


def test_https_with_a_private_authority_is_trusted_where_it_is_given(org: Emulated) -> None:
    connection = Connection(login_url=org.running.https)

    trusting = open_connection(connection, org.credentials(), ca_bundle=org.running.ca)
    assert trusting.identity().org_id == org.crm().identity().org_id

    forget_sessions()
    with pytest.raises(ConfigurationError) as caught:
        open_connection(connection, org.credentials()).identity()
    assert caught.value.code == "certificate_refused"
