"""The rules for mapping lines that inbound kinds alone do not show: outbound, and odd describes."""

from dataclasses import replace

import pytest

from syncline.config.models import MappingLine
from syncline.errors import ConfigurationError, RetryableError
from syncline.kinds.kind import Direction, Kind
from syncline.kinds.registry import KINDS
from syncline.memory.crm import MemoryCrm
from syncline.memory.org import described
from syncline.ports import FieldDescription, ObjectDescription
from syncline.usecases.check_lines import check_lines
from syncline.usecases.check_paths import PathError, end_of

INBOUND = KINDS["tasks_inbound"]
OUTBOUND = replace(INBOUND, direction=Direction.OUTBOUND)
ATTRIBUTES = {
    "account_id": "text", "external_id": "text", "title": "text", "assigned_to": "text",
    "due_date": "date", "starts": "datetime",
}  # fmt: skip


def writable(description: ObjectDescription, *names: str) -> ObjectDescription:
    fields = dict(description.fields)
    for name in names:
        fields[name] = replace(fields[name], createable=True, updateable=True)
    return replace(description, fields=fields)


TASK = writable(
    described(
        "Task",
        {"Subject": "combobox", "ActivityDate": "date", "Score__c": "address"},
        references={"AccountId": ("Account",), "OwnerId": ("Group", "User")},
    ),
    "subject", "activitydate", "ownerid",
)  # fmt: skip
USER = described("User", {"Email": "email"}, references={"ManagerId": ("User",)})
KEYS = [
    MappingLine(salesforce="AccountId", platform="account_id", key=True),
    MappingLine(salesforce="Id", platform="external_id", key=True),
]


def line(salesforce: str, platform: str, *, key: bool = False) -> MappingLine:
    return MappingLine(salesforce=salesforce, platform=platform, key=key)


def codes(kind: Kind, *lines: MappingLine) -> list[tuple[str, str]]:
    found = check_lines(
        kind=kind,
        lines=[*KEYS, line("Subject", "title"), *lines],
        attributes=ATTRIBUTES,
        described=TASK,
        crm=MemoryCrm([TASK, USER]),
    )
    return [(finding.field, finding.code) for finding in found]


def test_a_read_only_key_serves_for_matching() -> None:
    assert codes(OUTBOUND) == []


def test_a_read_only_field_cannot_be_written() -> None:
    assert codes(OUTBOUND, line("CreatedDate", "starts")) == [
        ("/mapping/3/salesforce", "not_writable")
    ]


def test_a_field_of_another_object_cannot_be_written() -> None:
    assert codes(OUTBOUND, line("Owner.Email", "assigned_to")) == [
        ("/mapping/3/salesforce", "reference_field")
    ]


def test_inbound_reads_both() -> None:
    assert codes(INBOUND, line("Owner.Email", "assigned_to"), line("CreatedDate", "starts")) == []


def test_one_source_may_feed_two_targets() -> None:
    lines = (line("ActivityDate", "due_date"), line("ActivityDate", "starts"))

    assert codes(INBOUND, *lines) == []


def test_outbound_the_target_is_the_salesforce_field() -> None:
    assert codes(OUTBOUND, line("subject", "assigned_to")) == [
        ("/mapping/3/salesforce", "target_mapped_twice")
    ]


def test_a_field_that_can_feed_nothing_says_so() -> None:
    found = check_lines(
        kind=INBOUND,
        lines=[*KEYS, line("Score__c", "title")],
        attributes=ATTRIBUTES,
        described=TASK,
        crm=MemoryCrm([TASK]),
    )

    assert found[0].code == "wrong_type"
    assert "no attribute" in found[0].remedy


# --- paths ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "type"),
    [
        ("subject", "combobox"),
        ("OWNER.email", "email"),
        ("Owner.Manager.Email", "email"),
        ("Owner.Manager.Manager.Id", "id"),
    ],
)
def test_each_level_of_a_path_is_followed(path: str, type: str) -> None:
    assert end_of(path, TASK, MemoryCrm([TASK, USER])).type == type


@pytest.mark.parametrize(
    ("path", "said", "remedy"),
    [
        ("Subjct", "Task has no field 'Subjct'", "Did you mean 'Subject'?"),
        ("Owner.Mail", "User has no field 'Mail'", "Did you mean 'Email'?"),
        ("Owner.Managr.Email", "User has no relationship 'Managr'", "Did you mean 'manager'?"),
        ("OwnerId.Email", "no relationship 'OwnerId'", "Write 'Owner.Email'"),
    ],
)
def test_the_level_at_fault_is_named(path: str, said: str, remedy: str) -> None:
    with pytest.raises(PathError, match=said) as caught:
        end_of(path, TASK, MemoryCrm([TASK, USER]))

    assert remedy in caught.value.remedy


def test_where_no_target_can_be_described_the_query_decides() -> None:
    assert end_of("Owner.Email", TASK, MemoryCrm([TASK])).type == "string"


@pytest.mark.parametrize(
    "error",
    [
        RetryableError("cannot be reached", code="org_unreachable"),
        ConfigurationError("the login was refused", code="login_refused"),
    ],
)
def test_an_org_that_cannot_be_asked_is_no_finding(error: Exception) -> None:
    crm = MemoryCrm([TASK, USER])
    crm.faults.append(error)  # type: ignore[arg-type] # parametrized over the tree

    with pytest.raises(type(error)):
        end_of("Owner.Email", TASK, crm)


def test_a_polymorphic_field_is_found_on_any_target() -> None:
    group = replace(
        described("Group", {}), fields={"name": FieldDescription("Name", "string", "Name")}
    )

    assert end_of("Owner.Name", TASK, MemoryCrm([TASK, USER, group])).type == "string"
