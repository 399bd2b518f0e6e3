"""Finding people by what the platform calls them: memory and Salesforce."""

import pytest

from tests.contract.crm_choice import ASKED, opened
from tests.contract.crm_orgs import Org, put_user


@pytest.fixture(params=ASKED)
def org(request: pytest.FixtureRequest) -> Org:
    return opened(request)


def test_people_are_found_in_any_case(org: Org) -> None:
    ada = put_user(org, 1, "Ada@Example.com")
    put_user(org, 2, "bob@example.com")

    found = org.crm().people("User", "Email", ["aDA@example.COM", "nobody@example.com"])

    assert {
        key: [(each.id, each.value.lower()) for each in some] for key, some in found.items()
    } == {"ada@example.com": [(ada, "ada@example.com")]}


def test_who_left_is_not_found(org: Org) -> None:
    put_user(org, 1, "ada@example.com", IsActive=False)

    assert org.crm().people("User", "Email", ["ada@example.com"]) == {}


def test_everybody_of_one_address_is_found(org: Org) -> None:
    both = [put_user(org, at, "ada@example.com") for at in (1, 2)]

    found = org.crm().people("User", "Email", ["ada@example.com"])

    assert sorted(each.id for each in found["ada@example.com"]) == both


def test_many_people_cost_few_requests(org: Org) -> None:
    users = [put_user(org, at, f"o'hara{at}@example.com") for at in range(6)]
    crm = org.crm()
    before = crm.requests()

    found = crm.people("User", "Email", [f"o'hara{at}@example.com" for at in range(200)])

    assert sorted(each.id for some in found.values() for each in some) == users
    assert crm.requests() - before <= 4


def test_nobody_is_asked_for_nobody(org: Org) -> None:
    crm = org.crm()
    before = crm.requests()

    assert crm.people("User", "Email", []) == {}
    assert crm.requests() == before
