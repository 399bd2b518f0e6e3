"""What is sent beside the mapped values: all-day and timed events, campaign touches, leads."""

from collections.abc import Mapping
from typing import Any

import pytest

from syncline.engine.records import Value
from syncline.kinds.activities import prepared_task
from syncline.kinds.campaign_touches import SUBJECT_LENGTH, composed_subject, prepared_touch
from syncline.kinds.events import MINUTES, prepared_event
from syncline.kinds.preparing import Draft

EVENT = ("isalldayevent", "activitydate", "startdatetime", "type", "subject")
CUSTOM = ("activitydate", "startdatetime", "subject__c")
DAY = "2026-02-03"
START = "2026-02-03T09:30:00Z"
TOUCH: dict[str, Value] = {
    "campaign_name": "Spring", "campaign_type": "ongoing", "recipients": 12,
    "sender": "ada@example.com",
}  # fmt: skip


def draft(values: Mapping[str, Value], *, creating: bool = True, **more: Any) -> Draft:
    given = {"record": {}, "fields": EVENT, "targets": {}, **more}
    return Draft(values=values, creating=creating, **given)


# --- events -----------------------------------------------------------------------------------


def test_a_day_alone_makes_an_all_day_event() -> None:
    assert prepared_event(draft({"ActivityDate": DAY})) == {
        "ActivityDate": DAY, "IsAllDayEvent": True,
    }  # fmt: skip


def test_an_update_does_not_touch_the_switch() -> None:
    changed = draft({"ActivityDate": DAY}, creating=False)

    assert prepared_event(changed) == {"ActivityDate": DAY}


@pytest.mark.parametrize("start", ["StartDateTime", "ActivityDateTime"])
def test_a_start_makes_a_timed_event_with_a_length(start: str) -> None:
    values: dict[str, Value] = {"ActivityDate": DAY, start: START}

    assert prepared_event(draft(values)) == {
        start: START, "DurationInMinutes": MINUTES,
    }  # fmt: skip


def test_an_event_without_length_lasts_an_hour() -> None:
    assert prepared_event(draft({"StartDateTime": START}))["DurationInMinutes"] == 60


def test_a_moved_start_leaves_the_length_alone() -> None:
    changed = draft({"ActivityDate": DAY, "StartDateTime": START}, creating=False)

    assert prepared_event(changed) == {"StartDateTime": START}


@pytest.mark.parametrize(
    "length", [{"DurationInMinutes": 15}, {"EndDateTime": "2026-02-03T10:00:00Z"}]
)
def test_a_mapped_length_is_kept(length: dict[str, Value]) -> None:
    values = {"StartDateTime": START, **length}

    assert prepared_event(draft(values)) == values


def test_an_empty_length_counts_as_none() -> None:
    values: dict[str, Value] = {"StartDateTime": START, "EndDateTime": None}

    assert prepared_event(draft(values))["DurationInMinutes"] == MINUTES


@pytest.mark.parametrize("day", [{}, {"ActivityDate": None}])
def test_without_a_start_value_there_is_nothing_to_add(day: dict[str, Value]) -> None:
    values = {"Subject": "Call", **day}

    assert prepared_event(draft(values)) == values


def test_an_empty_start_leaves_the_day() -> None:
    values = {"ActivityDate": DAY, "StartDateTime": None}

    assert prepared_event(draft(values)) == {**values, "IsAllDayEvent": True}


@pytest.mark.parametrize(
    ("values", "day"),
    [
        ({"ActivityDate": DAY, "StartDateTime": "2026-02-04T09:30:00Z"}, DAY),
        ({"StartDateTime": START}, DAY),
        ({"ActivityDate": None, "ActivityDateTime": START}, DAY),
    ],
)
def test_a_mapped_all_day_switch_leaves_the_day_alone(values: dict[str, Value], day: str) -> None:
    made = prepared_event(draft({"IsAllDayEvent": True, **values}))

    assert made == {"IsAllDayEvent": True, "ActivityDate": day}


def test_a_mapped_switch_that_is_off_makes_it_timed() -> None:
    made = prepared_event(draft({"IsAllDayEvent": False, "StartDateTime": START}))

    assert made == {
        "IsAllDayEvent": False, "StartDateTime": START, "DurationInMinutes": MINUTES,
    }  # fmt: skip


def test_a_custom_object_gets_what_is_mapped() -> None:
    values: dict[str, Value] = {"ActivityDate": DAY, "StartDateTime": START}

    assert prepared_event(draft(values, fields=CUSTOM)) == values


@pytest.mark.parametrize("prepare", [prepared_task, prepared_event])
@pytest.mark.parametrize(
    ("who", "kept"),
    [
        ("00Q000000000001AAA", False),
        ("00Q000000000001", False),
        ("003000000000001AAA", True),
        (None, True),
    ],
)
def test_a_lead_gives_way_to_the_account(prepare: Any, who: str | None, *, kept: bool) -> None:
    made = prepare(draft({"WhoId": who, "WhatId": "001000000000001AAA"}))

    assert made == {"WhatId": "001000000000001AAA", **({"WhoId": who} if kept else {})}


@pytest.mark.parametrize("prepare", [prepared_task, prepared_event, prepared_touch])
def test_the_values_given_stay_as_they_are(prepare: Any) -> None:
    values: dict[str, Value] = {"ActivityDate": DAY, "WhoId": "00Q000000000001AAA"}

    prepare(draft(values))

    assert values == {"ActivityDate": DAY, "WhoId": "00Q000000000001AAA"}


# --- campaign touches -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "begin"),
    [
        ("ongoing", "Ongoing campaign"),
        ("one_time", "One time campaign"),
        ("One_Time", "One time campaign"),
        ("One time", "One time campaign"),
        ("one-time", "One time campaign"),
        ("other", "Ongoing campaign"),
        (None, "Ongoing campaign"),
    ],
)
def test_the_subject_tells_name_number_and_sender(type: str | None, begin: str) -> None:
    subject = composed_subject({**TOUCH, "campaign_type": type})

    assert subject == f'{begin} "Spring" was sent to 12 users. From: ada@example.com'


def test_an_unknown_number_and_sender_leave_a_whole_sentence() -> None:
    assert composed_subject({}) == 'Ongoing campaign "" was sent to 0 users. From:'

    subject = composed_subject({"campaign_name": "Spring"})

    assert subject == 'Ongoing campaign "Spring" was sent to 0 users. From:'


@pytest.mark.parametrize("length", [1000, 193, 192, 191, 1])
def test_a_long_name_is_cut_and_nothing_else(length: int) -> None:
    subject = composed_subject({**TOUCH, "campaign_name": "x" * length})

    assert len(subject) <= SUBJECT_LENGTH
    assert subject.startswith('Ongoing campaign "x')
    assert subject.endswith('" was sent to 12 users. From: ada@example.com')
    assert ("…" in subject) == (length > 192)
    assert len(subject) == min(SUBJECT_LENGTH, 255 - 192 + length)


def test_a_cut_name_ends_with_an_ellipsis() -> None:
    subject = composed_subject({**TOUCH, "campaign_name": "x" * 190 + " yz"})

    assert subject.split('"')[1] == "x" * 190 + "…"


def test_a_long_sender_is_cut_at_the_end() -> None:
    subject = composed_subject({**TOUCH, "sender": "a" * 250})

    assert len(subject) == SUBJECT_LENGTH
    assert subject.startswith('Ongoing campaign "…" was sent to 12 users. From: aaa')


def test_a_touch_is_an_email_event_with_its_subject() -> None:
    values: dict[str, Value] = {"Subject": None, "ActivityDate": DAY}

    made = prepared_touch(draft(values, record=TOUCH, targets={"subject": ("subject",)}))

    assert made == {
        "Subject": composed_subject(TOUCH), "ActivityDate": DAY, "Type": "Email",
        "IsAllDayEvent": True,
    }  # fmt: skip


def test_the_subject_goes_where_it_is_mapped() -> None:
    values: dict[str, Value] = {"Subject__c": "mine", "ActivityDate": DAY}
    targets = {"subject": ("Subject__c",)}

    made = prepared_touch(draft(values, record=TOUCH, targets=targets, fields=CUSTOM))

    assert made == {"Subject__c": composed_subject(TOUCH), "ActivityDate": DAY}


def test_a_mapped_type_is_kept() -> None:
    assert prepared_touch(draft({"Type": "Webinar"}, record=TOUCH))["Type"] == "Webinar"
