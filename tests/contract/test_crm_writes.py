"""What every Crm promises of writing: memory and Salesforce, at once and by jobs."""

from dataclasses import replace
from typing import Final

import pytest

from syncline.engine.plan import SendKind
from syncline.engine.records import Values
from syncline.ports import ReadRequest, Row, RowAnswer
from tests.contract.crm_objects import KEY
from tests.contract.crm_orgs import (
    changes,
    keys,
    put_user,
)
from tests.contract.crm_writing import Writing, request_for, written_id

TASKS = ReadRequest("Task", ("Subject",))
LATER = "2026-01-01T12:05:00Z"
AWKWARD = "c \"d\", e\nsecond line; 'x' 🎉 #N/A"


def is_task_id(writing: Writing, id: str) -> bool:
    crm = writing.org.crm()
    return crm.dialect.ids.is_id(id, crm.describe("Task").key_prefix)


# --- creating ---------------------------------------------------------------------------------


def test_a_creation_without_a_key_makes_a_record(writing: Writing) -> None:
    (made,) = writing.create("Task", Row("p1", None, {"Subject": "Call"}))

    assert is_task_id(writing, written_id(made))
    assert made.created
    assert keys(writing.org.crm(), TASKS) == [written_id(made)]
    assert writing.read("Task", written_id(made), "Subject") == ("Call",)


def test_a_creation_by_a_key_keeps_the_key(writing: Writing) -> None:
    (made,) = writing.create("Task", Row("p1", None, {"Subject": "Call"}), key_field=KEY)

    assert is_task_id(writing, written_id(made))
    assert made.created
    assert writing.read("Task", written_id(made), "Subject", KEY) == ("Call", "p1")


def test_a_creation_by_a_key_makes_one_record(writing: Writing) -> None:
    row = Row("p1", None, {"Name": "Acme"})
    (first,) = writing.create("Account", row, key_field=KEY)
    again = [replace(row, values={"Name": "Acme Ltd"}), Row("p2", None, {"Name": "New"})]

    second, other = writing.create("Account", *again, key_field=KEY)

    assert written_id(second) == written_id(first) != written_id(other)
    assert not second.created
    assert other.created
    assert writing.read("Account", written_id(first), "Name") == ("Acme Ltd",)


def test_the_key_of_a_deleted_record_is_free(writing: Writing) -> None:
    row = Row("p1", None, {"Name": "Acme"})
    (first,) = writing.create("Account", row, key_field=KEY)
    writing.org.delete("Account", written_id(first))

    (second,) = writing.create("Account", row, key_field=KEY)

    assert second.created
    assert written_id(second) != written_id(first)


def test_a_new_record_is_a_change_by_us(writing: Writing) -> None:
    us = writing.org.crm().identity().user_id
    writing.org.advance(300)

    (made,) = writing.create("Task", Row("p1", None, {"Subject": "Call"}))

    assert keys(writing.org.crm(), replace(TASKS, since=LATER)) == [written_id(made)]
    assert writing.read("Task", written_id(made), "LastModifiedById", "OwnerId") == (us, us)


def test_a_task_belongs_to_the_account_it_is_about(writing: Writing) -> None:
    first, second = [writing.org.put("Account", at, Name=f"A{at}") for at in (1, 2)]
    (made,) = writing.create("Task", Row("p1", None, {"Subject": "Call", "WhatId": first}))

    before = writing.read("Task", written_id(made), "AccountId", "Account.Name")
    writing.update("Task", Row("p1", written_id(made), {"WhatId": second}))
    after = writing.read("Task", written_id(made), "AccountId", "Account.Name")

    assert (before, after) == ((first, "A1"), (second, "A2"))


def test_a_creation_by_a_key_may_be_repeated(writing: Writing) -> None:
    """Though it sets what an update may not, and others beside it are new."""
    rows = [Row(f"p{at}", None, {"Subject": "Call", "TaskSubtype": "Call"}) for at in range(2)]
    request = request_for(SendKind.CREATE, "Task", rows, key_field=KEY)
    (first,) = writing.org.crm().write(request, rows[:1])

    second, other = writing.org.crm().write(request, rows)

    assert written_id(second) == written_id(first) != written_id(other)
    assert writing.read("Task", written_id(other), "TaskSubtype") == ("Call",)


# --- updating ---------------------------------------------------------------------------------


def test_only_the_given_fields_change(writing: Writing) -> None:
    first = writing.org.put("Task", 1, Subject="one", Description="long", Priority="Low")
    second = writing.org.put("Task", 2, Subject="two", Description="short", Priority="Low")

    answers = writing.update(
        "Task",
        Row("p1", first, {"Subject": "new"}),
        Row("p2", second, {"Description": "new", "Subject": "other"}),
    )

    assert answers == [RowAnswer(first), RowAnswer(second)]
    assert writing.read("Task", first, "Subject", "Description") == ("new", "long")
    assert writing.read("Task", second, "Subject", "Description") == ("other", "new")


def test_nothing_clears_a_field(writing: Writing) -> None:
    given = {"Description": "long", "ActivityDate": "2026-02-03"}
    task = writing.org.put("Task", 1, Subject="one", **given)

    writing.update("Task", Row("p1", task, {"Description": None, "ActivityDate": None}))

    read = writing.read("Task", task, "Subject", "Description", "ActivityDate")
    assert read == ("one", None, None)


def test_an_update_moves_the_stamps(writing: Writing) -> None:
    task = writing.org.put("Task", 1, Subject="before")
    writing.org.advance(300)

    writing.update("Task", Row("p1", task, {"Subject": "after"}))

    (found,) = changes(writing.org.crm(), replace(TASKS, since=LATER))
    assert found.key == task
    assert found.stamp == LATER


def test_a_new_owner_brings_another_address(writing: Writing) -> None:
    ada, bob = [put_user(writing.org, at, f"u{at}@example.com") for at in (1, 2)]
    task = writing.org.put("Task", 1, Subject="one", OwnerId=ada)

    writing.update("Task", Row("p1", task, {"OwnerId": bob}))

    assert writing.read("Task", task, "Owner.Email") == ("u2@example.com",)


VALUES: Final[Values] = {
    "Subject": AWKWARD,
    "Description": f"first\n{AWKWARD}",
    "ActivityDate": "2026-02-03",
    "IsReminderSet": True,
    "ReminderDateTime": "2026-02-03T04:05:06Z",
}


def test_values_of_every_type_arrive(writing: Writing) -> None:
    task = writing.org.put("Task", 1, Subject="one")

    answers = writing.update("Task", Row("p1", task, VALUES))

    assert [each.done for each in answers] == [True]
    assert writing.read("Task", task, *VALUES) == tuple(VALUES.values())


@pytest.mark.parametrize("score", [0, 7, 1234.5, -2])
def test_numbers_arrive(writing: Writing, score: float) -> None:
    account = writing.org.put("Account", 1, Name="Acme")
    values = {"NumberOfEmployees": 12, "Score__c": score}

    writing.update("Account", Row("p1", account, values))

    assert writing.read("Account", account, *values) == (12, score)


@pytest.mark.parametrize(
    "text", ["true", "12.0", "2026-01-01", "007", "a,b", '"', "=1+1", "é\r\nè"]
)
def test_texts_that_look_like_others_stay_texts(writing: Writing, text: str) -> None:
    task = writing.org.put("Task", 1, Subject="one")

    writing.update("Task", Row("p1", task, {"Description": text}))

    (read,) = writing.read("Task", task, "Description")
    assert str(read).replace("\r\n", "\n") == text.replace("\r\n", "\n")


# --- deleting ---------------------------------------------------------------------------------


def test_a_deletion_removes_the_record(writing: Writing) -> None:
    first, second = writing.org.put("Task", 1), writing.org.put("Task", 2)

    answers = writing.delete("Task", first)

    assert answers == [RowAnswer(first)]
    assert keys(writing.org.crm(), TASKS) == [second]


def test_deleting_what_is_deleted_is_done(writing: Writing) -> None:
    first, second = writing.org.put("Task", 1), writing.org.put("Task", 2)
    writing.delete("Task", first)

    answers = writing.delete("Task", second, first)

    assert answers == [RowAnswer(second), RowAnswer(first)]


def test_an_update_of_a_deleted_record_says_so(writing: Writing) -> None:
    gone, there = writing.org.put("Task", 1), writing.org.put("Task", 2)
    writing.org.delete("Task", gone)
    values = {"Subject": "new"}

    refused, done = writing.update("Task", Row("p1", gone, values), Row("p2", there, values))

    assert (refused.id, refused.code, refused.again) == (gone, "record_deleted", False)
    assert done.done


def test_a_record_that_lost_a_merge_is_deleted(writing: Writing) -> None:
    loser, winner = [writing.org.put("Account", at, Name=f"A{at}") for at in (1, 2)]
    writing.org.merge("Account", loser=loser, winner=winner)

    (answer,) = writing.update("Account", Row("p1", loser, {"Name": "new"}))

    assert answer.code == "record_deleted"
    assert writing.read("Account", winner, "Name") == ("A2",)


def test_a_record_that_was_never_there_is_deleted(writing: Writing) -> None:
    (answer,) = writing.update("Task", Row("p1", "00T000000000009EAA", {"Subject": "new"}))

    assert answer.code == "record_deleted"
