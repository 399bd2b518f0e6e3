"""What the Links port promises of fields that several references lead to: what we wrote there."""

from datetime import datetime

import pytest

from syncline.engine.edited import Edited
from syncline.ports import Links
from tests.contract.aws_cloud import KEPT, AwsCloud
from tests.contract.cloud import Cloud
from tests.contract.samples import NOON, crm_id

LATER = "2026-01-05T13:00:00Z"
TITLE, PHONE = (crm_id(1), "title"), (crm_id(1), "phone")


@pytest.fixture
def links(cloud: Cloud) -> Links:
    return cloud.links("acme", "org")


def test_edits_come_back_as_they_were_noted(links: Links) -> None:
    edits = {TITLE: Edited(NOON, "Grüße 🙂"), PHONE: Edited(LATER, None)}

    links.note_edited(edits, at=NOON)

    assert links.edited([TITLE, PHONE, (crm_id(2), "title")]) == edits
    assert links.edited([]) == {}


def test_the_last_edit_counts(links: Links) -> None:
    for edit in (Edited(LATER, "Boss"), Edited(NOON, True)):
        links.note_edited({TITLE: edit, PHONE: edit}, at=NOON)

    assert links.edited([TITLE, PHONE]) == {TITLE: Edited(NOON, True), PHONE: Edited(NOON, True)}


def test_edits_of_others_are_not_seen(cloud: Cloud, links: Links) -> None:
    links.note_edited({TITLE: Edited(NOON, "Boss")}, at=NOON)

    assert cloud.links("acme", "other").edited([TITLE]) == {}
    assert cloud.links("emca", "org").edited([TITLE]) == {}
    assert links.get([crm_id(1)]) == {}


def test_many_edits_are_noted_at_once(links: Links) -> None:
    many = {(crm_id(number), "title"): Edited(NOON, number) for number in range(60)}

    links.note_edited(many, at=NOON)

    assert links.edited(many) == many


def test_edits_go_with_the_journal(aws_cloud: AwsCloud) -> None:
    aws_cloud.links("acme", "org").note_edited({TITLE: Edited(NOON, "Boss")}, at=LATER)

    (item,) = aws_cloud.items("CrossReferencesTable").values()

    assert item["expires_at"] == int((datetime.fromisoformat(LATER) + KEPT).timestamp())
