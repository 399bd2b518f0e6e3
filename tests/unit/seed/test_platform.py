"""People on the platform: believable, the same each time, and what the API itself would store."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from local.crowd import PlatformCrowd
from local.seed.foundation import foundation
from local.seed.org import events, tasks
from local.seed.platform import Born, Office, record_key, second_thoughts
from local.seed.words import words
from syncline.config.models import Workspace
from syncline.memory.clock import MemoryClock
from syncline.memory.cloud import MemoryCloud
from syncline.usecases.delete_record import DeleteRecord
from syncline.usecases.edit_record import EditRecord, canonical

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
ACME = "acme"


@pytest.fixture(scope="module")
def office() -> Office:
    accounts = [account.id for account in foundation(words(), NOW).accounts]
    return Office(NOW, {id.lower(): f"platform-{id}" for id in accounts})


def all_sorts(office: Office) -> list[Born]:
    return [*office.tasks(1_200), *office.touchpoints(1_200), *office.campaign_touches(1_200)]


def test_the_same_moment_gives_the_same_records(office: Office) -> None:
    assert all_sorts(office) == all_sorts(Office(NOW, office.accounts))


def test_a_later_part_is_the_same_as_within_the_whole(office: Office) -> None:
    whole = list(office.tasks(700))

    assert list(office.tasks(50, first=640)) == whole[640:690]


def test_each_record_is_its_own(office: Office) -> None:
    made = all_sorts(office)
    texts = [each.values.get("title") or each.values.get("subject") for each in made]
    told = [text for text in texts if text]

    assert len({each.id for each in made}) == len(made)
    assert len(set(told)) == len(told) == 2_400


def test_the_platform_takes_all_of_them_as_they_are(office: Office) -> None:
    for born in all_sorts(office):
        kept = canonical(born.values, Workspace(), born.object)

        assert kept == born.values
        assert str(kept["account_id"]).startswith("platform-001")


def test_people_of_the_org_own_them(office: Office) -> None:
    rows = foundation(words(), NOW).rows
    mail = {fields["Email"] for sobject, fields in rows if sobject == "User"}

    assert {each.values["assigned_to"] for each in office.tasks(600)} <= mail
    assert {each.values["creator"] for each in office.touchpoints(600)} <= mail


def test_touches_were_sent_within_the_last_thirty_days(office: Office) -> None:
    oldest = f"{NOW - timedelta(days=30):%Y-%m-%d}"

    assert all(str(each.values["start_date"]) > oldest for each in office.campaign_touches(500))


def test_an_edition_differs_from_the_one_before() -> None:
    for object in ("task", "touchpoint"):
        for number in range(300):
            first, second = (second_thoughts(object, number, edition) for edition in (1, 2))
            assert first == second_thoughts(object, number, 1)
            assert first != second or None in first.values()


def test_events_of_a_volume_are_numbered_and_all_different() -> None:
    made = [fields for _, fields in islice(events(1_500, NOW), 1_500)]

    assert len({fields["Id"] for fields in made}) == 1_500
    assert all(re.search(r" #\d+$", str(fields["Subject"])) for fields in made)
    assert [fields["Id"] for _, fields in events(5, NOW, first=7)] == [
        fields["Id"] for fields in made[7:12]
    ]
    assert {row[0] for row in tasks(3, NOW)} == {"Task"}


# --- the crowd does what the API's own routes do ------------------------------------------------


def both_ways(office: Office) -> tuple[MemoryCloud, MemoryCloud]:
    """The same work through the routes' use cases one by one, and by a crowd."""
    clouds = MemoryCloud(MemoryClock(NOW)), MemoryCloud(MemoryClock(NOW))
    made = [*office.tasks(40), *office.touchpoints(20), *office.campaign_touches(20)]
    again = [Born("task", record_key("task", n), second_thoughts("task", n, 1)) for n in range(20)]
    gone = [record_key("task", number) for number in range(5, 12)]
    slow, fast = clouds
    slow.configuration.put(ACME, "workspace", ACME, {}, expected=0)
    edit = EditRecord(slow.configuration, slow.records, slow.clock)
    delete = DeleteRecord(slow.records, slow.clock)
    crowd = PlatformCrowd(fast.records(ACME), fast.clock)
    for part in (made, again):
        for cloud in clouds:
            cloud.clock.advance(timedelta(minutes=1))
        for born in part:
            edit(ACME, born.object, born.id, born.values)
    for id in gone:
        delete(ACME, "task", id)
    fast.clock.set(NOW + timedelta(minutes=1))
    for start in (0, 40, 60):
        crowd.edit(made[start : start + (40 if start == 0 else 20)])
    fast.clock.set(NOW + timedelta(minutes=2))
    crowd.edit(again)
    crowd.delete("task", gone)
    return clouds


def test_a_crowd_leaves_what_the_api_leaves(office: Office) -> None:
    slow, fast = both_ways(office)

    for object in ("task", "touchpoint", "campaign_touch"):
        told = [cloud.records(ACME).page(object, limit=100) for cloud in (slow, fast)]
        assert told[0] == told[1]
        assert len(told[0][0]) == {"task": 33}.get(object, 20)
        fed = [
            cloud.records(ACME).edited(object, since="2026-01-01T00:00:00Z", limit=100)
            for cloud in (slow, fast)
        ]
        assert fed[0] == fed[1]
        assert len(fed[0][0]) == {"task": 40}.get(object, 20)


def test_a_crowd_counts_what_it_wrote(office: Office) -> None:
    cloud = MemoryCloud(MemoryClock(NOW))
    crowd = PlatformCrowd(cloud.records(ACME), cloud.clock)

    assert crowd.edit(office.tasks(1_300)) == 1_300
    assert crowd.edit(office.tasks(1_300)) == 0
    assert crowd.delete("task", [record_key("task", n) for n in range(1_100)]) == 1_100
