"""The same of accounts: one edit, ten rounds of both jobs, one write on the other side."""

import pytest

from tests.worlds.all_kinds import ACCOUNTS_OUT
from tests.worlds.runs import take_turns
from tests.worlds.small import ACME, account_id
from tests.worlds.two_sides import TwoSides
from tests.worlds.two_sides_agreeing import two_sides
from tests.worlds.two_way import ACCOUNTS

ROUNDS = 10
ACCOUNT = account_id(1)


@pytest.fixture
def sides() -> TwoSides:
    return two_sides(keyed=True, skew=0)


def seen(sides: TwoSides) -> tuple[int, str]:
    """The platform's version of the record, and Salesforce's stamp of it."""
    own = sides.pairs("account")[ACCOUNT]
    version = sides.world.cloud.records(ACME).get("account", [own])[own].version
    return version, str(sides.there("account")[ACCOUNT]["systemmodstamp"])


def rounds(sides: TwoSides) -> set[tuple[int, str]]:
    found = set()
    for _ in range(ROUNDS):
        take_turns(sides.world, ACCOUNTS_OUT, ACCOUNTS)
        found.add(seen(sides))
    return found


def test_edit_of_an_account_here_is_one_write_there(sides: TwoSides) -> None:
    own = sides.pairs("account")[ACCOUNT]
    sides.person_puts("account", own, name="Changed")
    version, stamp = seen(sides)

    ((after, written),) = rounds(sides)

    assert after == version
    assert written != stamp
    assert sides.there("account")[ACCOUNT]["name"] == "Changed"


def test_edit_of_an_account_there_is_one_write_here(sides: TwoSides) -> None:
    version, _ = seen(sides)
    sides.seller_edits(ACCOUNT, Name="Changed")
    _, stamp = seen(sides)

    assert rounds(sides) == {(version + 1, stamp)}
    assert sides.here("account")[sides.pairs("account")[ACCOUNT]]["name"] == "Changed"
