"""Which platform record a CRM record without a link belongs to."""

from dataclasses import replace

from syncline.engine.decide import decide
from syncline.engine.mapping import Line, RowMapper
from syncline.engine.plan import Verb
from syncline.engine.records import LinkState, PlatformRecord
from tests.unit.engine.situations import (
    ACCOUNT,
    EARLY,
    LINES,
    NOW,
    TASK,
    finding,
    link,
    record,
    rules,
    view,
)

MADE_FOR = replace(finding(), made_for="origin")


def test_nothing_known_means_a_new_record() -> None:
    action = decide(finding(), view(), rules(), NOW)

    assert action.record == PlatformRecord(
        "task", rules().platform_id(TASK), 1,
        {"account_id": "a1", "external_id": TASK.lower(), "title": "Call Ada", "status": "Open"},
        NOW,
    )  # fmt: skip
    assert (action.record_before, action.link_before, action.previous) == (None, None, None)
    assert ("title", None, "Call Ada") in action.changes
    assert action.link is not None
    assert (action.link.version, action.link.platform_id) == (1, action.platform_id)


def test_a_record_without_external_id_is_created() -> None:
    action = decide(finding(external_id=None), view(records=(record(id=""),)), rules(), NOW)

    assert action.record is not None
    assert "external_id" not in action.record.values


def test_the_creation_key_tells_the_origin() -> None:
    known = view(records=(record(id="origin"), record(id="own")), matches={TASK.lower(): "own"})

    assert decide(MADE_FOR, known, rules(), NOW).platform_id == "origin"


def test_a_deleted_origin_is_not_revived() -> None:
    gone = record(id="origin", deleted=True)
    known = view(records=(gone, record(id="own")), matches={TASK.lower(): "own"})

    assert decide(MADE_FOR, known, rules(), NOW).platform_id == "own"


def test_what_names_no_origin_has_none() -> None:
    assert finding().made_for is None


def test_an_unknown_origin_is_as_none() -> None:
    assert decide(MADE_FOR, view(), rules(), NOW).verb is Verb.CREATE


def test_a_record_of_another_object_is_no_match() -> None:
    other = record(id="own", object="touchpoint")

    action = decide(finding(), view(records=(other,), matches={TASK.lower(): "own"}), rules(), NOW)

    assert (action.verb, action.platform_id) == (Verb.CREATE, rules().platform_id(TASK))


def test_our_own_creation_is_met_again() -> None:
    made = record(id=rules().platform_id(TASK), values={"status": "Done"}, sync="run/0/0/0")

    action = decide(finding(), view(records=(made,)), rules(), NOW)

    assert (action.verb, action.platform_id) == (Verb.UPDATE, made.id)


def test_an_undeleted_record_gets_its_former_id() -> None:
    before = link(LinkState.DELETED, platform_id="former")
    tombstone = record(id="former", deleted=True, values={}, version=9)

    action = decide(finding(), view(before, records=(tombstone,)), rules(), NOW)

    assert (action.verb, action.reason, action.platform_id) == (Verb.CREATE, "undeleted", "former")
    assert (action.record_before, action.link_before) == (tombstone, before)
    assert action.record is not None
    assert (action.record.version, action.record.updated_at) == (10, NOW)


def test_only_a_deleted_link_tells_a_former_id() -> None:
    before = link(LinkState.REJECTED, platform_id="former")
    tombstone = record(id="former", deleted=True)

    action = decide(finding(), view(before, records=(tombstone,)), rules(), NOW)

    assert (action.reason, action.platform_id) == ("mended", rules().platform_id(TASK))


def test_a_job_without_parents_keeps_what_is_mapped() -> None:
    action = decide(finding(), view(account=None), rules(parent=None), NOW)

    assert action.record is not None
    assert action.record.values["account_id"] == ACCOUNT


def test_a_preview_without_account_has_none() -> None:
    action = decide(finding(account_id=None), view(), rules(apply_parent_rule=False), NOW)

    assert action.record is not None
    assert "account_id" not in action.record.values


def test_a_match_without_difference_is_linked() -> None:
    same = record(id="own")

    action = decide(finding(), view(records=(same,), matches={TASK.lower(): "own"}), rules(), NOW)

    assert (action.verb, action.reason) == (Verb.LINK, "matched")
    assert (action.record, action.record_before, action.changes) == (None, None, ())


def test_a_match_knows_no_baseline() -> None:
    edited = record(id="own", values={"title": "Mine"}, edits={"title": EARLY})
    before = link(LinkState.REJECTED, sent={"title": "Mine"})

    action = decide(
        finding(), view(before, records=(edited,), matches={TASK.lower(): "own"}), rules(), NOW
    )

    assert (action.verb, action.reason) == (Verb.UPDATE, "matched_and_differs")
    assert [contest[0] for contest in action.contests] == ["title"]


def test_what_the_field_cannot_hold_is_no_difference() -> None:
    day = Line("ActivityDate", "due_date", "date", "datetime")
    own = record(id="own", values={"due_date": "2026-01-09T23:30:00Z"})
    found = finding(due_date="2026-01-09T00:00:00Z")
    seen = view(records=(own,), matches={TASK.lower(): "own"})

    action = decide(found, seen, rules(mapper=RowMapper((*LINES, day))), NOW)

    assert (action.verb, action.reason) == (Verb.LINK, "matched")
    assert action.link is not None
    assert action.link.baseline["due_date"] == "2026-01-09T00:00:00Z"
    assert action.link.sent == {"due_date": "2026-01-09T23:30:00Z"}


def test_another_day_is_a_difference() -> None:
    day = Line("ActivityDate", "due_date", "date", "datetime")
    own = record(id="own", values={"due_date": "2026-01-08T23:30:00Z"})
    found = finding(due_date="2026-01-09T00:00:00Z")
    seen = view(records=(own,), matches={TASK.lower(): "own"})

    action = decide(found, seen, rules(mapper=RowMapper((*LINES, day))), NOW)

    assert action.changes == (("due_date", "2026-01-08T23:30:00Z", "2026-01-09T00:00:00Z"),)
