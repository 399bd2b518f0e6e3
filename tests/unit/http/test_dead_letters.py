"""Dead letters over the API: a workspace sees and touches its own, and hears why they failed."""

import pytest

from syncline.aws.messages import body_of
from syncline.engine.records import OutboxEntry, PlatformRecord
from syncline.ports import BatchReceipt, Drain, Expand, Failure, RecordWrite
from tests.unit.http.world import ACME, World

LETTERS = f"{ACME}/dead-letters"
SENT = "2026-01-05T12:00:00Z"
FAILED = Failure("internal_error", "an error in Syncline itself", "2026-01-05T12:30:00Z", 5)
OURS = Drain("acme", "crm", "account", ("a-1", "a-2"), delays=3)
MALFORMED = '{"workspace": "acme", "note": "Ada Lovelace"}'


@pytest.fixture
def letters(api: World) -> World:
    """One of ours, one of another workspace's, one that nobody can understand."""
    give_up = api.cloud.dead_letters.give_up
    give_up("m-1", body_of(OURS), sent_at=SENT)
    give_up("m-2", body_of(Drain("beta", "crm", "task", ("t-1",))), sent_at=SENT)
    give_up("m-3", MALFORMED, sent_at=SENT)
    api.cloud.failures.note({"m-1": FAILED})
    return api


def waiting(api: World, own: str, *entries: OutboxEntry) -> None:
    record = PlatformRecord("account", own, 1, {}, SENT, outbox=entries)
    assert api.cloud.records("acme").write([RecordWrite(record, 0)]) == [True]


def entry(receipt: str, to: str = "crm", *, bulk: bool = False) -> OutboxEntry:
    return OutboxEntry(receipt, SENT, {"industry": "Energy"}, (to,), bulk)


def test_a_letter_says_what_failed_and_why(letters: World) -> None:
    reply = letters("GET", LETTERS, token=letters.token("acme", "read"))

    assert reply.status == 200
    (shown,) = reply.body["items"]
    assert shown == {
        "id": "m-1", "writer": "write_back", "connection": "crm", "object": "account",
        "ids": ["a-1", "a-2"], "records": 2, "batch": None, "receipts": [], "waiting": 0,
        "sent_at": SENT, "code": FAILED.code, "reason": FAILED.reason,
        "failed_at": FAILED.at, "tries": 5,
    }  # fmt: skip


def test_a_letter_names_the_receipts_that_wait(letters: World) -> None:
    waiting(letters, "a-1", entry("r-1"), entry("r-2", bulk=True), entry("r-3", to="other"))
    waiting(letters, "a-2", entry("r-1"), entry("r-4"))

    (shown,) = letters("GET", LETTERS, token=letters.token()).body["items"]

    assert (shown["receipts"], shown["waiting"]) == (["r-1", "r-4"], 2)


def test_a_stored_request_names_its_receipt(api: World) -> None:
    api.cloud.dead_letters.give_up("m-4", body_of(Expand("acme", "b-1")), sent_at=SENT)
    api.cloud.receipts("acme").open_batch(BatchReceipt("b-1", "d", 600, SENT, captured=500))

    (shown,) = api("GET", LETTERS).body["items"]

    assert (shown["batch"], shown["receipts"], shown["code"]) == ("b-1", ["b-1"], "cut_off")
    assert shown["waiting"] == 1


def test_a_stored_request_that_is_captured_waits_no_more(api: World) -> None:
    api.cloud.dead_letters.give_up("m-4", body_of(Expand("acme", "b-1")), sent_at=SENT)
    api.cloud.receipts("acme").open_batch(BatchReceipt("b-1", "d", 600, SENT, captured=600))

    (shown,) = api("GET", LETTERS).body["items"]

    assert (shown["batch"], shown["receipts"], shown["waiting"]) == ("b-1", [], 0)


def test_what_nobody_understands_the_administrator_sees(letters: World) -> None:
    own, unknown = letters("GET", LETTERS).body["items"]

    assert (own["id"], unknown["id"]) == ("m-1", "m-3")
    assert unknown["code"] == "message_malformed"
    assert "connection is missing" in unknown["reason"]
    assert "unknown field note" in unknown["reason"]
    assert "Lovelace" not in str(unknown)


def test_a_letter_is_asked_for_again(letters: World) -> None:
    reply = letters("POST", f"{LETTERS}/m-1/retry", token=letters.token("acme", "operate"))

    assert (reply.status, reply.body) == (202, {"id": "m-1", "writer": "write_back"})
    (sent,) = letters.cloud.queues.immediate
    assert sent.request == Drain("acme", "crm", "account", ("a-1", "a-2"))
    assert set(letters.cloud.dead_letters.letters) == {"m-2", "m-3"}


def test_a_bulk_letter_goes_to_its_writer(api: World) -> None:
    request = Drain("acme", "crm", "account", ("a-1",), bulk=True)
    api.cloud.dead_letters.give_up("m-5", body_of(request), sent_at=SENT, bulk=True)

    api("POST", f"{LETTERS}/m-5/retry")

    assert [each.request for each in api.cloud.queues.bulk] == [request]


def test_what_nobody_understands_is_not_asked_again(letters: World) -> None:
    reply = letters("POST", f"{LETTERS}/m-3/retry")

    assert (reply.status, reply.code) == (409, "letter_malformed")
    assert "Discard it" in reply.body["remedy"]
    assert len(letters.cloud.dead_letters.letters) == 3


@pytest.mark.parametrize("letter", ["m-2", "m-3", "nothing"])
def test_what_is_not_ours_stays(letters: World, letter: str) -> None:
    token = letters.token("acme", "operate")

    reply = letters("POST", f"{LETTERS}/{letter}/retry", token=token)

    assert (reply.status, reply.code) == (404, "unknown_letter")
    assert len(letters.cloud.dead_letters.letters) == 3
    assert letters.cloud.queues.immediate == []


def test_reading_is_not_enough_to_retry(letters: World) -> None:
    reply = letters("POST", f"{LETTERS}/m-1/retry", token=letters.token("acme", "read", "write"))

    assert (reply.status, reply.code) == (403, "scope_missing")


def test_a_letter_that_is_discarded_asks_for_nothing(letters: World) -> None:
    waiting(letters, "a-1", entry("r-1"))

    reply = letters("DELETE", f"{LETTERS}/m-1", token=letters.token("acme", "operate"))

    assert reply.status == 204
    assert set(letters.cloud.dead_letters.letters) == {"m-2", "m-3"}
    assert letters.cloud.queues.immediate == []
    assert [e.receipt for e in letters.cloud.records("acme").get("account", ["a-1"])["a-1"].outbox]


def test_the_administrator_discards_what_nobody_understands(letters: World) -> None:
    assert letters("DELETE", f"{LETTERS}/m-3").status == 204

    assert set(letters.cloud.dead_letters.letters) == {"m-1", "m-2"}


@pytest.mark.parametrize("letter", ["m-2", "m-3", "nothing"])
def test_what_is_not_ours_is_not_discarded(letters: World, letter: str) -> None:
    token = letters.token("acme", "operate")

    reply = letters("DELETE", f"{LETTERS}/{letter}", token=token)

    assert (reply.status, reply.code) == (404, "unknown_letter")
    assert len(letters.cloud.dead_letters.letters) == 3


def test_reading_is_not_enough_to_discard(letters: World) -> None:
    reply = letters("DELETE", f"{LETTERS}/m-1", token=letters.token("acme", "read", "write"))

    assert (reply.status, reply.code) == (403, "scope_missing")
