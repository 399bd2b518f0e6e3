"""What every Crm promises of rows that are refused beside others: memory and Salesforce."""

import pytest

from syncline.errors import ConfigurationError
from syncline.ports import Row
from tests.contract.crm_objects import KEY
from tests.contract.crm_writing import Writing


def test_a_refused_row_stops_no_other(writing: Writing) -> None:
    tasks = [writing.org.put("Task", at, Subject=f"s{at}") for at in range(5)]
    writing.org.forbid("Task", "Subject", "bad")
    texts = ["a", "bad", "c", "bad", "e"]
    rows = [Row(f"p{at}", id, {"Subject": texts[at]}) for at, id in enumerate(tasks)]

    answers = writing.update("Task", *rows)

    assert [each.done for each in answers] == [True, False, True, False, True]
    assert [each.id for each in answers] == tasks
    read = [writing.read("Task", each, "Subject")[0] for each in tasks]
    assert read == ["a", "s1", "c", "s3", "e"]


def test_a_refusal_tells_its_code_and_fields(writing: Writing) -> None:
    task = writing.org.put("Task", 1)
    writing.org.forbid("Task", "Subject", "bad")

    (answer,) = writing.update("Task", Row("p1", task, {"Subject": "bad"}))

    told = (answer.id, answer.code, answer.fields, answer.again)
    assert told == (task, "validation_rule", ("Subject",), False)
    assert answer.message


def test_a_field_that_nobody_may_write_is_named(writing: Writing) -> None:
    task = writing.org.put("Task", 1, Subject="one")

    (answer,) = writing.update("Task", Row("p1", task, {"Subject": "new", "IsClosed": True}))

    assert (answer.code, answer.fields) == ("read_only", ("IsClosed",))
    assert writing.read("Task", task, "Subject") == ("one",)


def test_a_twin_is_not_created(writing: Writing) -> None:
    writing.org.put("Account", 1, Name="Acme")
    writing.org.no_twins("Account", "Name")
    rows = [Row("p1", None, {"Name": "Acme"}), Row("p2", None, {"Name": "Other"})]

    refused, made = writing.create("Account", *rows, key_field=KEY)

    assert (refused.code, refused.again) == ("duplicate_detected", False)
    assert made.created


def test_a_locked_row_may_come_again(writing: Writing) -> None:
    locked, free = writing.org.put("Task", 1), writing.org.put("Task", 2)
    writing.org.lock(locked)
    values = {"Subject": "new"}

    refused, done = writing.update("Task", Row("p1", locked, values), Row("p2", free, values))

    assert (refused.id, refused.code, refused.again) == (locked, "locked", True)
    assert done.done


def test_a_reference_to_nothing_is_refused(writing: Writing) -> None:
    account = writing.org.put("Account", 1, Name="Acme")
    writing.org.delete("Account", account)

    (answer,) = writing.create("Task", Row("p1", None, {"WhatId": account}), key_field=KEY)

    assert (answer.code, answer.again) == ("bad_reference", False)


def test_equal_rows_that_are_refused_have_an_answer_each(writing: Writing) -> None:
    writing.org.forbid("Task", "Subject", "bad")
    texts = ["bad", "good", "bad"]
    rows = [Row(f"p{at}", None, {"Subject": text}) for at, text in enumerate(texts)]

    answers = writing.create("Task", *rows)

    assert [each.code for each in answers] == ["validation_rule", "", "validation_rule"]


def test_an_unknown_object_refuses_everything(writing: Writing) -> None:
    with pytest.raises(ConfigurationError) as caught:
        writing.update("Nothing__c", Row("p1", "a00000000000001AAA", {"Name": "new"}))

    assert caught.value.code == "unknown_object"
