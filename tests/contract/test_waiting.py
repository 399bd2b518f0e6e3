"""What the Links port promises of platform records that wait for their parent's link."""

import pytest

from syncline.ports import Links
from tests.contract.cloud import Cloud
from tests.contract.samples import crm_id, link, link_write, parked

PARENT = crm_id(1, "001")


@pytest.fixture
def links(cloud: Cloud) -> Links:
    return cloud.links("acme", "org")


def wait(links: Links, children: dict[str, str]) -> None:
    links.wait("task", children, parent_object="account")


def called(links: Links) -> list[str]:
    return [child for _, child in links.called("task", limit=10)]


def link_account(links: Links, platform_id: str = "a-1") -> None:
    account = link(1, crm_id=PARENT, object="account", platform_id=platform_id, last="a")
    assert links.write([link_write(account)]) == [True]


def test_a_waiting_record_is_called_when_its_parent_is_released(links: Links) -> None:
    wait(links, {"t-1": "a-1", "t-2": "a-2"})
    assert called(links) == []

    assert links.release(["a-1", "a-7"]) == 1

    assert links.called("task", limit=10) == [("a-1", "t-1")]
    assert links.called("touchpoint", limit=10) == []


def test_a_record_whose_parent_is_linked_already_is_called(links: Links) -> None:
    link_account(links)

    wait(links, {"t-1": "a-1", "t-2": "a-2"})

    assert called(links) == ["t-1"]


def test_only_a_parent_of_the_object_named_has_come(links: Links) -> None:
    links.write([link_write(link(1, object="touchpoint", platform_id="a-1"))])

    wait(links, {"t-1": "a-1"})

    assert called(links) == []


def test_waiting_twice_is_waiting_once(links: Links) -> None:
    for _ in range(2):
        wait(links, {"t-1": "a-1"})
    links.release(["a-1"])
    wait(links, {"t-1": "a-1"})

    assert links.called("task", limit=10) == [("a-1", "t-1")]
    links.settle("task", {"t-1": "a-1"}, waiting=True)
    assert links.release(["a-1"]) == 0


def test_settled_records_are_called_no_more(links: Links) -> None:
    wait(links, {"t-1": "a-1", "t-2": "a-1"})
    links.release(["a-1"])

    links.settle("task", {"t-1": "a-1"}, waiting=True)
    assert called(links) == ["t-2"]
    for _ in range(2):
        links.settle("task", {"t-2": "a-1"}, waiting=True)

    assert called(links) == []
    assert links.release(["a-1"]) == 0


def test_one_that_goes_on_waiting_is_called_again(links: Links) -> None:
    wait(links, {"t-1": "a-1"})
    links.release(["a-1"])
    assert called(links) == ["t-1"]

    wait(links, {"t-1": "a-1"})

    assert called(links) == ["t-1"]


def test_crm_and_platform_children_of_one_id_do_not_mix(links: Links) -> None:
    child = crm_id(5)
    wait(links, {child: PARENT, "t-9": PARENT})
    links.write([link_write(parked(5, PARENT))])
    links.release([PARENT])
    assert links.released("task", limit=10) == [(PARENT, child)]
    assert links.called("task", limit=10) == [(PARENT, child), (PARENT, "t-9")]

    links.settle("task", {child: PARENT})
    assert links.released("task", limit=10) == []
    assert links.called("task", limit=10) == [(PARENT, child), (PARENT, "t-9")]

    links.settle("task", {child: PARENT, "t-9": PARENT}, waiting=True)
    assert links.called("task", limit=10) == []
    assert links.release([PARENT]) == 0


def test_a_settled_waiting_record_keeps_the_parked_child(links: Links) -> None:
    wait(links, {"t-9": PARENT})
    links.write([link_write(parked(5, PARENT))])
    links.release([PARENT])

    links.settle("task", {"t-9": PARENT}, waiting=True)

    assert links.released("task", limit=10) == [(PARENT, crm_id(5))]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
def test_called_records_come_in_order_each_once(links: Links, limit: int) -> None:
    wanted = [(parent, f"t-{n}") for parent in ("a-1", "a-10", "a-2") for n in (1, 10)]
    wait(links, {child: parent for parent, child in wanted[:2]})
    for parent, child in wanted[2:]:
        wait(links, {child: parent})
    links.release(["a-2", "a-1", "a-10"])

    seen: list[tuple[str, str]] = []
    while page := links.called("task", limit=limit, after=seen[-1] if seen else None):
        assert len(page) <= limit
        seen += page

    assert seen == wanted


def test_waiting_stays_in_its_connection_and_workspace(cloud: Cloud, links: Links) -> None:
    wait(links, {"t-1": "a-1"})
    links.release(["a-1"])

    for other in (cloud.links("acme", "other"), cloud.links("beta", "org")):
        assert other.release(["a-1"]) == 0
        assert called(other) == []


@pytest.mark.parametrize("count", [1, 25, 26, 101])
def test_any_number_waits_and_is_settled(links: Links, count: int) -> None:
    children = {f"t-{n:03}": f"a-{n % 30:02}" for n in range(count)}

    wait(links, children)
    assert links.release(children.values()) == min(count, 30)
    assert len(links.called("task", limit=1000)) == count
    links.settle("task", children, waiting=True)

    assert links.called("task", limit=1000) == []


def test_nothing_waits_of_nothing(links: Links) -> None:
    wait(links, {})
    links.settle("task", {}, waiting=True)

    assert called(links) == []
