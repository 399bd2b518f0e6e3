"""Schedules, notifications and starts, as the services get them."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from syncline.aws.clients import Clients
from syncline.config.schedule import Schedule
from syncline.errors import ConfigurationError, RetryableError
from syncline.messaging.expressions import expression, one_time
from syncline.messaging.notifications import TopicNotifications, ascii_subject
from syncline.messaging.schedules import (
    NAME_LENGTH,
    SchedulerSchedules,
    ScheduleSettings,
    job_schedule_name,
    leg_schedule_name,
)
from syncline.messaging.starter import LambdaStarter, functions_by_prefix
from tests.contract.fake_dynamodb import client_error
from tests.contract.samples import run

GROUP = "syncline-test"
AT = datetime(2026, 1, 5, 12, 0, 1, tzinfo=UTC)
DAILY = Schedule(every="daily", at="07:30", time_zone="Europe/Berlin").model_dump(mode="json")


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"every": "once", "at_time": "2026-03-29T01:30:00Z", "time_zone": "Europe/Berlin"},
         "at(2026-03-29T03:30:00)"),
        ({"every": "once", "at_time": "2026-03-29T01:30:00"}, "at(2026-03-29T01:30:00)"),
        ({"every": "minutes", "minutes": 15}, "rate(15 minutes)"),
        ({"every": "hourly"}, "rate(1 hour)"),
        ({"every": "daily", "at": "07:05"}, "cron(5 7 * * ? *)"),
        ({"every": "workdays", "at": "00:00"}, "cron(0 0 ? * MON-FRI *)"),
        ({"every": "weekly", "at": "23:59", "weekday": "sun"}, "cron(59 23 ? * SUN *)"),
        ({"every": "monthly", "at": "06:00", "day": 1}, "cron(0 6 1 * ? *)"),
        ({"every": "monthly", "at": "06:00", "day": 31}, "cron(0 6 L * ? *)"),
        ({"every": "cron", "cron": "0/10 8-18 ? * MON-FRI *"}, "cron(0/10 8-18 ? * MON-FRI *)"),
    ],
)  # fmt: skip
def test_a_schedule_is_written_as_the_service_reads_it(
    schedule: dict[str, Any], expected: str
) -> None:
    assert expression(Schedule.model_validate(schedule)) == expected


def test_a_one_time_start_is_never_early() -> None:
    assert one_time(AT) == "at(2026-01-05T12:01:00)"
    assert one_time(AT.replace(second=0)) == "at(2026-01-05T12:00:00)"
    assert one_time(AT.replace(hour=23, minute=59)) == "at(2026-01-06T00:00:00)"


def test_names_are_short_and_different() -> None:
    parts = ["a", "a--b", "b", "b--c", "c", "x" * 48, "x" * 47 + "y", "a-", "a-b"]
    pairs = list(itertools.product(parts, parts))

    names = [job_schedule_name(*pair) for pair in pairs]
    names += [
        leg_schedule_name(run(workspace=workspace, job=job), leg)
        for workspace, job in pairs
        for leg in (1, 2)
    ]

    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= NAME_LENGTH
    assert job_schedule_name("acme", "tasks") == "acme--tasks"


@pytest.fixture
def schedules(clients: Clients) -> Iterator[SchedulerSchedules]:
    clients.scheduler.create_schedule_group(Name=GROUP)
    settings = ScheduleSettings(
        group=GROUP,
        role_arn="arn:aws:iam::000000000000:role/starter",
        function_arn=functions_by_prefix("arn:aws:lambda:x:0:function:syncline-test-"),
    )
    yield SchedulerSchedules(clients.scheduler, settings)
    for schedule in clients.scheduler.list_schedules(GroupName=GROUP)["Schedules"]:
        clients.scheduler.delete_schedule(Name=schedule["Name"], GroupName=GROUP)
    clients.scheduler.delete_schedule_group(Name=GROUP)


def stored(clients: Clients, name: str) -> Any:
    return clients.scheduler.get_schedule(Name=name, GroupName=GROUP)


def test_a_jobs_schedule_starts_its_kind_with_the_time_it_was_meant_for(
    clients: Clients, schedules: SchedulerSchedules
) -> None:
    schedules.put_job("acme", "tasks", kind="tasks_inbound", schedule=DAILY)

    made = stored(clients, "acme--tasks")
    assert made["ScheduleExpression"] == "cron(30 7 * * ? *)"
    assert made["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert made["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert made["State"] == "ENABLED"
    assert made["Target"]["Arn"].endswith("function:syncline-test-tasks-inbound")
    assert 0 < made["Target"]["RetryPolicy"]["MaximumRetryAttempts"] < 185
    assert json.loads(made["Target"]["Input"]) == {
        "workspace": "acme", "job": "tasks", "trigger": "schedule",
        "scheduled_at": "<aws.scheduler.scheduled-time>",
    }  # fmt: skip


def test_a_jobs_schedule_is_changed_switched_off_and_deleted(
    clients: Clients, schedules: SchedulerSchedules
) -> None:
    schedules.put_job("acme", "tasks", kind="tasks_inbound", schedule=DAILY)

    schedules.put_job(
        "acme", "tasks", kind="tasks_inbound", schedule={"every": "hourly", "enabled": False}
    )
    made = stored(clients, "acme--tasks")
    assert (made["ScheduleExpression"], made["State"]) == ("rate(1 hour)", "DISABLED")
    assert made["ScheduleExpressionTimezone"] == "UTC"

    schedules.put_job("acme", "tasks", kind="tasks_inbound", schedule={"every": "manual"})
    schedules.delete_job("acme", "tasks")
    assert clients.scheduler.list_schedules(GroupName=GROUP)["Schedules"] == []


def test_a_legs_schedule_is_moved_and_deletes_itself(
    clients: Clients, schedules: SchedulerSchedules
) -> None:
    schedules.put_leg(run(), kind="tasks_inbound", leg=2, at=AT)
    schedules.put_leg(run(), kind="tasks_inbound", leg=2, at=AT.replace(hour=13))

    made = stored(clients, leg_schedule_name(run(), 2))
    assert made["ScheduleExpression"] == "at(2026-01-05T13:01:00)"
    assert made["ActionAfterCompletion"] == "DELETE"
    assert json.loads(made["Target"]["Input"]) == {
        "workspace": "acme", "job": "tasks", "run": "tasks.0001", "leg": 2
    }  # fmt: skip

    schedules.delete_leg(run(), leg=2)
    schedules.delete_leg(run(), leg=2)
    assert clients.scheduler.list_schedules(GroupName=GROUP)["Schedules"] == []


@dataclass
class FakeService:
    """Remembers calls; raises `faults` first, one a call."""

    faults: list[Exception] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> dict[str, Any]:
            self.calls.append((name, request))
            if self.faults:
                raise self.faults.pop(0)
            return {}

        return call


def on_fake(service: Any) -> SchedulerSchedules:
    settings = ScheduleSettings(group="g", role_arn="r", function_arn=lambda kind: kind)
    return SchedulerSchedules(service, settings)


def test_a_schedule_that_goes_while_it_is_changed_is_made_anew() -> None:
    service = FakeService(
        [client_error("ConflictException"), client_error("ResourceNotFoundException")]
    )

    on_fake(service).put_leg(run(), kind="tasks_inbound", leg=1, at=AT)

    assert [name for name, _ in service.calls] == [
        "create_schedule", "update_schedule", "create_schedule"
    ]  # fmt: skip


def test_a_schedule_that_the_service_refuses_is_the_users_to_correct() -> None:
    service = FakeService([client_error("ValidationException")])

    with pytest.raises(ConfigurationError) as refused:
        on_fake(service).put_job("acme", "tasks", kind="tasks_inbound", schedule=DAILY)

    assert (refused.value.code, refused.value.field) == ("schedule_refused", "schedule")


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("Syncline: tasks failed", "Syncline: tasks failed"),
        ("Größe → übel\r\n🙂", "Gro?e ? ubel ?"),
        ("x" * 150, "x" * 100),
        ("  \n\x00", "Syncline"),
    ],
)
def test_a_subject_is_what_the_service_takes(subject: str, told: str) -> None:
    made = ascii_subject(subject)

    assert len(made) <= 100
    assert made.isascii()
    assert made == told


def test_people_get_text_and_programs_json_with_attributes_to_filter_by(clients: Clients) -> None:
    topic = clients.sns.create_topic(Name="runs")["TopicArn"]
    about = {"workspace": "acme", "job": "tasks", "kind": "tasks_inbound", "connection": "crm"}
    message = {**about, "run": "r", "status": "failed", "causes": []}
    service = FakeService()
    sns: Any = service

    for client in (clients.sns, sns):
        TopicNotifications(client, topic).publish(subject="S", text="Hint: ü", message=message)

    ((name, request),) = service.calls
    bodies = json.loads(request["Message"])
    assert (name, request["MessageStructure"]) == ("publish", "json")
    assert bodies["default"] == bodies["email"] == "Hint: ü"
    assert json.loads(bodies["sqs"]) == json.loads(bodies["lambda"]) == message
    assert {key: each["StringValue"] for key, each in request["MessageAttributes"].items()} == {
        **about, "status": "failed"
    }  # fmt: skip


def test_a_long_text_is_shortened_to_what_a_message_may_hold() -> None:
    service = FakeService()
    sns: Any = service

    TopicNotifications(sns, "t").publish(subject="S", text="ü" * 200_000, message={})

    ((_, request),) = service.calls
    assert len(request["Message"].encode()) < 256 * 1024
    assert json.loads(request["Message"])["email"].endswith("(shortened)")


def test_a_start_does_not_wait() -> None:
    service = FakeService()

    LambdaStarter(service, functions_by_prefix("p-")).start(kind="tasks_inbound", event={"a": 1})

    ((name, request),) = service.calls
    assert (name, request["InvocationType"], request["FunctionName"]) == (
        "invoke", "Event", "p-tasks-inbound"
    )  # fmt: skip
    assert json.loads(request["Payload"]) == {"a": 1}


def test_a_start_that_is_throttled_can_be_tried_again() -> None:
    service = FakeService([client_error("TooManyRequestsException")])

    with pytest.raises(RetryableError):
        LambdaStarter(service, functions_by_prefix("p-")).start(kind="k", event={})
