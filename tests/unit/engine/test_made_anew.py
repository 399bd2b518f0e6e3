"""A record that was made anew takes the place of a deleted one: what is decided, either way."""

from syncline.engine.decide import decide
from syncline.engine.made_anew import has_moved, orphaned
from syncline.engine.plan import Action, SendKind, Verb
from syncline.engine.records import Link, LinkState
from tests.unit.engine import outgoing_situations as out
from tests.unit.engine import situations as into

FORMER = out.link(platform_id="t0", sent={"status": "Open"}, sent_at=out.EARLY)
KNOWN = {"carried": {"t1": out.TASK}, "known": {"t1": FORMER}, "orphans": frozenset({out.TASK})}


def told(action: Action) -> tuple[Verb, str, str]:
    return action.verb, action.reason, action.detail


def test_nothing_of_the_deleted_record_is_agreed() -> None:
    held = out.link(sent={"status": "Open"}, sent_at=out.EARLY, reason="contested")

    assert orphaned(held) == out.link(baseline={}, stamp="")


def test_a_link_moves_to_another_record_only() -> None:
    assert has_moved(FORMER, "t1") is True
    assert has_moved(FORMER, "t0") is False
    assert has_moved(out.link(platform_id=None), "t1") is False
    assert has_moved(None, "t1") is False


# --- outbound -----------------------------------------------------------------------------------


def test_the_same_takes_the_place() -> None:
    action = out.decided(out.record(), out.view(**KNOWN, found=out.found()))

    assert told(action) == (
        Verb.LINK,
        "matched",
        "matched by the External Id that it carries; in place of t0, which was deleted",
    )
    assert (action.link_before, action.previous) == (FORMER, "run/0/0/0")
    assert action.values == {
        "title": "Call Ada", "status": "Open", "assigned_to": "ada@example.com",
    }  # fmt: skip


def test_what_differs_is_sent_with_it() -> None:
    action = out.decided(out.record(), out.view(**KNOWN, found=out.found(status=None)))

    assert (action.verb, action.reason) == (Verb.UPDATE, "matched_and_differs")
    assert action.send is not None
    assert (action.send.kind, action.send.values) == (SendKind.UPDATE, {"Status": "Open"})
    assert action.link_before == FORMER


def test_what_is_held_takes_no_place() -> None:
    known = out.view(**KNOWN, found=out.found(title="Theirs"))

    action = out.decided(out.record(), known, policy="hold")

    assert (action.verb, action.reason) == (Verb.HOLD, "contested")
    assert (action.link_before, action.previous) == (None, None)


def test_a_match_that_takes_no_place_has_no_link_before() -> None:
    known = {"t1": out.link(state=LinkState.REJECTED, platform_id=None)}

    action = out.decided(
        out.record(), out.view(carried={"t1": out.TASK}, known=known, found=out.found())
    )

    assert (action.verb, action.link_before) == (Verb.LINK, None)


def test_a_deletion_is_not_sent_over_it() -> None:
    gone = out.record(deleted=True, values={})
    known = out.view(out.link(), remade=frozenset({"t1"}))

    action = out.decided(gone, known)

    assert told(action) == (Verb.LEAVE, "made_anew", "")
    assert (action.send, action.crm_id) == (None, None)


# --- inbound ------------------------------------------------------------------------------------

TOMBSTONE = into.record(id="t0", deleted=True, values={})
ANEW = into.record(id="t9", sync=None, version=1)
HELD = into.link(platform_id="t0", sent={"status": "Open"}, sent_at=into.EARLY)
MATCHES = {into.TASK.lower(): "t9"}


def came(link: Link = HELD, *, claims: dict[str, str] | None = None, **changes: str) -> Action:
    view = into.view(link, records=(TOMBSTONE, ANEW), matches=MATCHES, claims=claims or {})
    return decide(into.finding(**changes), view, into.rules(), into.NOW)


def test_an_import_gives_the_place() -> None:
    action = came()

    assert told(action) == (Verb.LINK, "matched", "matched by its External Id")
    assert (action.platform_id, action.link_before) == ("t9", HELD)
    assert action.link == into.link(
        version=4, platform_id="t9", stamp=into.LATE, baseline=into.values(), last=None
    )


def test_an_import_merges_as_at_first_sight() -> None:
    action = came(status="Done")

    assert (action.verb, action.reason) == (Verb.UPDATE, "matched_and_differs")
    assert [each[0] for each in action.contests] == ["status"]


def test_an_import_gives_no_record_two_places() -> None:
    action = came(claims={"t9": "00T000000000009AAA"})

    assert told(action) == (
        Verb.HOLD,
        "already_linked",
        "its platform record already belongs to another Salesforce record",
    )


def test_its_own_claim_is_no_hindrance() -> None:
    assert came(claims={"t9": into.TASK}).verb is Verb.LINK


def test_an_import_without_external_id_finds_none() -> None:
    view = into.view(HELD, records=(TOMBSTONE, ANEW), matches={"none": "t9"})
    found = into.finding(external_id=None)

    action = decide(found, view, into.rules(), into.NOW)

    assert (action.verb, action.reason) == (Verb.SKIP, "deleted_on_platform")


def test_what_was_deleted_twice_is_deleted() -> None:
    again = into.record(id="t9", deleted=True, values={})
    view = into.view(HELD, records=(TOMBSTONE, again), matches=MATCHES)

    action = decide(into.finding(), view, into.rules(), into.NOW)

    assert (action.verb, action.reason) == (Verb.SKIP, "deleted_on_platform")
