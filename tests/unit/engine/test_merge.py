"""The three-way merge, case by case: what changes, what is contested, what both sides agree on."""

from typing import Any

import pytest

from syncline.engine.merge import POLICIES, Contest, Merge, merge_record
from syncline.engine.records import PlatformRecord, Value

EARLY = "2026-02-01T08:00:00Z"
NOON = "2026-02-01T12:00:00Z"
LATE = "2026-02-01T20:00:00Z"
Side = dict[str, Value]


def record(values: Side, **more: Any) -> PlatformRecord:
    return PlatformRecord("task", "t1", 1, values, **{"updated_at": EARLY, **more})


def merged(base: Side | None, crm: Side, ours: PlatformRecord, policy: str = "latest") -> Merge:
    return merge_record(
        baseline=base,
        crm=crm,
        modified=NOON,
        record=ours,
        attributes=("title", "status"),
        policy=policy,
    )


def test_what_only_the_crm_changed_is_taken() -> None:
    merge = merged({"title": "a"}, {"title": "b"}, record({"title": "a"}))

    assert merge == Merge((("title", "a", "b"),), (), frozenset())


def test_what_the_crm_cleared_is_cleared() -> None:
    merge = merged({"title": "a"}, {}, record({"title": "a"}))

    assert merge.changes == (("title", "a", None),)


def test_what_is_not_mapped_is_not_touched() -> None:
    merge = merged({"note": "a"}, {"note": "b"}, record({"note": "a"}))

    assert merge == Merge((), (), frozenset())


def test_a_contest_tells_both_values_and_why() -> None:
    ours = record({"title": "ours"}, edits={"title": LATE})

    merge = merged({"title": "a"}, {"title": "theirs"}, ours)

    why = f"the platform's edit of {LATE} is later than {NOON}"
    assert merge.contests == (Contest("title", "theirs", "ours", "platform", why),)
    assert merge.changes == ()


def test_edits_of_one_instant_go_to_the_crm() -> None:
    ours = record({"title": "ours"}, edits={"title": NOON})

    merge = merged({"title": "a"}, {"title": "theirs"}, ours)

    why = f"the CRM edit of {NOON} is not earlier than {NOON}"
    assert merge.contests == (Contest("title", "theirs", "ours", "crm", why),)
    assert merge.changes == (("title", "ours", "theirs"),)


@pytest.mark.parametrize(
    ("policy", "winner", "why"),
    [
        ("crm", "crm", "the job lets Hub win"),
        ("salesforce", "crm", "the job lets Hub win"),
        ("platform", "platform", "the job lets the platform win"),
        ("hold", "hold", "the job holds contested fields for a person"),
    ],
)
def test_a_fixed_policy_knows_no_times(policy: str, winner: str, why: str) -> None:
    assert (
        POLICIES[policy](EARLY, LATE, "Hub")
        == POLICIES[policy](LATE, EARLY, "Hub")
        == (winner, why)
    )


def test_a_lost_contest_does_not_stop_the_next_attribute() -> None:
    ours = record({"title": "ours", "status": "Open"}, edits={"title": LATE})

    merge = merged({"title": "a", "status": "Open"}, {"title": "theirs", "status": "Done"}, ours)

    assert merge.changes == (("status", "Open", "Done"),)


def test_an_agreed_attribute_does_not_stop_the_next() -> None:
    ours = record({"title": "same", "status": "Open"})

    merge = merged({"title": "a", "status": "Open"}, {"title": "same", "status": "Done"}, ours)

    assert merge.changes == (("status", "Open", "Done"),)


def test_without_an_edit_time_that_of_the_record_decides() -> None:
    later = record({"title": "ours"}, updated_at=LATE)
    earlier = record({"title": "ours"}, updated_at=EARLY)

    assert merged({"title": "a"}, {"title": "b"}, later).contests[0].winner == "platform"
    assert merged({"title": "a"}, {"title": "b"}, earlier).contests[0].winner == "crm"


def test_what_no_person_edited_is_no_edit_to_lose() -> None:
    half_done = record({"title": "ours"}, updated_at=LATE, sync="r/0/0/0")

    merge = merged({"title": "a"}, {"title": "theirs"}, half_done)

    assert (merge.changes, merge.contests) == ((("title", "ours", "theirs"),), ())


def test_what_a_person_edited_after_a_sync_is_an_edit() -> None:
    edited = record({"title": "ours"}, sync="r/0/0/0", edits={"title": LATE})

    merge = merged({"title": "a"}, {"title": "theirs"}, edited)

    assert [contest.winner for contest in merge.contests] == ["platform"]


def test_a_first_match_fills_gaps_and_contests_the_rest() -> None:
    ours = record({"title": "ours"}, edits={"title": LATE})

    merge = merged(None, {"title": "theirs", "status": "Done"}, ours)

    assert merge.changes == (("status", None, "Done"),)
    assert [contest.attribute for contest in merge.contests] == ["title"]


def test_a_first_match_clears_nothing() -> None:
    merge = merged(None, {}, record({"title": "ours"}, updated_at=EARLY))

    assert merge == Merge((), (), frozenset())


def test_edits_both_sides_agree_on_can_be_forgotten() -> None:
    edits = {"title": EARLY, "status": LATE, "note": EARLY}
    ours = record({"title": "ours", "status": "Done", "note": "x"}, edits=edits)

    merge = merged({"title": "a", "status": "Open"}, {"title": "theirs", "status": "Done"}, ours)

    assert merge.agreed == {"title", "status"}


def test_an_edit_that_won_stays_pending() -> None:
    ours = record({"title": "ours"}, edits={"title": LATE})

    assert merged({"title": "a"}, {"title": "theirs"}, ours).agreed == frozenset()
