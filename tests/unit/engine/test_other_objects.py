"""A record whose counterpart in the CRM is of another object than the job writes, or unclear."""

from dataclasses import replace

import pytest

from syncline.engine.plan import Verb
from tests.unit.engine.outgoing_situations import decided, edited, link, record, view


def test_a_link_to_another_object_is_told() -> None:
    action = decided(edited(title="Mine"), view(link()), key_prefix="00U")

    assert (action.verb, action.reason) == (Verb.SKIP, "linked_to_another_object")
    assert action.detail == (
        "its Salesforce record is of another object than the one this job writes"
    )
    assert action.send is None


@pytest.mark.parametrize("prefix", ["00T", None])
def test_a_link_to_the_object_is_written(prefix: str | None) -> None:
    assert decided(edited(title="Mine"), view(link()), key_prefix=prefix).verb is Verb.UPDATE


def test_a_record_without_link_is_of_no_object() -> None:
    assert decided(record(), view(), key_prefix="00U").verb is Verb.CREATE


def test_a_record_of_unclear_id_is_held() -> None:
    unclear = replace(view(), unclear={"t1": ("id_of_several", "told")})

    action = decided(record(), unclear)

    assert (action.verb, action.reason, action.detail) == (Verb.HOLD, "id_of_several", "told")
