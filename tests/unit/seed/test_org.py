"""The demo org: the same each time, consistent with itself, and as awkward as it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from local.salesforce.ids import normalise
from local.seed.identity import stamp
from local.seed.org import DemoOrg, demo_org, lines, tasks

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
PREFIXES = {"User": "005", "Group": "00G", "Account": "001", "Contact": "003",
            "Task": "00T", "Event": "00U"}  # fmt: skip
STAMPS = ("CreatedDate", "LastModifiedDate", "SystemModstamp")


@pytest.fixture(scope="module")
def org() -> DemoOrg:
    return demo_org(NOW)


def fields_of(org: DemoOrg, name: str) -> list[dict[str, object]]:
    wanted = set(org.awkward[name])
    found = [fields for _, fields in org.records if fields["Id"] in wanted]
    assert len(found) == len(wanted) > 0
    return found


def test_the_same_moment_gives_the_same_org(org: DemoOrg) -> None:
    assert list(demo_org(NOW).ndjson()) == list(org.ndjson())


def test_another_moment_gives_the_same_people_at_other_times(org: DemoOrg) -> None:
    later = demo_org(NOW + timedelta(days=400))

    assert [fields["Id"] for _, fields in later.foundation] == [
        fields["Id"] for _, fields in org.foundation
    ]
    assert later.awkward.keys() == org.awkward.keys()


def test_it_is_as_large_as_promised(org: DemoOrg) -> None:
    assert org.counts["Account"] == 200
    assert org.counts["User"] == 40
    assert org.counts["Task"] == 5_000
    assert org.counts["Event"] == 2_000
    assert org.counts == Counter(sobject for sobject, _ in org.records)


def test_ids_are_unique_and_have_their_checksum(org: DemoOrg) -> None:
    ids = [str(fields["Id"]) for _, fields in org.records]

    assert len(set(ids)) == len(ids)
    assert all(normalise(each) == each for each in ids)
    assert all(str(f["Id"]).startswith(PREFIXES[sobject]) for sobject, f in org.records)


def test_every_reference_is_there_before_it_is_used(org: DemoOrg) -> None:
    known: set[object] = {fields["Id"] for sobject, fields in org.records if sobject == "User"}
    late = org.late_account[1]["Id"]
    for sobject, fields in org.records:
        known.add(fields["Id"])
        for name in ("OwnerId", "CreatedById", "LastModifiedById", "AccountId", "WhatId", "WhoId"):
            target = fields.get(name)
            assert target is None or target in known or target == late, (sobject, name)


def test_stamps_are_in_order_and_never_in_the_last_hours(org: DemoOrg) -> None:
    latest = stamp(NOW - timedelta(hours=3))

    for _, fields in org.records:
        created, modified, touched = (str(fields[name]) for name in STAMPS)
        assert created <= modified <= touched <= latest, fields


def test_no_company_and_no_user_is_there_twice(org: DemoOrg) -> None:
    for sobject, name in (("Account", "Name"), ("User", "Email"), ("User", "CommunityNickname")):
        values = [fields[name] for kind, fields in org.records if kind == sobject]
        assert len(set(values)) == len(values)


def test_no_brace_of_a_template_is_left(org: DemoOrg) -> None:
    texts = (str(fields.get(name)) for _, fields in org.records
             for name in ("Subject", "Description", "Location"))  # fmt: skip

    assert not any("{" in text for text in texts)


def test_what_is_awkward_is_so(org: DemoOrg) -> None:
    late = org.late_account[1]["Id"]

    assert {f["Subject"] for f in fields_of(org, "no_subject")} == {None}
    assert {f["IsDeleted"] for f in fields_of(org, "deleted")} == {True}
    assert {f["IsArchived"] for f in fields_of(org, "archived")} == {True}
    assert {str(f["OwnerId"])[:3] for f in fields_of(org, "queue_owned")} == {"00G"}
    assert len({f["SystemModstamp"] for f in fields_of(org, "tied_stamps")}) == 1
    assert len({f["SystemModstamp"] for f in fields_of(org, "reassigned")}) == 1
    assert {f["AccountId"] for f in fields_of(org, "late_account")} == {late}
    assert max(len(str(f["Description"])) for f in fields_of(org, "long_description")) == 32_000
    assert all(f["WhoId"] and not f["WhatId"] for f in fields_of(org, "contact_only"))
    assert {f["AccountId"] for f in fields_of(org, "no_account")} == {None}
    assert len(org.awkward["tied_stamps"]) >= 300


def test_only_what_is_named_deleted_or_without_a_subject_is(org: DemoOrg) -> None:
    named = {each for name in ("deleted", "deleted_event", "deleted_account")
             for each in org.awkward[name]}  # fmt: skip
    silent = {each for name in ("no_subject", "no_subject_event", "no_text_event")
              for each in org.awkward[name]}  # fmt: skip

    assert {f["Id"] for _, f in org.records if f.get("IsDeleted")} == named
    assert {
        f["Id"] for s, f in org.records if s in ("Task", "Event") and not f["Subject"]
    } == silent


def test_archived_activities_were_over_a_year_ago(org: DemoOrg) -> None:
    limit = stamp(NOW - timedelta(days=365))[:10]

    assert all(str(f["ActivityDate"]) < limit for f in fields_of(org, "archived"))
    assert all(f["IsClosed"] for f in fields_of(org, "archived"))
    assert all(str(f["EndDate"]) < limit for f in fields_of(org, "archived_event"))


def test_all_day_events_begin_at_midnight_and_have_no_time(org: DemoOrg) -> None:
    for fields in fields_of(org, "all_day_event"):
        assert fields["ActivityDateTime"] is None
        assert str(fields["StartDateTime"]).endswith("T00:00:00.000Z")
        assert str(fields["StartDateTime"])[:10] == fields["ActivityDate"]
        assert str(fields["EndDateTime"])[:10] == fields["EndDate"]


def test_two_ids_differ_in_case_alone(org: DemoOrg) -> None:
    one, other = org.awkward["case_twins"]

    assert one[:15] != other[:15]
    assert one[:15].lower() == other[:15].lower()


def test_the_late_account_is_held_back_and_carries_no_stamps(org: DemoOrg) -> None:
    sobject, fields = org.late_account

    assert sobject == "Account"
    assert fields["Id"] not in {each["Id"] for _, each in org.records}
    assert not fields.keys() & set(STAMPS)


def ids(rows: Iterator[tuple[str, dict[str, object]]]) -> list[object]:
    return [fields["Id"] for _, fields in rows]


def test_a_volume_is_a_stream_with_known_parents(org: DemoOrg) -> None:
    known = {fields["Id"] for _, fields in org.foundation}

    endless = tasks(10**9, NOW)
    rows = list(islice(endless, 1_000))

    assert len({fields["Id"] for _, fields in rows}) == 1_000
    assert all(fields["AccountId"] in known and fields["OwnerId"] in known for _, fields in rows)
    assert not {fields["Id"] for _, fields in rows} & {f["Id"] for _, f in org.records}


def test_a_volume_has_ties_and_rising_stamps() -> None:
    stamps = [str(fields["SystemModstamp"]) for _, fields in tasks(1_000, NOW)]

    assert stamps == sorted(stamps)
    assert len(set(stamps)) == 5


def test_a_part_of_a_volume_equals_the_whole() -> None:
    assert list(tasks(50, NOW, first=25)) == list(islice(tasks(75, NOW), 25, None))


def test_an_edition_changes_the_same_tasks_later() -> None:
    before = dict(zip(ids(tasks(20, NOW)), tasks(20, NOW), strict=True))

    after = list(tasks(20, NOW, edition=1))

    for _, fields in after:
        old = before[fields["Id"]][1]
        assert fields["Subject"] == old["Subject"]
        assert fields["Description"] != old["Description"]
        assert str(fields["SystemModstamp"]) > str(old["SystemModstamp"])


def test_rows_of_a_volume_are_about_as_large_as_the_demo(org: DemoOrg) -> None:
    demo = [len(line) for line in lines(row for row in org.records if row[0] == "Task")]
    volume = [len(line) for line in lines(tasks(500, NOW))]

    assert 0.8 < (sum(volume) / len(volume)) / (sum(demo) / len(demo)) < 1.25
