"""The two-way world with jobs of every kind: campaign touches and accounts go out as well."""

from collections.abc import Mapping
from typing import Any, Final

from syncline.memory.org import described
from tests.worlds.small import ACME, World
from tests.worlds.two_way import KEY, two_way_world

CAMPAIGNS: Final = "campaigns"
ACCOUNTS_OUT: Final = "accounts-out"
TOUCHPOINTS_IN: Final = "touchpoints-in"
TOUCHPOINTS_OUT: Final = "touchpoints-out"
TOUCH_ID: Final = "Touch_Id__c"
NUMBER: Final = "Customer_No__c"

_EVENT: Final = {
    "Subject": "combobox", "Description": "textarea", "ActivityDate": "date",
    "StartDateTime": "datetime", "IsAllDayEvent": "boolean", "Type": "picklist",
    "DurationInMinutes": "int", KEY: "string", TOUCH_ID: "string",
}  # fmt: skip
_PEOPLE: Final = {
    "OwnerId": ("User",), "CreatedById": ("User",), "LastModifiedById": ("User",),
    "AccountId": ("Account",), "WhatId": ("Account",), "WhoId": ("Contact",),
}  # fmt: skip
_RELATION: Final = {"EventId": ("Event",), "RelationId": ("Contact", "User")}
_ACCOUNT: Final = {
    "Name": "string", "Website": "url", "Phone": "phone", "Industry": "picklist",
    KEY: "string", NUMBER: "string",
}  # fmt: skip


def all_kinds_world(
    *, keyed: bool = True, event: Mapping[str, str] = _EVENT, account_key: str = "Id"
) -> World:
    """Five accounts on both sides. `account_key` is the connection's account id field."""
    world = two_way_world(keyed=keyed)
    org = world.crm.org
    org.objects = {
        **org.objects,
        "event": described("Event", event, key_prefix="00U", references=_PEOPLE),
        "eventrelation": described(
            "EventRelation",
            {"Status": "picklist", "IsParent": "boolean", "IsWhat": "boolean"},
            key_prefix="0RE",
            references=_RELATION,
        ),
        "account": described(
            "Account",
            _ACCOUNT,
            key_prefix="001",
            references={"OwnerId": ("User",), "CreatedById": ("User",)},
            mergeable=True,
        ),
    }
    keys = {"Task": KEY, "Event": KEY, "Account": KEY} if keyed else {}
    change_connection(world, creation_keys=keys, account_external_id_field=account_key)
    body = {"kind": "accounts_outbound", "connection": "crm", "create": True}
    world.cloud.configuration.put(ACME, "job", ACCOUNTS_OUT, body, expected=0)
    return world


def without_type() -> dict[str, str]:
    """The fields of Event in an org that has no Type there."""
    return {name: type for name, type in _EVENT.items() if name != "Type"}


def change_connection(world: World, **settings: Any) -> None:
    configuration = world.cloud.configuration
    stored = configuration.get(ACME, "connection", "crm")
    assert stored is not None
    body = {**stored.body, **settings}
    assert configuration.put(ACME, "connection", "crm", body, expected=stored.version)
