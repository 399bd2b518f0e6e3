"""What an outbound run takes for a person's change, and what it asks Salesforce about first."""

from typing import Any

import pytest

from tests.worlds.all_kinds import ACCOUNTS_OUT, all_kinds_world
from tests.worlds.runs import reasons, take_turns
from tests.worlds.small import account_id
from tests.worlds.two_way import change_job

ACCOUNT_LINES = [
    {"salesforce": "Id", "platform": "external_id", "key": True},
    {"salesforce": "Name", "platform": "name"},
]


@pytest.mark.parametrize(
    ("attribute", "value", "told"),
    [
        ("employees", 5, "5"),
        ("create_date", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
    ],
)
def test_text_field_takes_what_is_no_text(attribute: str, value: Any, told: str) -> None:
    world = all_kinds_world()
    line = {"salesforce": "Website", "platform": attribute}
    change_job(world, ACCOUNTS_OUT, mapping=[*ACCOUNT_LINES, line])
    world.edit_on_platform("account", world.platform_id(account_id(1)), **{attribute: value})

    first, second = take_turns(world, ACCOUNTS_OUT, ACCOUNTS_OUT)

    assert world.crm.org.rows["account"][account_id(1)]["website"] == told
    assert reasons(first) == {"updated:changed": 1}
    assert "updated:changed" not in reasons(second)
