"""What the Failures and Troubles ports promise."""

from dataclasses import replace

import pytest

from syncline.ports import Failure, Failures, Trouble, Troubles
from syncline.store.failures import KEPT
from tests.contract.aws_cloud import AwsCloud
from tests.contract.cloud import Cloud

NOW = "2026-01-05T12:00:00Z"
LATER = "2026-01-05T12:06:00Z"
FIRST = Failure("internal_error", "an error in Syncline itself", NOW, 1)
LOGIN = Trouble("acme", "crm", "credentials_refused", "account", NOW)


@pytest.fixture
def failures(cloud: Cloud) -> Failures:
    return cloud.failures


@pytest.fixture
def troubles(cloud: Cloud) -> Troubles:
    return cloud.troubles


def test_why_messages_failed_is_known(failures: Failures) -> None:
    other = Failure("message_malformed", "ids.1 (string_type)", LATER, 3)

    failures.note({"m-1": FIRST, "m-2": other})

    assert failures.get(["m-1", "m-2", "m-3"]) == {"m-1": FIRST, "m-2": other}


def test_the_last_failure_is_the_one_told(failures: Failures) -> None:
    again = replace(FIRST, at=LATER, count=2)
    failures.note({"m-1": FIRST})

    failures.note({"m-1": again})

    assert failures.get(["m-1"]) == {"m-1": again}


def test_nothing_is_known_of_nothing(failures: Failures) -> None:
    failures.note({})

    assert failures.get([]) == {}


def test_a_failure_is_kept_as_long_as_a_letter(aws_cloud: AwsCloud) -> None:
    aws_cloud.failures.note({"m-1": FIRST})

    (item,) = aws_cloud.items("RunsTable").values()
    assert item["expires_at"] == 1767614400 + KEPT.days * 86400


def test_troubles_are_known_by_connection(troubles: Troubles) -> None:
    rights = replace(LOGIN, cause="access_refused", object="task")
    troubles.note(LOGIN)
    troubles.note(rights)
    troubles.note(replace(LOGIN, connection="other"))
    troubles.note(replace(LOGIN, workspace="beta"))

    assert list(troubles.known("acme", "crm")) == [rights, LOGIN]


def test_a_trouble_told_again_replaces_itself(troubles: Troubles) -> None:
    again = replace(LOGIN, object="task", at=LATER)
    troubles.note(LOGIN)

    troubles.note(again)

    assert list(troubles.known("acme", "crm")) == [again]


def test_what_is_over_is_forgotten(troubles: Troubles) -> None:
    rights = replace(LOGIN, cause="access_refused")
    troubles.note(LOGIN)
    troubles.note(rights)

    troubles.forget(LOGIN)
    troubles.forget(LOGIN)

    assert list(troubles.known("acme", "crm")) == [rights]
