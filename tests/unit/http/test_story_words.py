"""A story in words: headline and reasons of what may happen to a record, as people read them."""

from typing import Any

import pytest

from syncline.http.telling import title_of, why_of

CRM = "Salesforce"

BUCKETS = {"create": "created", "update": "updated", "link": "linked", "delete": "deleted",
           "leave": "left", "skip": "skipped", "park": "parked", "hold": "held",
           "reject": "rejected"}  # fmt: skip
LATER = "the platform's edit of 10:01 is later than 10:00"
FROZEN = "its account changed in Salesforce; the account of an existing record stays as it is"


def inbound(verb: str, reason: str, **more: Any) -> dict[str, Any]:
    return {"key": "00T1", "verb": verb, "bucket": BUCKETS[verb], "reason": reason, **more}


def outbound(verb: str, reason: str, **more: Any) -> dict[str, Any]:
    return {**inbound(verb, reason, **more), "key": "t1", "platform_id": "t1"}


def sent(verb: str, reason: str, detail: str) -> dict[str, Any]:
    send = {"kind": "update", "id": "00T1", "values": {"Subject": "x"}}
    return outbound(verb, reason, detail=detail, send=send)


def contested(winner: str, why: str = LATER, **more: Any) -> dict[str, Any]:
    contests = [["title", "theirs", None, winner]]
    return {"detail": f"title: {why}", "contests": contests, **more}


@pytest.mark.parametrize(
    ("stored", "title", "whys"),
    [
        (
            outbound("update", "contested", **contested("platform")),
            "Updated in Salesforce",
            ["both sides changed the same field",
             "title: Salesforce has “theirs”, the platform nothing; the platform's value stays: "
             + LATER],
        ),
        (
            inbound("hold", "contested", **contested("hold", "the job holds contested fields")),
            "Held for a person",
            ["both sides changed the same field",
             "title: Salesforce has “theirs”, the platform nothing; a person must decide"],
        ),
        (
            outbound("skip", "account_not_matched", detail="its account has no match yet"),
            "Not sent to Salesforce",
            ["its account has no match yet"],
        ),
        (
            inbound("update", "changed", detail=FROZEN),
            "Updated on the platform",
            ["Salesforce changed it, and the platform did not change the same fields", FROZEN],
        ),
        (
            inbound("link", "inherited", detail="goes on with the record of the merged one"),
            "Took over the platform record of another one",
            ["another record was merged or converted into it in Salesforce",
             "goes on with the record of the merged one"],
        ),
        (
            inbound("leave", "link_moved", detail="merged into 00T2, which keeps its record"),
            "Merged or converted into another record in Salesforce",
            ["merged into 00T2, which keeps its record"],
        ),
        (
            inbound("update", "matched_and_differs", detail="matched by its External Id"),
            "Updated on the platform",
            ["it was matched with the record of the other side, and they differed",
             "matched by its External Id"],
        ),
        (
            inbound("delete", "deleted_in_crm"),
            "Deleted on the platform",
            ["it was deleted in Salesforce"],
        ),
        (
            outbound("delete", "deleted_on_platform"),
            "Deleted in Salesforce",
            ["it was deleted on the platform"],
        ),
        (
            inbound("reject", "no_title", detail="a task needs a title"),
            "Refused: it cannot be taken over",
            ["a task needs a title"],
        ),
        (
            sent("reject", "validation_failed", "Subject is too long."),
            "Salesforce refused it",
            ["validation failed", "Salesforce said: Subject is too long."],
        ),
        (
            sent("hold", "try_again", "unable to obtain exclusive access"),
            "Not sent yet",
            ["Salesforce may take it at another time", "unable to obtain exclusive access"],
        ),
        (
            outbound("link", "agreed_meanwhile"),
            "Both sides agree again",
            ["both sides have come to the same values"],
        ),
    ],
)  # fmt: skip
def test_what_happened_is_told_in_words(
    stored: dict[str, Any], title: str, whys: list[str]
) -> None:
    assert (title_of(stored, CRM), why_of(stored, CRM)) == (title, whys)


def test_a_decision_names_the_person() -> None:
    stored = inbound("update", "resolved", **contested("platform"))

    assert title_of(stored, CRM) == "A person decided"
    assert why_of(stored, CRM, by="ada")[0] == "decided by ada"


def test_several_contested_fields_are_told_one_by_one() -> None:
    contests = [["title", "a", "b", "crm"], ["status", "c", "d", "platform"]]
    stored = inbound("update", "contested", contests=contests, detail="title: x; status: y")

    told = why_of(stored, CRM)

    assert told[0] == "both sides changed the same fields"
    assert [each.rpartition("; ")[2] for each in told[1:]] == [
        "Salesforce's value stays: x", "the platform's value stays: y",
    ]  # fmt: skip
