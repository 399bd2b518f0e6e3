"""What the Links port promises."""

import dataclasses
from typing import Any

import pytest

from syncline.engine.records import Link, LinkState
from syncline.errors import InvariantError, RecordRejectedError
from syncline.ports import Links
from tests.contract.cloud import Cloud
from tests.contract.samples import crm_id, link, link_write, parked

PARENT = crm_id(1, "001")


@pytest.fixture
def links(cloud: Cloud) -> Links:
    return cloud.links("acme", "org")


def next_of(old: Link, **changes: Any) -> Link:
    last = f"{old.last}+"
    return dataclasses.replace(old, **{"version": old.version + 1, "last": last, **changes})


def test_a_link_comes_back_as_it_was_written(links: Links) -> None:
    full = link(
        baseline={"title": "Grüße 🙂\n2", "n": 1.5, "i": 7, "done": False, "none": None},
        winner="w", reason="r", parent="p",
    )  # fmt: skip

    assert links.write([link_write(full)]) == [True]

    assert links.get([full.crm_id, crm_id(9)]) == {full.crm_id: full}
    assert links.claimed("task", ["t-1", "t-9"]) == {"t-1": full.crm_id}


SENT = {"title": "Grüße 🙂", "due_date": None, "n": 1.5, "done": False}


def test_a_link_keeps_what_was_sent_and_when(links: Links) -> None:
    first = link(sent=SENT, sent_at="2026-01-05T13:00:00Z")
    second = next_of(first, sent={"title": "Called"}, sent_at="2026-01-05T14:00:00Z")

    for new, before in ((first, None), (second, first)):
        assert links.write([link_write(new, before)]) == [True]
        assert links.get([first.crm_id]) == {first.crm_id: new}


def test_what_was_sent_goes_from_a_link_that_says_nothing_of_it(links: Links) -> None:
    first = link(sent=SENT, sent_at="2026-01-05T13:00:00Z")
    second = next_of(first, sent={}, sent_at=None)
    links.write([link_write(first)])

    assert links.write([link_write(second, first)]) == [True]

    assert links.get([first.crm_id]) == {first.crm_id: second}


def test_a_link_is_replaced_only_from_the_version_expected(links: Links) -> None:
    first = link()
    second = next_of(first, baseline={"title": "Called"})
    late = next_of(first, baseline={"title": "Late"}, last="other/1")
    links.write([link_write(first)])

    assert links.write([link_write(second, first)]) == [True]
    assert links.write([link_write(late, first)]) == [False]

    assert links.get([first.crm_id])[first.crm_id] == second


def test_a_link_that_exists_is_not_made_again(links: Links) -> None:
    links.write([link_write(link())])

    assert links.write([link_write(link(last="other/1", stamp="x"))]) == [False]

    assert links.get([crm_id(1)])[crm_id(1)] == link()


def test_a_repeated_write_is_a_success_and_changes_nothing(links: Links) -> None:
    first = link()
    second = next_of(first, platform_id="t-other")
    for _ in range(2):
        assert links.write([link_write(first)]) == [True]
    for _ in range(2):
        assert links.write([link_write(second, first)]) == [True]

    assert links.get([first.crm_id]) == {first.crm_id: second}
    assert links.claimed("task", ["t-1", "t-other"]) == {"t-other": first.crm_id}


def test_only_the_failing_ones_of_a_batch_fail(links: Links) -> None:
    links.write([link_write(link(2))])

    answers = links.write([link_write(link(number, last=f"b/{number}")) for number in (1, 2, 3)])

    assert answers == [True, False, True]
    assert set(links.get([crm_id(n) for n in (1, 2, 3)])) == {crm_id(n) for n in (1, 2, 3)}


def test_a_platform_record_has_one_live_link(links: Links) -> None:
    links.write([link_write(link(1, platform_id="t"))])

    assert links.write([link_write(link(2, platform_id="t"))]) == [False]

    assert links.get([crm_id(2)]) == {}
    assert links.claimed("task", ["t"]) == {"t": crm_id(1)}


def test_of_two_claims_in_one_batch_the_first_holds(links: Links) -> None:
    answers = links.write([link_write(link(n, platform_id="t")) for n in (2, 1)])

    assert answers == [True, False]
    assert links.claimed("task", ["t"]) == {"t": crm_id(2)}


def test_a_refused_link_gives_its_new_claim_back(links: Links) -> None:
    links.write([link_write(link(1, platform_id="one"))])

    assert links.write([link_write(link(1, platform_id="two", last="b"))]) == [False]

    assert links.claimed("task", ["one", "two"]) == {"one": crm_id(1)}


def test_the_same_id_of_another_object_is_another_claim(links: Links) -> None:
    links.write([link_write(link(1, platform_id="x"))])

    assert links.write([link_write(link(2, platform_id="x", object="account"))]) == [True]


def test_live_links_are_listed_in_id_order(links: Links) -> None:
    ids = [f"00T{text}AAA" for text in ("000000000001", "00000000000Z", "00000000000a")]
    others = [
        link(5, crm_id=crm_id(5, "001"), object="account", platform_id="a"),
        link(6, object="note", platform_id="n"),
        link(7, state=LinkState.ALIAS, winner="w"),
        parked(8, PARENT),
    ]
    made = [link(crm_id=each, platform_id=f"t-{each}", last=each) for each in reversed(ids)]
    links.write([link_write(each) for each in [*made, *others]])

    assert list(links.linked("task", prefix="00T")) == ids
    assert list(links.linked("task", prefix="00T", after=ids[0])) == ids[1:]
    assert list(links.linked("task", prefix="00T", after="00T000000000003AAA")) == ids[1:]
    assert list(links.linked("task", prefix="00T", after=ids[-1])) == []
    assert list(links.linked("account", prefix="001")) == [crm_id(5, "001")]


@pytest.mark.parametrize("state", [LinkState.ALIAS, LinkState.DELETED, LinkState.REJECTED])
def test_a_link_that_ends_gives_its_platform_record_free(links: Links, state: LinkState) -> None:
    first = link(1, platform_id="t")
    links.write([link_write(first)])
    ended = next_of(first, state=state)

    assert links.write([link_write(ended, first)]) == [True]

    assert links.claimed("task", ["t"]) == {}
    assert links.write([link_write(link(2, platform_id="t"))]) == [True]


def test_an_older_repeat_does_not_take_a_claim_from_its_new_holder(links: Links) -> None:
    first = link(1, platform_id="t")
    ended = next_of(first, state=LinkState.DELETED)
    links.write([link_write(first)])
    links.write([link_write(ended, first)])
    links.write([link_write(link(2, platform_id="t"))])

    assert links.write([link_write(ended, first)]) == [True]
    assert links.write([link_write(first)]) == [False]

    assert links.claimed("task", ["t"]) == {"t": crm_id(2)}


def test_nothing_crosses_connections_or_workspaces(cloud: Cloud, links: Links) -> None:
    links.write([link_write(link()), link_write(parked(2, PARENT))])

    for other in (cloud.links("acme", "other"), cloud.links("beta", "org")):
        assert other.get([crm_id(1)]) == {}
        assert other.claimed("task", ["t-1"]) == {}
        assert other.release([PARENT]) == 0
        assert other.write([link_write(link())]) == [True]


def test_a_parked_child_is_released_when_its_parent_arrives(links: Links) -> None:
    links.write([link_write(parked(1, PARENT)), link_write(parked(2, crm_id(2, "001")))])
    assert links.released("task", limit=10) == []

    assert links.release([PARENT, crm_id(7, "001")]) == 1
    assert links.release([PARENT]) == 1

    assert [child for _, child in links.released("task", limit=10)] == [crm_id(1)]
    assert links.released("account", limit=10) == []


def test_settled_children_are_forgotten_and_the_mark_goes_with_the_last(links: Links) -> None:
    links.write([link_write(parked(n, PARENT)) for n in (1, 2)])
    links.release([PARENT])

    links.settle("task", {crm_id(1): PARENT})
    assert [child for _, child in links.released("task", limit=10)] == [crm_id(2)]
    links.settle("task", {crm_id(2): PARENT})
    links.settle("task", {crm_id(2): PARENT})

    assert links.released("task", limit=10) == []
    assert links.release([PARENT]) == 0


def test_a_child_parked_under_a_parent_that_is_linked_already_is_released(links: Links) -> None:
    links.write([link_write(link(1, crm_id=PARENT, object="account", platform_id="a"))])
    assert links.release([PARENT]) == 0

    links.write([link_write(parked(5, PARENT))])

    assert [child for _, child in links.released("task", limit=10)] == [crm_id(5)]


def test_a_child_whose_parking_was_refused_is_not_released(links: Links) -> None:
    links.write([link_write(link(1))])
    assert links.write([link_write(parked(1, PARENT, last="b"))]) == [False]

    links.release([PARENT])

    assert links.released("task", limit=10) == []


def test_no_more_children_than_asked_for_are_released(links: Links) -> None:
    parents = [crm_id(n, "001") for n in (1, 2)]
    links.write([link_write(parked(10 * p + n, parents[p])) for p in (0, 1) for n in (1, 2, 3)])
    links.release(parents)

    assert [child for _, child in links.released("task", limit=4)] == [
        crm_id(n) for n in (1, 2, 3, 11)
    ]


@pytest.mark.parametrize("count", [1, 25, 26, 101, 1000])
def test_batches_of_any_size_are_answered_in_order(links: Links, count: int) -> None:
    links.write([link_write(link(count))])
    writes = [link_write(link(n, last=f"b/{n}")) for n in range(1, count + 1)]

    answers = links.write(writes)

    assert answers == [True] * (count - 1) + [False]
    assert len(links.get([w.link.crm_id for w in writes])) == count


def test_nothing_is_asked_of_nothing(links: Links) -> None:
    assert links.write([]) == []
    assert links.get([]) == {}
    assert links.claimed("task", []) == {}
    assert links.release([]) == 0
    links.settle("task", {})


def test_the_same_link_twice_in_one_batch_is_refused(links: Links) -> None:
    with pytest.raises(InvariantError):
        links.write([link_write(link()), link_write(link(platform_id="x"))])


@pytest.mark.parametrize("size", [{"baseline": 210_000}, {"baseline": 105_000, "sent": 105_000}])
def test_a_link_over_400_kb_is_refused_before_anything_is_written(
    links: Links, size: dict[str, int]
) -> None:
    large = link(2, **{name: {"description": "ü" * count} for name, count in size.items()})

    with pytest.raises(RecordRejectedError) as refused:
        links.write([link_write(link(1)), link_write(large)])

    assert refused.value.code == "too_large"
    assert links.get([crm_id(1), crm_id(2)]) == {}
    assert links.claimed("task", ["t-1", "t-2"]) == {}
