"""Schedules of the local cloud on its clock: daylight saving time, one-time schedules, states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local.cloud.cloud import LocalCloud
from tests.flows.cloud_fixture import eventually, next_report, no_report, start_cloud


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with start_cloud(tmp_path_factory.mktemp("schedules")) as running:
        yield running


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def schedule(cloud: LocalCloud, name: str, expression: str, zone: str = "UTC") -> None:
    """A schedule whose worker reports when it was due."""
    cloud.client("scheduler").create_schedule(
        Name=name,
        GroupName=cloud.resource("Schedules"),
        ScheduleExpression=expression,
        ScheduleExpressionTimezone=zone,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": cloud.functions["WorkerFunction"].arn,
            "RoleArn": cloud.functions["WorkerFunction"].role_arn,
            "Input": '{"do": "report", "time": "<aws.scheduler.scheduled-time>"}',
        },
    )


def delete(cloud: LocalCloud, name: str) -> None:
    cloud.client("scheduler").delete_schedule(Name=name, GroupName=cloud.resource("Schedules"))


def names(cloud: LocalCloud) -> set[str]:
    answer = cloud.client("scheduler").list_schedules(GroupName=cloud.resource("Schedules"))
    return {each["Name"] for each in answer["Schedules"]}


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # 02:30 on the 28th does not exist in Berlin: skipped.
        ("2027-03-27T12:00", ["2027-03-29T00:30:00Z", "2027-03-30T00:30:00Z"]),
        # 02:30 on the 31st comes twice: fired the first time alone.
        ("2027-10-30T12:00", ["2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z"]),
    ],
)
def test_a_schedule_fires_through_both_changes_of_daylight_saving_time(
    cloud: LocalCloud, start: str, expected: list[str]
) -> None:
    cloud.clock.set(at(start))
    schedule(cloud, "night", "cron(30 2 * * ? *)", "Europe/Berlin")
    due = [at(moment.removesuffix("Z")) for moment in expected]

    cloud.clock.set(due[0] + timedelta(seconds=30))
    first = next_report(cloud)["time"]
    cloud.clock.set(due[1] + timedelta(seconds=30))
    second = next_report(cloud)["time"]

    assert [first, second] == expected
    assert no_report(cloud)
    delete(cloud, "night")


def test_a_rate_fires_when_it_is_made_and_then_at_its_distance(cloud: LocalCloud) -> None:
    schedule(cloud, "often", "rate(5 minutes)")
    first = at(next_report(cloud)["time"].removesuffix("Z"))

    cloud.clock.advance(timedelta(minutes=5))
    second = at(next_report(cloud)["time"].removesuffix("Z"))

    assert second - first == timedelta(minutes=5)
    delete(cloud, "often")


def test_a_one_time_schedule_made_by_a_function_fires_once_and_is_gone(cloud: LocalCloud) -> None:
    due = (cloud.clock.utc() + timedelta(minutes=20)).replace(microsecond=0)
    order = {"do": "schedule", "name": "leg-2", "at": f"at({due:%Y-%m-%dT%H:%M:%S})"}
    assert cloud.invoke("WorkerFunction", order).ok
    assert "leg-2" in names(cloud)

    cloud.clock.advance(timedelta(minutes=21))

    report = next_report(cloud)
    assert report["time"] == f"{due:%Y-%m-%dT%H:%M:%SZ}"
    assert report["arn"].endswith("/leg-2")
    assert report["attempt"] == "1"
    assert eventually(lambda: "leg-2" not in names(cloud))


def test_one_made_by_the_machines_clock_is_not_overtaken_by_ours(cloud: LocalCloud) -> None:
    cloud.clock.advance(timedelta(hours=2))
    due = (datetime.now(UTC) + timedelta(minutes=1)).replace(microsecond=0)
    order = {"do": "schedule", "name": "leg-3", "at": f"at({due:%Y-%m-%dT%H:%M:%S})"}

    assert cloud.invoke("WorkerFunction", order).ok

    assert next_report(cloud)["time"] == f"{due:%Y-%m-%dT%H:%M:%SZ}"
    assert eventually(lambda: "leg-3" not in names(cloud))


def test_a_schedule_of_the_template_fires_once_it_is_enabled(cloud: LocalCloud) -> None:
    cloud.clock.advance(timedelta(days=1))
    scheduler, group = cloud.client("scheduler"), cloud.resource("Schedules")
    found = scheduler.get_schedule(Name="nightly", GroupName=group)
    assert found["Target"]["Arn"] == cloud.functions["WorkerFunction"].arn
    assert no_report(cloud)

    scheduler.update_schedule(
        Name="nightly",
        GroupName=group,
        State="ENABLED",
        ScheduleExpression=found["ScheduleExpression"],
        FlexibleTimeWindow=found["FlexibleTimeWindow"],
        Target=found["Target"],
    )
    cloud.clock.advance(timedelta(days=1))

    assert next_report(cloud)["do"] == "report"
    delete(cloud, "nightly")
