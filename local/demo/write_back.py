"""The demo's chapter of write-back: a profile is changed, and Salesforce has it by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from local.demo.stage import Stage
from local.house import WORKSPACE
from syncline.usecases.change_events import receipt_id

_ACCOUNT: Final = (
    "SELECT Id, Name, Phone, Owner.Email FROM Account WHERE Phone != null "
    "AND Owner.IsActive = true ORDER BY Id LIMIT 1"
)
_PEOPLE: Final = (
    "SELECT Email FROM User WHERE IsActive = true AND Email LIKE '%larkspur.example' ORDER BY Id"
)
_PHONE: Final = "+49-30-5550100"
_KEY: Final = "profile-1"
_NOBODY: Final = "nobody@larkspur.example"


def write_back(stage: Stage) -> None:
    """One change that arrives, one that is refused, and a run that knows of it already."""
    stage.chapter("10. A profile is changed on the platform: Salesforce has it by itself")
    (account,) = stage.seller.find(_ACCOUNT)
    own = stage.platform_id("account", account["Id"])
    owner = _new_owner(stage, account["Owner"]["Email"])
    stage.syncline("change", "account", own, f"phone={_PHONE}", f"owner={owner}", "--key", _KEY)
    stage.syncline("receipt", receipt_id(WORKSPACE, _KEY), "--follow", "--interval", "0.2")
    _look(stage, account, owner)
    stage.refused("change", "account", own, f"owner={_NOBODY}")
    stage.expect(stage.values("account", own)["owner"] == owner, "what was refused was stored")
    written = stage.run_briefly("accounts")["ledger"]["written"]
    stage.expect(not any(written.values()), f"the next run of accounts wrote {written}")


def _new_owner(stage: Stage, before: str) -> str:
    """A colleague whose address nobody shares."""
    people = [str(each["Email"]) for each in stage.seller.find(_PEOPLE)]
    return next(each for each in people if each != before and people.count(each) == 1)


def _look(stage: Stage, account: Mapping[str, Any], owner: str) -> None:
    found = stage.seller.find(
        f"SELECT Phone, Owner.Email FROM Account WHERE Id = '{account['Id']}'"  # noqa: S608 our own
    )
    there = (found[0]["Phone"], found[0]["Owner"]["Email"])
    stage.expect(there == (_PHONE, owner), f"Salesforce says {there} of {account['Name']}")
    stage.tell("Salesforce", f"'{account['Name']}' has the phone {there[0]}, its owner is {owner}")
