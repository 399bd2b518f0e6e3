"""Ids in their long form, and without their case."""

import pytest

from syncline.kinds.salesforce_ids import (
    SalesforceIds,
    alike,
    is_id,
    long_id,
    restore_case,
    unclear,
)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("001D000000IqhSL", "001D000000IqhSLIAZ"),
        ("001000000000000", "001000000000000AAA"),
        ("ABCDEfghijKLMNO", "ABCDEfghijKLMNO5A5"),
        ("abcdeFGHIJklmno", "abcdeFGHIJklmnoA5A"),
        ("ZZZZZaaaaaAAAAz", "ZZZZZaaaaaAAAAz5AP"),
    ],
)
def test_the_suffix_tells_the_case_of_the_rest(short: str, long: str) -> None:
    assert long_id(short) == long
    assert long_id(long) == long
    assert is_id(long)


@pytest.mark.parametrize(
    "id", ["", "001", "001D000000IqhSL", "001D000000IqhSLIAA", "001D000000IqhS'IAZ"]
)
def test_what_cannot_be_an_id_is_told(id: str) -> None:
    assert is_id(id) is False


def test_the_prefix_tells_the_object() -> None:
    assert is_id("001D000000IqhSLIAZ", "001")
    assert not is_id("001D000000IqhSLIAZ", "00T")


@pytest.mark.parametrize(
    "id", ["", "001d000000iqhsl", "001d000000iqhslbaz", "001d000000iqhsli9z", "001d000000iqhs'iaz"]
)
def test_no_case_is_restored_to_what_is_no_id(id: str) -> None:
    assert restore_case(id) is None


def test_an_id_with_its_case_stays() -> None:
    assert restore_case("001D000000IqhSLIAZ") == "001D000000IqhSLIAZ"
    assert restore_case("001d000000iqhsliaz") == "001D000000IqhSLIAZ"


def test_15_characters_without_their_case_are_unclear() -> None:
    told = (
        "short_external_id",
        "its External Id has 15 characters, whose case is lost in lower case; give all 18",
    )

    assert unclear("001d000000iqhsl", "001") == told
    assert unclear("00td000000iqhsl", "00T") == told
    assert unclear("001d000000iqhsl", "00T") is None
    assert unclear("001d000000iqhsliaz", "001") is None
    assert unclear("001d000000iqhsl", None) is None


def test_ids_of_one_object_begin_alike() -> None:
    assert alike("001D000000IqhSLIAZ", "001D000000IqhSLIAX")
    assert not alike("001D000000IqhSLIAZ", "00QD000000IqhSLIAZ")
    assert not alike("001D000000IqhSLIAZ", "002D000000IqhSLIAZ")


def test_all_rules_are_given_to_the_engine() -> None:
    ids = SalesforceIds()

    rules = (ids.is_id, ids.long_id, ids.restore_case, ids.unclear, ids.alike)

    assert rules == (is_id, long_id, restore_case, unclear, alike)
