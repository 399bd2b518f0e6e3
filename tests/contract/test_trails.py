"""What the Links port promises of trails: what leads to a story where no link does."""

from datetime import datetime

import pytest

from syncline.ports import Aside, Links, Trail
from tests.contract.aws_cloud import KEPT, AwsCloud
from tests.contract.cloud import Cloud
from tests.contract.samples import NOON, crm_id

FIRST = Trail(asides=(Aside(f"reject:no_title@{NOON}", "tasks.1/00000000/01/7"),))
SECOND = Trail(crm_id(1), (Aside("hold:grüße 🙂@", "tasks.2/00000000/00/0"), *FIRST.asides))


@pytest.fixture
def links(cloud: Cloud) -> Links:
    return cloud.links("acme", "org")


def test_trails_come_back_as_they_were_left(links: Links) -> None:
    links.leave_trails("task", {"t-1": FIRST, "t-2": SECOND, "t-3": Trail(crm_id(3))}, at=NOON)

    found = links.trails("task", ["t-1", "t-2", "t-3", "t-9"])

    assert found == {"t-1": FIRST, "t-2": SECOND, "t-3": Trail(crm_id(3))}
    assert links.trails("task", []) == {}


def test_a_trail_is_replaced_as_a_whole(links: Links) -> None:
    for trail in (SECOND, FIRST):
        links.leave_trails("task", {"t-1": trail, "t-2": FIRST}, at=NOON)

    assert links.trails("task", ["t-1", "t-2"]) == {"t-1": FIRST, "t-2": FIRST}


def test_trails_of_others_are_not_seen(cloud: Cloud, links: Links) -> None:
    links.leave_trails("task", {"t-1": FIRST}, at=NOON)

    assert links.trails("touchpoint", ["t-1"]) == {}
    assert cloud.links("acme", "other").trails("task", ["t-1"]) == {}
    assert cloud.links("emca", "org").trails("task", ["t-1"]) == {}


def test_a_trail_is_no_link_and_no_claim(links: Links) -> None:
    links.leave_trails("task", {"t-1": SECOND, crm_id(1): FIRST}, at=NOON)

    assert links.get(["t-1", crm_id(1)]) == {}
    assert links.claimed("task", ["t-1", crm_id(1)]) == {}
    assert list(links.linked("task", prefix="")) == []


def test_many_trails_are_left_at_once(links: Links) -> None:
    many = {f"t-{number}": FIRST for number in range(60)}

    links.leave_trails("task", many, at=NOON)

    assert links.trails("task", many) == many


def test_a_trail_goes_with_its_journal(aws_cloud: AwsCloud) -> None:
    aws_cloud.links("acme", "org").leave_trails("task", {"t-1": FIRST}, at=NOON)

    (item,) = aws_cloud.items("CrossReferencesTable").values()

    until = datetime.fromisoformat(NOON) + KEPT
    assert item["expires_at"] == int(until.timestamp())
