"""What users may write, and what is made of it."""

from typing import Any

import pytest
from pydantic import ValidationError

from syncline.config.models import Connection, Credentials, Job, Workspace

TASKS = {"kind": "tasks_inbound", "connection": "crm"}


def test_a_job_needs_a_kind_and_a_connection_only() -> None:
    job = Job.model_validate(TASKS)

    assert (job.creates, job.conflicts, job.schedule.every) == (True, "latest", "manual")
    assert job.mapping is None


def test_a_dump_reads_back_as_the_same_job() -> None:
    job = Job.model_validate(
        {**TASKS, "schedule": {"every": "once", "at_time": "2026-03-01T09:00:00+01:00"}}
    )

    assert Job.model_validate(job.model_dump(mode="json")) == job


@pytest.mark.parametrize("text", [None, "", "   "])
def test_a_blank_filter_filters_nothing(text: str | None) -> None:
    assert Job.model_validate({**TASKS, "filter": text}).condition is None


@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        ({"every": "minutes"}, "minutes"),
        ({"every": "once"}, "at_time"),
        ({"every": "weekly", "at": "09:00"}, "weekday"),
        ({"every": "monthly", "at": "09:00"}, "day"),
        ({"every": "cron"}, "cron"),
    ],
)
def test_a_schedule_says_what_it_lacks(schedule: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Job.model_validate({**TASKS, "schedule": schedule})

    assert caught.value.errors()[0]["ctx"]["field"] == field


@pytest.mark.parametrize(
    "schedule",
    [
        {"every": "minutes", "minutes": 4},
        {"every": "minutes", "minutes": 1441},
        {"every": "daily", "at": "24:00"},
        {"every": "monthly", "at": "09:00", "day": 32},
        {"every": "sometimes"},
        {"every": "cron", "cron": "* * * * * *"},
    ],
)
def test_a_schedule_out_of_range_is_refused(schedule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Job.model_validate({**TASKS, "schedule": schedule})


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://acme.my.salesforce.com/", "https://acme.my.salesforce.com"),
        ("http://127.0.0.1:8443", "http://127.0.0.1:8443"),
        ("http://localhost:1", "http://localhost:1"),
    ],
)
def test_a_login_address_is_kept_without_its_last_slash(url: str, kept: str) -> None:
    assert Connection(login_url=url).login_url == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.my.salesforce.com",
        "http://localhost.evil.example",
        "https://acme/path",
        "https://user@acme",
        "ftp://acme",
        "https://",
    ],
)
def test_an_address_that_secrets_should_not_go_to_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        Connection(login_url=url)


def test_secrets_do_not_show_when_printed() -> None:
    credentials = Credentials.model_validate({"client_id": "x", "client_secret": "hush"})

    assert "hush" not in repr(credentials)
    assert "hush" not in credentials.model_dump_json()


def test_a_workspace_cannot_redeclare_what_every_object_has() -> None:
    with pytest.raises(ValidationError, match="title"):
        Workspace(attributes={"task": {"title": "number"}})
