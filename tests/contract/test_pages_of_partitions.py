"""Pages of a partition on the local cloud, which answers Queries in a way of its own."""

import random
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from syncline.aws.clients import Clients

TABLE: Final = "pages"
FORMS: Final[Mapping[str, tuple[str, dict[str, str]]]] = {
    "all": ("", {}),
    "prefix": (" AND begins_with(sk, :prefix)", {":prefix": "b"}),
    "range": (" AND sk BETWEEN :from AND :to", {":from": "a5", ":to": "b5"}),
    "another form": (" AND sk > :from", {":from": "b"}),
}


@pytest.fixture(scope="module")
def kept(clients: Clients) -> list[str]:
    """Sort keys in a partition after many were written in no order, and some deleted."""
    keys = [f"{letter}{number}" for letter in "abc" for number in range(100)]
    pick = random.Random(7)
    pick.shuffle(keys)
    client = clients.dynamodb
    client.create_table(
        TableName=TABLE,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for key in [*keys, *keys[:20]]:
        client.put_item(TableName=TABLE, Item={**place(key), "text": {"S": "x" * 5_000}})
    for key in keys[:50]:
        client.delete_item(TableName=TABLE, Key=place(key))
    client.put_item(TableName=TABLE, Item={"pk": {"S": "other"}, "sk": {"S": "b1"}})
    return sorted(keys[50:])


def place(key: str) -> dict[str, Any]:
    return {"pk": {"S": "all"}, "sk": {"S": key}}


def pages(clients: Clients, form: str, **asked: Any) -> list[list[str]]:
    text, values = FORMS[form]
    request: dict[str, Any] = {
        "TableName": TABLE,
        "KeyConditionExpression": f"pk = :pk{text}",
        "ExpressionAttributeValues": {k: {"S": v} for k, v in {":pk": "all", **values}.items()},
        **asked,
    }
    found = []
    while True:
        answer = clients.dynamodb.query(**request)
        found.append([item["sk"]["S"] for item in answer["Items"]])
        if "LastEvaluatedKey" not in answer:
            return found
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def wanted(form: str, keys: list[str]) -> list[str]:
    choose: dict[str, Callable[[str], bool]] = {
        "all": lambda key: True,
        "prefix": lambda key: key.startswith("b"),
        "range": lambda key: "a5" <= key <= "b5",
        "another form": lambda key: key > "b",
    }
    return [key for key in keys if choose[form](key)]


@pytest.mark.parametrize("forward", [True, False], ids=["forward", "backward"])
@pytest.mark.parametrize("form", FORMS)
def test_pages_hold_a_partition_in_order(
    clients: Clients, kept: list[str], form: str, forward: bool
) -> None:
    found = pages(clients, form, Limit=7, ScanIndexForward=forward)

    keys = wanted(form, kept)
    assert [key for page in found for key in page] == (keys if forward else keys[::-1])
    assert {len(page) for page in found[:-1]} == {7}


def test_a_page_ends_with_a_megabyte(clients: Clients, kept: list[str]) -> None:
    found = pages(clients, "all")

    assert [key for page in found for key in page] == kept
    assert [len(page) for page in found] == [209, len(kept) - 209]


def test_a_page_that_ends_with_its_limit_says_that_more_may_come(
    clients: Clients, kept: list[str]
) -> None:
    count = len(wanted("prefix", kept))

    assert [len(page) for page in pages(clients, "prefix", Limit=count)] == [count, 0]


@pytest.mark.parametrize("size", [7, 1_000])
def test_scan_pages_hold_a_table_in_order(clients: Clients, kept: list[str], size: int) -> None:
    scan = clients.dynamodb.get_paginator("scan")
    pages = scan.paginate(TableName=TABLE, PaginationConfig={"PageSize": size})

    found = [(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]]

    assert found == [*(("all", key) for key in kept), ("other", "b1")]
