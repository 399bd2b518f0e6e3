"""Queries: made from what the describe knows, and a filter that stays in its parentheses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncline.errors import ConfigurationError, InvariantError
from syncline.ports import Phase, ReadRequest
from syncline.salesforce.describe import object_description
from syncline.salesforce.filters import checked_filter
from syncline.salesforce.soql import Query, query_for
from tests.unit.salesforce.scripted import describe_of, field_of

TASK = object_description(
    describe_of(
        "Task",
        field_of("Subject"),
        field_of("OwnerId", "reference", referenceTo=["Group", "User"], relationshipName="Owner"),
    )
)
ACCOUNT = object_description(
    describe_of(
        "Account", field_of("BillingAddress", "address"), field_of("MasterRecordId", "reference")
    )
)
SINCE = "2026-01-01T12:00:00Z"


def _text(request: ReadRequest, description: object = TASK) -> str:
    query = query_for(request, description)  # type: ignore[arg-type]
    assert query is not None
    return query.text(ordered=True)


def test_a_live_query_has_every_part_in_its_place() -> None:
    request = ReadRequest(
        "task", ("subject", "owner.Email", "Id"), since=SINCE, where=" Status = 'Open' OR A = 1 "
    )

    assert _text(request) == (
        "SELECT Subject, Owner.Email, Id, SystemModstamp, LastModifiedDate FROM Task"
        " WHERE IsDeleted = false AND SystemModstamp >= 2026-01-01T12:00:00Z"
        " AND (Status = 'Open' OR A = 1) ORDER BY SystemModstamp, Id"
    )


def test_a_bulk_query_is_not_sorted() -> None:
    query = query_for(ReadRequest("Task", ()), TASK)

    assert query is not None
    assert "ORDER BY" not in query.text(ordered=False)


def test_deletions_are_asked_for_without_filter_and_fields() -> None:
    request = ReadRequest("Account", ("Name",), Phase.DELETED, where="Name = 'x'")

    assert _text(request, ACCOUNT) == (
        "SELECT Id, SystemModstamp FROM Account WHERE IsDeleted = true AND MasterRecordId = null"
        " ORDER BY SystemModstamp, Id"
    )


def test_merges_exist_only_where_records_can_be_merged() -> None:
    merged = _text(ReadRequest("Account", (), Phase.MERGED), ACCOUNT)

    assert "SELECT Id, SystemModstamp, MasterRecordId FROM Account" in merged
    assert "MasterRecordId != null" in merged
    assert query_for(ReadRequest("Task", (), Phase.MERGED), TASK) is None


def test_a_position_is_a_stamp_and_an_id() -> None:
    query = Query("Task", ("Id",), ("IsDeleted = false",)).behind(SINCE, "00T000000000001AAA")

    assert query.conditions[1] == (
        f"(SystemModstamp > {SINCE} OR (SystemModstamp = {SINCE} AND Id > '00T000000000001AAA'))"
    )


@pytest.mark.parametrize("stamp", ["2026-01-01", "2026-01-01T12:00:00", "x' OR Id != '", ""])
def test_only_an_instant_is_a_stamp(stamp: str) -> None:
    with pytest.raises(InvariantError):
        Query("Task", ("Id",), ()).behind(stamp, "00T000000000001AAA")


@pytest.mark.parametrize("id", ["", "00T", "00T000000000001AA'", "00T00000000000ÄAAA"])
def test_only_an_id_is_an_id(id: str) -> None:
    with pytest.raises(InvariantError):
        Query("Task", ("Id",), ()).among([id])


@pytest.mark.parametrize(
    "path", ["Nothing__c", "Nobody.Email", "Subject, Id", "Owner.Email FROM", "Owner.", ".", "Ähm"]
)
def test_an_unknown_field_is_named(path: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _text(ReadRequest("Task", (path,)))

    assert (caught.value.code, caught.value.field) == ("unknown_field", "mapping")
    assert path in caught.value.message


def test_a_compound_field_is_refused_with_its_parts() -> None:
    with pytest.raises(ConfigurationError) as caught:
        _text(ReadRequest("Account", ("BillingAddress",)), ACCOUNT)

    assert caught.value.code == "field_unsupported"
    assert "BillingCity" in str(caught.value.remedy)


def test_an_object_without_stamps_cannot_be_synced() -> None:
    body = {"name": "Thing", "label": "Thing", "fields": [field_of("Id", "id")]}

    with pytest.raises(ConfigurationError) as caught:
        query_for(ReadRequest("Thing", ()), object_description(body))

    assert caught.value.code == "object_unsupported"


@pytest.mark.parametrize(
    "text",
    [
        "Status = 'Open'",
        "(A = 1 OR B = 2) AND NOT (C LIKE 'x%')",
        "Name = 'it\\'s; ORDER BY (x'",
        "Name = 'ends with a backslash \\\\'",
        "CreatedDate = LAST_N_DAYS:30 AND Amount > -5.5",
        "AccountId IN (SELECT AccountId FROM Opportunity WHERE StageName = 'Won' LIMIT 5)",
        "Group.Name = 'x' AND Types__c INCLUDES ('A;B', 'C')",
        "LastModifiedDate > 2026-01-01T00:00:00+01:00",
        "Name = 'Ümlaut 🎉 -- /* */'",
        "A != null\nAND B <> 2",
    ],
)
def test_a_condition_is_let_through(text: str) -> None:
    assert checked_filter(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "A = 1) OR (B = 2",
        "A = 1)",
        "(A = 1",
        "A = 'x",
        "A = 'x\\'",
        "A = 1 ORDER BY Name",
        "A = 1 order\nby Name",
        "A = 1 LIMIT 1",
        "A = 1 GROUP BY Name",
        "A = 1 ALL ROWS",
        "A = 1 FOR UPDATE",
        "WHERE A = 1",
        "A = 1; DELETE",
        "A = 1 -- and no more",
        "A = 1 /* and no more */",
        "A = 1 // and no more",
        "(A = 1 LIMIT 1)",
        'A = "x"',
        "A = 1 # x",
        "A = 1 \x00",
        "Ä = 1",
        "A IN (SELECT Id FROM B) LIMIT 3",
    ],
)
def test_what_is_not_one_condition_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        checked_filter(text)

    assert (caught.value.code, caught.value.field) == ("query_refused", "filter")
    assert caught.value.remedy


@given(st.text(alphabet="A1='\\() \n,;-/*LIMITorder", max_size=40))
def test_a_filter_that_passes_stays_inside_of_its_parentheses(text: str) -> None:
    """Read by another reader: outside of quotes the parentheses never close one too many."""
    try:
        passed = checked_filter(text)
    except ConfigurationError:
        return

    depth, quoted, skip = 0, False, False
    for sign in passed:
        if skip:
            skip = False
        elif quoted:
            skip, quoted = sign == "\\", sign != "'"
        else:
            quoted = sign == "'"
            depth += {"(": 1, ")": -1}.get(sign, 0)
            assert sign not in ";/*\\"
        assert depth >= 0
    assert (depth, quoted) == (0, False)
