"""The books of a run: what is counted where, and what is told when they do not balance."""

import pytest

from syncline.engine.ledger import Ledger
from syncline.errors import InvariantError

NOTHING = {
    "read": 0, "created": 0, "updated": 0, "linked": 0, "deleted": 0, "left": 0, "skipped": 0,
    "parked": 0, "held": 0, "rejected": 0, "reasons": {}, "examples": {}, "outside": {},
    "written": {"records": 0, "cross_references": 0},
}  # fmt: skip


def kept() -> Ledger:
    """Four records read, one of them no part of the totals."""
    ledger = Ledger(read=4)
    ledger.count("updated", "changed", 2)
    ledger.count("held", "contested", example="t-1")
    ledger.leave_out("account_not_matched")
    ledger.written["records"] += 2
    ledger.written["cross_references"] += 3
    return ledger


def test_new_books_are_empty() -> None:
    assert Ledger().to_json() == NOTHING
    assert Ledger.from_json({}) == Ledger()


def test_counts_are_split_by_reason() -> None:
    assert kept().to_json() == {
        **NOTHING, "read": 3, "updated": 2, "held": 1,
        "reasons": {"held:contested": 1, "updated:changed": 2},
        "examples": {"held:contested": "t-1"},
        "outside": {"account_not_matched": 1},
        "written": {"records": 2, "cross_references": 3},
    }  # fmt: skip


def test_one_reason_adds_up() -> None:
    ledger = kept()
    ledger.count("updated", "changed")
    ledger.leave_out("account_not_matched", 2)

    assert ledger.buckets["updated"] == 3
    assert ledger.reasons["updated:changed"] == 3
    assert ledger.outside == {"account_not_matched": 3}
    assert ledger.read == 1


def test_the_first_example_of_a_trouble_stays() -> None:
    ledger, later = kept(), Ledger(read=2)
    later.count("held", "contested", example="t-2")
    later.count("rejected", "no_title", example="t-3")
    later.count("updated", "changed", example="t-4")

    ledger.add(later)

    assert Ledger.from_json(ledger.to_json()).examples == {
        "held:contested": "t-1",
        "rejected:no_title": "t-3",
    }


def test_what_is_written_in_part_is_trouble() -> None:
    ledger = Ledger()
    ledger.count("updated", "written_in_part", 2, example="t-1")
    ledger.count("updated", "written_back", 5)

    assert ledger.trouble == 2
    assert ledger.examples == {"updated:written_in_part": "t-1"}


def test_none_is_not_counted() -> None:
    ledger = Ledger()
    ledger.count("left", "unchanged", 0)

    assert ledger.to_json() == NOTHING


def test_an_unknown_bucket_is_refused() -> None:
    with pytest.raises(KeyError):
        Ledger().count("lost", "somewhere")


def test_books_survive_their_storage() -> None:
    assert Ledger.from_json(kept().to_json()) == kept()


def test_books_of_batches_add_up() -> None:
    whole = kept()
    whole.add(kept())

    assert whole.to_json() == {
        **NOTHING, "read": 6, "updated": 4, "held": 2,
        "reasons": {"held:contested": 2, "updated:changed": 4},
        "examples": {"held:contested": "t-1"},
        "outside": {"account_not_matched": 2},
        "written": {"records": 4, "cross_references": 6},
    }  # fmt: skip


def test_empty_books_take_over_all() -> None:
    whole = Ledger()
    whole.add(kept())

    assert whole == kept()


def test_a_reason_may_have_colons() -> None:
    one, whole = Ledger(read=1), Ledger()
    one.count("rejected", "no_title:twice")
    whole.add(one)

    assert whole.reasons == {"rejected:no_title:twice": 1}


def test_balanced_books_pass() -> None:
    kept().check()


@pytest.mark.parametrize("read", [2, 4])
def test_books_that_do_not_balance_fail(read: int) -> None:
    ledger = kept()
    ledger.read = read

    with pytest.raises(InvariantError, match=f"{read} read, 3 in buckets, 3 explained") as caught:
        ledger.check()

    assert caught.value.code == "ledger_unbalanced"


def test_a_count_without_a_reason_fails() -> None:
    ledger = kept()
    ledger.reasons.pop("held:contested")

    with pytest.raises(InvariantError):
        ledger.check()


def test_trouble_is_held_and_rejected() -> None:
    ledger = kept()
    ledger.count("rejected", "no_title", 4)
    ledger.count("skipped", "create_off", 8)

    assert ledger.trouble == 5


def test_refused_attributes_split_a_cause() -> None:
    ledger, later = Ledger(), Ledger()
    ledger.refuse("updated:written_in_part", "phone", "too_long", example="a-1")
    later.refuse("updated:written_in_part", "phone", "too_long", example="a-2")
    later.refuse("rejected:read_only", "fax", "read_only", example="a-3")

    ledger.add(later)

    kept = Ledger.from_json(ledger.to_json())
    assert kept.refused == {
        "updated:written_in_part:phone:too_long": 2,
        "rejected:read_only:fax:read_only": 1,
    }
    assert [*kept.examples.values()] == ["a-3", "a-1"]
    assert kept.reasons == {}
