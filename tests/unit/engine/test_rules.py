"""What follows from the settings of a job: what may change, what the CRM tells, new ids."""

import pytest

from syncline.engine.mapping import Line, RowMapper
from syncline.engine.rules import Rules
from syncline.kinds.salesforce import DIALECT
from tests.unit.engine.situations import TASK, rules


def test_a_bare_job_creates_and_does_not_delete() -> None:
    bare = Rules(scope="acme|main", object="account", mapper=RowMapper(()), dialect=DIALECT)

    assert (bare.create, bare.deletes, bare.apply_parent_rule) == (True, False, True)
    assert (bare.parent, bare.parent_object, bare.own_key) == (None, None, None)
    assert (bare.policy, bare.whole_record, bare.made_for) == ("latest", False, "")


def test_parent_and_frozen_attributes_are_not_merged() -> None:
    assert rules(frozen=frozenset({"status"})).merged_attributes == ("external_id", "title")


@pytest.mark.parametrize(
    ("crm", "told"),
    [
        ("CreatedDate", True),
        ("CreatedById", True),
        ("CreatedBy.Email", True),
        ("LastModifiedDate", True),
        ("LastModifiedBy.Email", True),
        ("SystemModstamp", True),
        ("LastActivityDate", True),
        ("Subject", False),
        ("Owner.Email", False),
    ],
)
def test_who_and_when_is_told_by_the_crm(crm: str, *, told: bool) -> None:
    job = rules(mapper=RowMapper((Line(crm, "attribute", "string", "text"),)))

    assert job.told_by_crm == ({"attribute"} if told else set())


def test_the_id_of_a_creation_is_stable() -> None:
    made = rules().platform_id(TASK)

    assert (len(made), made) == (24, rules(policy="hold").platform_id(TASK))
    assert len({made, rules(object="touchpoint").platform_id(TASK), rules().platform_id("x")}) == 3
