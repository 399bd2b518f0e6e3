"""The platform's objects: what every workspace can map, with types, and what is looked up."""

import pytest

from syncline.kinds.objects import OBJECTS

TEXT, NUMBER, DAY, INSTANT = "text", "number", "date", "datetime"
ATTRIBUTES = {
    "account": {
        TEXT: {
            "external_id", "name", "domain", "phone", "industry", "type", "description", "city",
            "country", "owner",
        },
        NUMBER: {"employees", "annual_revenue"},
        INSTANT: {"create_date", "last_update_date"},
    },
    "user": {
        TEXT: {
            "account_id", "external_id", "email", "first_name", "last_name", "phone", "title",
            "role",
        },
        INSTANT: {"create_date", "last_update_date"},
    },
    "task": {
        TEXT: {
            "account_id", "external_id", "title", "description", "priority", "status",
            "assigned_to", "assigner",
        },
        DAY: {"due_date"},
        INSTANT: {"create_date", "last_update_date"},
    },
    "touchpoint": {
        TEXT: {
            "account_id", "external_id", "subject", "content", "creator", "participants",
            "last_updater",
        },
        INSTANT: {"touchpoint_date", "create_date", "last_update_date"},
    },
    "campaign_touch": {
        TEXT: {
            "account_id", "external_id", "campaign_name", "campaign_type", "sender", "subject",
            "description", "created_by",
        },
        NUMBER: {"recipients"},
        DAY: {"start_date"},
    },
}  # fmt: skip


def test_objects_are_known_by_name() -> None:
    assert {name: each.name for name, each in OBJECTS.items()} == {
        name: name for name in ATTRIBUTES
    }


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attributes_have_their_types(name: str) -> None:
    expected = {
        attribute: type_name
        for type_name, attributes in ATTRIBUTES[name].items()
        for attribute in attributes
    }

    assert OBJECTS[name].attributes == expected


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_objects_are_found_by_external_id(name: str) -> None:
    assert OBJECTS[name].lookups == ("external_id",)
