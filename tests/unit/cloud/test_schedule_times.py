"""When schedules are due, above all where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from local.cloud.schedule_times import Timing

MADE = datetime(2026, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(expression: str, after: str, until: str, zone: str = "UTC") -> list[str]:
    times = Timing(expression, zone, MADE).due(at(after), at(until))
    return [f"{moment:%Y-%m-%dT%H:%M}" for moment in times]


BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("expression", "zone", "after", "until", "expected"),
    [
        # Spring in Berlin: 02:00 to 03:00 on 2027-03-28 does not exist.
        (
            "cron(30 2 * * ? *)",
            BERLIN,
            "2027-03-27T00:00",
            "2027-03-30T00:00",
            ["2027-03-27T01:30", "2027-03-29T00:30"],
        ),
        (
            "cron(0 9 * * ? *)",
            BERLIN,
            "2027-03-27T00:00",
            "2027-03-29T00:00",
            ["2027-03-27T08:00", "2027-03-28T07:00"],
        ),
        # Autumn in Berlin: 02:00 to 03:00 on 2026-10-25 comes twice.
        (
            "cron(30 2 * * ? *)",
            BERLIN,
            "2026-10-24T12:00",
            "2026-10-26T12:00",
            ["2026-10-25T00:30", "2026-10-26T01:30"],
        ),
        (
            "cron(0/30 * * * ? *)",
            BERLIN,
            "2026-10-24T23:30",
            "2026-10-25T02:00",
            ["2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T02:00"],
        ),
        # The other side of the world, and a zone without changes.
        (
            "cron(30 2 * * ? *)",
            "America/New_York",
            "2027-03-13T12:00",
            "2027-03-15T12:00",
            ["2027-03-15T06:30"],
        ),
        (
            "cron(30 2 * * ? *)",
            "UTC",
            "2027-03-27T12:00",
            "2027-03-29T00:00",
            ["2027-03-28T02:30"],
        ),
    ],
)
def test_local_times_through_both_changes_of_daylight_saving_time(
    expression: str, zone: str, after: str, until: str, expected: list[str]
) -> None:
    assert due(expression, after, until, zone) == expected


def test_steps_over_a_change_give_the_same_times_as_one_look() -> None:
    timing = Timing("cron(15 2,3 * * ? *)", BERLIN, MADE)
    start, end = at("2026-10-24T00:00"), at("2026-10-27T00:00")
    minutes = [start + timedelta(minutes=n) for n in range(3 * 24 * 60 + 1)]

    stepped = [moment for before, now in pairwise(minutes) for moment in timing.due(before, now)]

    assert stepped == list(timing.due(start, end))


def test_a_rate_counts_24_hours_whatever_the_wall_clock_does() -> None:
    times = due("rate(1 day)", "2027-03-27T00:00", "2027-03-29T00:00", BERLIN)

    assert times == ["2027-03-28T00:00", "2027-03-29T00:00"]


def test_a_rate_is_due_when_it_is_made_or_at_its_start() -> None:
    made = at("2026-05-01T10:00")
    before = made - timedelta(seconds=1)

    fresh = Timing("rate(5 minutes)", "UTC", made)
    started = Timing("rate(5 minutes)", "UTC", made, start=made + timedelta(minutes=7))

    assert list(fresh.due(before, made)) == [made]
    assert list(started.due(before, made + timedelta(minutes=12))) == [
        made + timedelta(minutes=7),
        made + timedelta(minutes=12),
    ]


def test_nothing_is_due_after_the_end() -> None:
    timing = Timing("rate(1 hour)", "UTC", MADE, end=MADE + timedelta(hours=1))

    assert list(timing.due(MADE, MADE + timedelta(days=1))) == [MADE + timedelta(hours=1)]


def test_a_one_time_schedule_is_due_once_in_its_zone() -> None:
    assert due("at(2027-07-01T09:00:00)", "2027-06-30T00:00", "2027-07-02T00:00", BERLIN) == [
        "2027-07-01T07:00"
    ]
    assert due("at(2027-07-01T09:00:00)", "2027-07-01T07:00", "2027-07-02T00:00", BERLIN) == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 6 ? * MON-FRI *)", ["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04"]),
        ("cron(0 6 ? * 1 *)", ["2026-06-07"]),
        ("cron(0 6 ? * 2,4 *)", ["2026-06-01", "2026-06-03"]),
        ("cron(0 6 ? * 6L *)", ["2026-06-26"]),
        ("cron(0 6 ? * 3#2 *)", ["2026-06-09"]),
        ("cron(0 6 L * ? *)", ["2026-06-30"]),
        ("cron(0 6 1/10 6 ? 2026-2027)", ["2026-06-01", "2026-06-11", "2026-06-21"]),
        ("cron(0 6 1 6 ? 2027)", ["2027-06-01"]),
    ],
)
def test_aws_cron_fields_mean_what_aws_says(expression: str, expected: list[str]) -> None:
    days = [time[:10] for time in due(expression, "2026-05-31T12:00", "2027-06-30T00:00")]

    assert days[: len(expected)] == expected


@pytest.mark.parametrize(
    "expression",
    [
        "nonsense",
        "rate(0 minutes)",
        "rate(five minutes)",
        "cron(0 6 * * *)",
        "cron(0 6 * * MON *)",
        "cron(61 6 * * ? *)",
        "at(tomorrow)",
    ],
)
def test_what_aws_refuses_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        due(expression, "2026-06-01T00:00", "2026-06-02T00:00")


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="Mars"):
        due("cron(0 6 * * ? *)", "2026-06-01T00:00", "2026-06-02T00:00", "Mars/North")
