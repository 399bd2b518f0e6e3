"""Intrinsic functions: what is known is resolved, what is not stays for the data plane."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloud.intrinsics import Resolver, references

TEMPLATE = {
    "Conditions": {
        "Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "NotProd": {"Fn::Not": [{"Condition": "Prod"}]},
        "Either": {"Fn::Or": [{"Condition": "Prod"}, {"Condition": "NotProd"}]},
        "Both": {"Fn::And": [{"Condition": "Prod"}, {"Condition": "NotProd"}]},
    },
    "Mappings": {"Sizes": {"dev": {"memory": 128}}},
}
KNOWN = Resolver(
    TEMPLATE,
    {
        "Secret": {"Fn::GetAtt": ["Secret", "Id"]},
        "Stage": "dev",
        "Function": "f",
        "AWS::Region": "eu-central-1",
    },
    {("Function", "Arn"): "arn:f"},
)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "Stage"}, "dev"),
        ({"Fn::GetAtt": ["Function", "Arn"]}, "arn:f"),
        ({"Fn::GetAtt": "Function.Arn"}, "arn:f"),
        ({"Fn::Sub": "${Stage}-${Function.Arn}-${AWS::Region}"}, "dev-arn:f-eu-central-1"),
        ({"Fn::Sub": ["${X}/${!Kept}", {"X": {"Ref": "Stage"}}]}, "dev/${Kept}"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, "a-dev"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::If": ["Prod", 1, 2]}, 2),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "memory"]}, 128),
        ({"Fn::Base64": "a"}, "YQ=="),
        ({"a": {"Fn::If": ["Prod", 1, {"Ref": "AWS::NoValue"}]}, "b": 1}, {"b": 1}),
        ([{"Ref": "AWS::NoValue"}, "x"], ["x"]),
        # A policy statement has a key of the same name as a condition reference.
        ({"Condition": {"Bool": {"a": "true"}}}, {"Condition": {"Bool": {"a": "true"}}}),
    ],
)
def test_known_references_are_resolved(node: Any, expected: Any) -> None:
    assert KNOWN.resolve(node) == expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "Table"}, {"Ref": "Table"}),
        ({"Fn::GetAtt": "Table.Arn"}, {"Fn::GetAtt": ["Table", "Arn"]}),
        ({"Fn::Sub": "${Stage}-${Table}"}, {"Fn::Sub": "dev-${Table}"}),
        ({"Fn::Sub": "${Secret}"}, {"Fn::Sub": "${Secret.Id}"}),
        (
            {"Fn::Sub": ["${X}-${Stage}", {"X": {"Ref": "Table"}}]},
            {"Fn::Sub": ["${X}-dev", {"X": {"Ref": "Table"}}]},
        ),
        (
            {"Fn::Join": ["", [{"Ref": "Stage"}, {"Ref": "Table"}]]},
            {"Fn::Join": ["", ["dev", {"Ref": "Table"}]]},
        ),
    ],
)
def test_unknown_references_stay_for_the_data_plane(node: Any, expected: Any) -> None:
    assert KNOWN.resolve(node) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("Prod", False), ("NotProd", True), ("Either", True), ("Both", False)]
)
def test_conditions_follow_the_parameters(name: str, expected: bool) -> None:
    assert KNOWN.truth(name) is expected


def test_references_finds_every_attribute_asked_for() -> None:
    tree = {
        "a": [{"Fn::GetAtt": "One.Arn"}, {"Fn::Sub": "${Two.QueueName}${Three}"}],
        "b": {"Fn::Sub": ["${x}", {"x": {"Fn::GetAtt": ["Four", "Arn"]}}]},
    }

    assert references(tree) == {("One", "Arn"), ("Two", "QueueName"), ("Four", "Arn")}
