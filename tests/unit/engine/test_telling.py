"""What the engine tells people of a record: what it was matched by, what it lacks."""

from dataclasses import replace

import pytest

from syncline.engine.decide import decide
from syncline.engine.findings import Finding, matched_by, needs
from syncline.engine.records import PlatformRecord
from tests.unit.engine.situations import EARLY, NOW, TASK, finding, record, rules, view

BARE = PlatformRecord("task", "own", 1, {}, EARLY)


@pytest.mark.parametrize(
    ("found", "there", "told"),
    [
        (finding(), record(id="own"), "matched by its External Id"),
        (
            finding(external_id="own"),
            BARE,
            "matched by the platform's id, which is its External Id",
        ),
        (replace(finding(), made_for="own"), BARE, "matched by the key that it was created with"),
        (finding(), BARE, "matched with the record that was made for it before"),
        (finding(external_id=None), BARE, "matched with the record that was made for it before"),
    ],
)
def test_what_a_record_was_matched_by(found: Finding, there: PlatformRecord, told: str) -> None:
    assert matched_by(found, there) == told


def test_a_match_is_told_before_what_differs() -> None:
    there = replace(record(id="own"), edits={"title": EARLY})
    found = finding(title="Theirs")

    action = decide(found, view(records=(there,), matches={TASK.lower(): "own"}), rules(), NOW)

    assert action.detail.startswith("matched by its External Id; title: ")


@pytest.mark.parametrize(
    ("object", "missing", "told"),
    [
        ("task", "title", "a task needs a title"),
        ("account", "name", "an account needs a name"),
        ("user", "email", "a user needs an email"),
        ("touchpoint", "subject_or_content", "a touchpoint needs a subject or content"),
        ("campaign_touch", "start_date", "a campaign touch needs a start date"),
    ],
)
def test_what_a_record_lacks_is_told_in_words(object: str, missing: str, told: str) -> None:
    assert needs(object, missing) == told
