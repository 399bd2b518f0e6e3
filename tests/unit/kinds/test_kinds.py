"""The table of kinds: the default mappings field for field, and pairs that belong together."""

import pytest

from syncline.engine.coercion import compatible
from syncline.engine.outcoercion import sendable
from syncline.kinds.activities import prepared_task
from syncline.kinds.campaign_touches import prepared_touch
from syncline.kinds.events import prepared_event
from syncline.kinds.kind import Direction
from syncline.kinds.objects import OBJECTS
from syncline.kinds.registry import KINDS

KEYS = [("AccountId", "account_id", True), ("Id", "external_id", True)]
EVENT_TYPES = {
    "AccountId": "reference", "Id": "id", "Subject": "combobox", "Description": "textarea",
    "ActivityDate": "date", "OwnerId": "reference", "CreatedBy.Email": "email",
    "LastModifiedDate": "datetime", "LastModifiedBy.Email": "email",
}  # fmt: skip
ACCOUNT = [
    ("Id", "external_id", True),
    ("Name", "name", False),
    ("Website", "domain", False),
    ("Phone", "phone", False),
    ("Industry", "industry", False),
]
TEMPLATES = {
    "accounts_inbound": [
        *ACCOUNT,
        ("Owner.Email", "owner", False),
        ("CreatedDate", "create_date", False),
        ("LastModifiedDate", "last_update_date", False),
    ],
    "accounts_outbound": ACCOUNT,
    "users_inbound": [
        ("AccountId", "account_id", True),
        ("Email", "external_id", True),
        ("Email", "email", False),
        ("FirstName", "first_name", False),
        ("LastName", "last_name", False),
        ("Phone", "phone", False),
        ("Title", "title", False),
        ("CreatedDate", "create_date", False),
        ("LastModifiedDate", "last_update_date", False),
    ],
    "touchpoints_inbound": [
        *KEYS,
        ("Subject", "subject", False),
        ("Description", "content", False),
        ("ActivityDate", "touchpoint_date", False),
        ("CreatedBy.Email", "creator", False),
        ("LastModifiedDate", "last_update_date", False),
        ("LastModifiedBy.Email", "last_updater", False),
    ],
    "touchpoints_outbound": [
        *KEYS,
        ("Subject", "subject", False),
        ("Description", "content", False),
        ("ActivityDate", "touchpoint_date", False),
        ("OwnerId", "creator", False),
    ],
    "tasks_inbound": [
        *KEYS,
        ("Subject", "title", False),
        ("Description", "description", False),
        ("Priority", "priority", False),
        ("Status", "status", False),
        ("ActivityDate", "due_date", False),
        ("Owner.Email", "assigned_to", False),
        ("CreatedBy.Email", "assigner", False),
        ("CreatedDate", "create_date", False),
        ("LastModifiedDate", "last_update_date", False),
    ],
    "tasks_outbound": [
        *KEYS,
        ("Subject", "title", False),
        ("Description", "description", False),
        ("Priority", "priority", False),
        ("Status", "status", False),
        ("ActivityDate", "due_date", False),
        ("OwnerId", "assigned_to", False),
    ],
    "campaign_touches_outbound": [
        *KEYS,
        ("Subject", "subject", False),
        ("Description", "description", False),
        ("ActivityDate", "start_date", False),
        ("OwnerId", "created_by", False),
    ],
}


@pytest.mark.parametrize("kind", TEMPLATES)
def test_default_mappings_are_field_for_field(kind: str) -> None:
    lines = [(line.crm, line.platform, line.key) for line in KINDS[kind].lines]

    assert lines == TEMPLATES[kind]


def test_there_are_eight_kinds() -> None:
    assert set(KINDS) == set(TEMPLATES)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_line_maps_a_known_attribute(name: str) -> None:
    kind = KINDS[name]
    attributes = OBJECTS[kind.object].attributes

    assert {line.platform for line in kind.lines} <= attributes.keys()
    assert {each for group in kind.mandatory for each in group} <= attributes.keys()
    assert kind.frozen <= attributes.keys()


def test_counterparts_name_each_other() -> None:
    for kind in KINDS.values():
        if kind.counterpart is None:
            assert kind.name in {"users_inbound", "campaign_touches_outbound"}
            continue
        other = KINDS[kind.counterpart]
        assert other.counterpart == kind.name
        assert (other.object, other.crm_object) == (kind.object, kind.crm_object)
        assert {kind.direction, other.direction} == {Direction.INBOUND, Direction.OUTBOUND}
        assert [line for line in kind.lines if line.key] == [x for x in other.lines if x.key]


@pytest.mark.parametrize("name", [each for each in KINDS if each.startswith("touchpoints")])
def test_types_of_the_touchpoint_templates_fit(name: str) -> None:
    kind = KINDS[name]
    types = OBJECTS[kind.object].attributes

    for line in kind.lines:
        crm = EVENT_TYPES[line.crm]
        inbound = compatible(crm, types[line.platform])
        assert (
            inbound if kind.direction is Direction.INBOUND else sendable(types[line.platform], crm)
        )


def test_what_each_kind_never_changes() -> None:
    assert KINDS["touchpoints_inbound"].frozen == {"participants"}
    assert KINDS["touchpoints_outbound"].create_only == {"OwnerId", "WhatId"}
    assert KINDS["campaign_touches_outbound"].create_only == {"OwnerId", "WhatId"}
    assert KINDS["tasks_outbound"].create_only == {"WhatId"}
    assert {name for name, kind in KINDS.items() if kind.crm_parent == "WhatId"} == {
        "tasks_outbound", "touchpoints_outbound", "campaign_touches_outbound",
    }  # fmt: skip
    assert [name for name, kind in KINDS.items() if kind.always_new] == [
        "campaign_touches_outbound"
    ]


def test_deletions_go_both_ways_for_tasks_and_touchpoints_alone() -> None:
    assert {name for name, kind in KINDS.items() if not kind.deletes} == {
        "accounts_inbound", "accounts_outbound", "users_inbound", "campaign_touches_outbound",
    }  # fmt: skip


def test_only_accounts_are_not_created_outbound_by_default() -> None:
    assert [name for name, kind in KINDS.items() if not kind.creates] == ["accounts_outbound"]


def test_owners_and_participants_are_found_by_email() -> None:
    for name in ("tasks_outbound", "touchpoints_outbound", "campaign_touches_outbound"):
        assert KINDS[name].people == {
            "OwnerId": ("User", "Email"), "WhoId": ("Contact", "Email"),
        }  # fmt: skip
    assert KINDS["accounts_outbound"].people == {"OwnerId": ("User", "Email")}


def test_what_a_record_needs_before_it_is_taken() -> None:
    needed = {name: kind.mandatory for name, kind in KINDS.items() if kind.mandatory}

    assert needed == {
        "accounts_inbound": (("name",),),
        "accounts_outbound": (("name",),),
        "users_inbound": (("email",),),
        "tasks_inbound": (("title",),),
        "touchpoints_inbound": (("subject", "content"),),
        "campaign_touches_outbound": (("start_date",),),
    }


def test_which_objects_each_kind_joins() -> None:
    joined = {name: (kind.object, kind.crm_object) for name, kind in KINDS.items()}

    assert joined == {
        "accounts_inbound": ("account", "Account"),
        "accounts_outbound": ("account", "Account"),
        "users_inbound": ("user", "Contact"),
        "tasks_inbound": ("task", "Task"),
        "tasks_outbound": ("task", "Task"),
        "touchpoints_inbound": ("touchpoint", "Event"),
        "touchpoints_outbound": ("touchpoint", "Event"),
        "campaign_touches_outbound": ("campaign_touch", "Event"),
    }
    assert {f"{kind.direction}" for kind in KINDS.values()} == {"inbound", "outbound"}
    assert all(name.endswith(f"_{kind.direction}") for name, kind in KINDS.items())


def test_all_but_accounts_belong_to_an_account() -> None:
    for name, kind in KINDS.items():
        parent = (None, None) if name.startswith("accounts") else ("account_id", "account")
        assert (kind.parent, kind.parent_object) == parent


def test_users_alone_have_a_profile_with_a_header() -> None:
    headers = {name: each.header for name, each in OBJECTS.items() if each.header}

    assert headers == {"user": {"email", "first_name", "last_name"}}
    assert headers["user"] <= OBJECTS["user"].attributes.keys()


def test_only_inbound_touchpoints_are_filled_with_participants() -> None:
    filled = {name: kind.participants for name, kind in KINDS.items() if kind.participants}

    assert filled == {"touchpoints_inbound": ("participants", "Who")}


def test_accounts_take_no_account_at_creation() -> None:
    assert {name for name, kind in KINDS.items() if kind.crm_parent is None} == {
        "accounts_inbound", "accounts_outbound", "users_inbound", "tasks_inbound",
        "touchpoints_inbound",
    }  # fmt: skip


def test_what_an_event_cannot_be_made_without() -> None:
    targets = {name: kind.targets for name, kind in KINDS.items() if kind.targets}

    assert targets == {
        "touchpoints_outbound": (("ActivityDate", "StartDateTime", "ActivityDateTime"),),
        "campaign_touches_outbound": (("ActivityDate",),),
    }


def test_activities_are_prepared_and_nothing_else() -> None:
    prepared = {name: kind.prepare for name, kind in KINDS.items() if kind.prepare}

    assert prepared == {
        "tasks_outbound": prepared_task,
        "touchpoints_outbound": prepared_event,
        "campaign_touches_outbound": prepared_touch,
    }


def test_inbound_kinds_name_nobody() -> None:
    inbound = [kind for kind in KINDS.values() if kind.direction is Direction.INBOUND]

    assert [kind.people for kind in inbound] == [{}, {}, {}, {}]
