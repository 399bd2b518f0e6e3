"""What every call does: headers, trying again, giving up, counting."""

from datetime import UTC, datetime

import pytest

from syncline.errors import RateLimitedError, RetryableError, SyncError
from tests.unit.salesforce.scripted import (
    Said,
    ScriptedOrg,
    describe_of,
    refused,
    scripted_org,
)

TASK = Said(body=describe_of("Task"))


def test_a_call_is_made_with_token_tag_and_time_outs_and_without_indentation(
    org: ScriptedOrg,
) -> None:
    org.route("Task/describe", TASK)

    org.crm().describe("Task")

    headers = org.asked[0].headers
    assert headers["authorization"] == "Bearer token-1"
    assert headers["sforce-call-options"] == "client=syncline"
    assert "gzip" in headers["accept-encoding"]
    assert "x-prettyprint" not in headers


def test_opening_a_connection_makes_no_request(org: ScriptedOrg) -> None:
    org.crm()

    assert (org.logins, org.asked) == (0, [])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Said(503, "<html>busy</html>"), "org_unreachable"),
        (Said(500, [{"errorCode": "UNKNOWN_EXCEPTION", "message": "x"}]), "salesforce_failed"),
        (Said(406), "rate_limited"),
        (Said(420, ""), "rate_limited"),
        (Said(429, ""), "rate_limited"),
        (Said(reset=True), "org_unreachable"),
        (Said(200, {"some": "body"}, cut=True), "answer_damaged"),
        (Said(200, '{"half": '), "answer_damaged"),
    ],
)
def test_a_passing_fault_is_tried_again_with_growing_pauses(
    org: ScriptedOrg, said: Said, code: str
) -> None:
    org.route("Task/describe", TASK)
    org.script = [said, said]

    found = org.crm().describe("Task")

    assert found.name == "Task"
    assert [0.25 <= org.pauses[0] <= 0.5, 0.5 <= org.pauses[1] <= 1.0] == [True, True]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Said(503, "<html>busy</html>"), "org_unreachable"),
        (Said(429, ""), "rate_limited"),
        (Said(reset=True), "org_unreachable"),
        (Said(200, {"some": "body"}, cut=True), "answer_damaged"),
    ],
)
def test_a_fault_that_stays_is_given_up_as_retryable(
    org: ScriptedOrg, said: Said, code: str
) -> None:
    org.route("Task/describe", said)

    with pytest.raises(RetryableError) as caught:
        org.crm().describe("Task")

    assert caught.value.code == code
    assert len(org.asked) == 4


def test_the_daily_limit_is_not_tried_again(org: ScriptedOrg) -> None:
    org.route("describe", refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))

    with pytest.raises(RateLimitedError) as caught:
        org.crm().describe("Task")

    assert caught.value.daily
    assert len(org.asked) == 1


def test_too_many_long_requests_are_a_moments_matter(org: ScriptedOrg) -> None:
    busy = "ConcurrentPerOrgLongTxn Limit exceeded."
    org.script = [refused(403, "REQUEST_LIMIT_EXCEEDED", busy)]
    org.route("Task/describe", TASK)

    assert org.crm().describe("Task").name == "Task"


def test_an_org_that_cannot_be_reached_is_named() -> None:
    with scripted_org() as org:
        gone = org.crm()

    with pytest.raises(RetryableError) as caught:
        gone.describe("Task")

    assert caught.value.code == "org_unreachable"
    assert "127.0.0.1" in caught.value.message


def test_the_allowance_the_clock_and_the_requests_are_kept(org: ScriptedOrg) -> None:
    org.route(
        "Task/describe", Said(body=TASK.body, headers={"Sforce-Limit-Info": "api-usage=18/5000"})
    )
    crm = org.crm()

    crm.describe("Task")

    assert (crm.api_usage["api-usage"].used, crm.api_usage["api-usage"].total) == (18, 5000)
    assert crm.now() == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert crm.requests() == 1


def test_the_clock_costs_one_cheap_request_where_nothing_was_asked(org: ScriptedOrg) -> None:
    org.route("limits", Said(body={"DailyApiRequests": {"Max": 1, "Remaining": 1}}))
    crm = org.crm()

    assert crm.now() == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert org.calls() == ["limits"]


def test_a_redirect_is_not_followed_with_the_token(org: ScriptedOrg) -> None:
    with scripted_org() as elsewhere:
        org.route("describe", Said(302, None, {"Location": elsewhere.url + "/services/data/x"}))

        with pytest.raises(SyncError):
            org.crm().describe("Task")

        assert elsewhere.asked == []
