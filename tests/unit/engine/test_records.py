"""What is known of a link that is new, a record's place in the feed, and what it is found by."""

from syncline.engine.records import Link, LinkState, fed_at, record_lookups
from tests.unit.engine.situations import EARLY, LATE, NOW, TASK, record


def test_a_new_link_knows_nothing() -> None:
    new = Link(TASK, "task", LinkState.REJECTED, 1)

    assert (new.platform_id, new.parent, new.winner, new.reason, new.last) == (None,) * 5
    assert (new.stamp, new.baseline, new.sent, new.sent_at) == ("", {}, {}, None)


def test_an_edited_record_is_fed_by_its_last_edit() -> None:
    edited = record(updated_at=NOW, edits={"title": LATE, "status": EARLY})

    assert fed_at(edited) == LATE


def test_an_unedited_record_is_fed_by_its_update() -> None:
    assert fed_at(record(updated_at=NOW)) == NOW


def test_lookups_are_folded_and_never_empty() -> None:
    values = {"external_id": "00T1aA", "domain": None, "number": 7, "name": "Ada"}

    assert record_lookups(values, ("external_id", "domain", "number", "email")) == {
        "external_id": "00t1aa", "number": "7",
    }  # fmt: skip
