"""A difference of every sort, planted between two sides that agree: each is found, nothing else."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from local.agreement import judge as judge_module
from local.agreement.judge import Fault, Verdict, compare
from local.agreement.pairs import ACCOUNT, PAIRS, TASK, TOUCHPOINT, Pair, campaign_touch

ADA = "ada@larkspur.example"


@dataclass
class Side:
    """Rows by object; Salesforce's are asked for in SOQL, the platform's by name."""

    held: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def rows(self, asked: str, /) -> Iterator[dict[str, Any]]:
        words = asked.split()
        name = words[words.index("FROM") + 1] if "FROM" in words else asked
        gone = "IsDeleted = true" in asked
        return (row for row in self.held.get(name, []) if bool(row.get("IsDeleted")) == gone)


@dataclass
class World:
    salesforce: Side
    platform: Side

    def verdict(self, pair: Pair) -> Verdict:
        return compare(self.salesforce, self.platform, [pair])[0]

    def task(self, number: int) -> dict[str, Any]:
        return self.salesforce.held["Task"][number]

    def copy(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = self.platform.held["task"][number]["values"]
        return found


def crm_id(prefix: str, number: int) -> str:
    return f"{prefix}Kx0{number:09d}AbC"


def record(id: str, **values: Any) -> dict[str, Any]:
    return {"id": id, "values": values}


@pytest.fixture
def world() -> World:
    """Two accounts with six tasks, two touchpoints and a campaign touch; both sides agree."""
    salesforce, platform = Side(), Side()
    for number in range(2):
        id = crm_id("001", number)
        name = f"Company {number}"
        owner = {"Email": ADA}
        salesforce.held.setdefault("Account", []).append(
            {"Id": id, "Name": name, "Website": None, "Phone": "1", "Industry": "Energy",
             "Owner": owner, "MasterRecordId": None}
        )  # fmt: skip
        platform.held.setdefault("account", []).append(
            record(f"a{number}", external_id=id.lower(), name=name, phone="1", industry="Energy",
                   owner=ADA)
        )  # fmt: skip
    tasks = [_task(number) for number in range(6)]
    salesforce.held["Task"] = [row for row, _ in tasks]
    platform.held["task"] = [row for _, row in sorted(tasks, key=lambda pair: pair[1]["id"])]
    salesforce.held["Event"] = [
        {"Id": crm_id("00U", n), "Subject": f"Call {n}", "Description": "Said\r\nyes ",
         "ActivityDate": "2026-05-04", "AccountId": crm_id("001", n % 2)}
        for n in range(2)
    ]  # fmt: skip
    platform.held["touchpoint"] = [
        record(f"p{n}", external_id=crm_id("00U", n).lower(), subject=f"Call {n}",
               content="Said\nyes", touchpoint_date="2026-05-04T00:00:00Z", account_id=f"a{n % 2}")
        for n in range(2)
    ]  # fmt: skip
    return World(salesforce, platform)


def _task(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    id = crm_id("00T", number)
    there = {
        "Id": id, "Subject": f"Task {number}", "Description": "Note", "Priority": "Normal",
        "Status": "Not Started", "ActivityDate": "2026-05-05", "Owner": {"Email": ADA},
        "AccountId": crm_id("001", number % 2),
    }  # fmt: skip
    here = record(
        f"t{9 - number}", external_id=id.lower(), title=f"Task {number}", description="Note",
        priority="Normal", status="Not Started", due_date="2026-05-05", assigned_to=ADA.upper(),
        account_id=f"a{number % 2}",
    )  # fmt: skip
    return there, here


def faults(verdict: Verdict) -> Counter[Fault]:
    return verdict.faults


@pytest.mark.parametrize("pair", PAIRS.values(), ids=lambda pair: pair.platform)
def test_sides_that_agree_are_fine(world: World, pair: Pair) -> None:
    verdict = world.verdict(pair)

    assert verdict.held
    assert verdict.agree == verdict.salesforce == verdict.platform > 0


@pytest.mark.parametrize("line", TASK.lines, ids=lambda line: line.platform)
def test_each_field_of_a_task_is_compared(world: World, line: Any) -> None:
    world.copy(2)[line.platform] = "2001-01-01"

    verdict = world.verdict(TASK)

    assert verdict.agree == 5
    (found,) = verdict.findings
    assert (found.fault, found.field) == (Fault.DIFFERS, line.platform)
    assert found.platform == "2001-01-01" != found.salesforce


@pytest.mark.parametrize("line", TOUCHPOINT.lines, ids=lambda line: line.platform)
def test_each_field_of_a_touchpoint_is_compared(world: World, line: Any) -> None:
    world.salesforce.held["Event"][0][line.salesforce] = "2001-01-01"

    found = world.verdict(TOUCHPOINT).findings

    assert [each.field for each in found] == [line.platform]


@pytest.mark.parametrize("line", ACCOUNT.lines, ids=lambda line: line.platform)
def test_each_field_of_an_account_is_compared(world: World, line: Any) -> None:
    world.platform.held["account"][1]["values"][line.platform] = "other"

    assert [each.field for each in world.verdict(ACCOUNT).findings] == [line.platform]


def test_a_cleared_field_is_a_difference(world: World) -> None:
    world.task(1)["Description"] = None

    (found,) = world.verdict(TASK).findings

    assert (found.salesforce, found.platform) == (None, "Note")


def test_a_task_with_another_account_differs(world: World) -> None:
    world.copy(0)["account_id"] = "a0"

    assert [each.field for each in world.verdict(TASK).findings] == ["account_id"]


def test_a_merged_account_is_followed(world: World) -> None:
    winner, loser = crm_id("001", 0), world.salesforce.held["Account"][1]
    loser.update(IsDeleted=True, MasterRecordId=winner)
    for number in (1, 3, 5):
        world.task(number)["AccountId"] = winner

    assert world.verdict(TASK).held


def _lose_here(world: World) -> None:
    del world.platform.held["task"][3]


def _lose_there(world: World) -> None:
    del world.salesforce.held["Task"][3]


def _never_sent(world: World) -> None:
    del world.copy(3)["external_id"]
    world.salesforce.held["Task"] = [
        row for row in world.salesforce.held["Task"] if row["Subject"] != world.copy(3)["title"]
    ]


def _twice_there(world: World) -> None:
    world.salesforce.held["Task"].append({**world.task(3), "Id": crm_id("00T", 77)})


def _twice_here(world: World) -> None:
    world.platform.held["task"].append(record("t77", **world.copy(3)))


def _unlinked_copy_here(world: World) -> None:
    copy = {**world.copy(3)}
    del copy["external_id"]
    world.platform.held["task"].append(record("t77", **copy))


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (_lose_here, Fault.NOT_ON_PLATFORM),
        (_lose_there, Fault.NOT_IN_SALESFORCE),
        (_never_sent, Fault.NOT_IN_SALESFORCE),
        (_twice_there, Fault.TWICE_IN_SALESFORCE),
        (_twice_here, Fault.TWICE_ON_PLATFORM),
        (_unlinked_copy_here, Fault.TWICE_ON_PLATFORM),
    ],
)
def test_a_record_too_few_or_too_many_is_found(
    world: World, plant: Callable[[World], None], fault: Fault
) -> None:
    plant(world)

    assert faults(world.verdict(TASK)) == {fault: 1}


def test_a_pair_that_is_there_twice_is_found(world: World) -> None:
    there, here = _task(88)
    world.salesforce.held["Task"].append({**there, "Subject": "Task 3"})
    world.platform.held["task"].append(record("t88", **{**here["values"], "title": "Task 3"}))

    verdict = world.verdict(replace(TASK, once="title"))

    assert faults(verdict) == {Fault.TWICE_IN_SALESFORCE: 1, Fault.TWICE_ON_PLATFORM: 1}
    assert "t88" in verdict.findings[1].platform_id


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"AccountId": None}, "no account"),
        ({"Subject": None}, "no Subject"),
        ({"AccountId": crm_id("001", 9)}, "its account is not on the platform"),
    ],
)
def test_what_rightly_stays_in_salesforce_is_told(
    world: World, fields: dict[str, Any], reason: str
) -> None:
    world.salesforce.held["Task"].append({**_task(99)[0], **fields})

    verdict = world.verdict(TASK)

    assert verdict.held
    assert verdict.stays == {reason: 1}


def test_what_rightly_stays_on_the_platform_is_told(world: World) -> None:
    world.platform.held["account"].append(record("a9", name="New here"))
    world.platform.held["task"].append(record("t99", title="Call them", account_id="a9"))

    verdict = world.verdict(TASK)

    assert verdict.held
    assert verdict.stays == {"its account is not in Salesforce": 1}


def test_a_campaign_touch_is_compared_with_its_event(world: World) -> None:
    event = {
        "Id": crm_id("00U", 50), "Touch__c": "T-1", "AccountId": crm_id("001", 0),
        "Subject": 'One time campaign "Spring" was sent to 12 users. From: ada@x.example',
        "Description": None, "ActivityDate": "2026-03-01",
    }  # fmt: skip
    world.salesforce.held["Event"] = [event]
    touch = record(
        "c1", external_id="t-1", campaign_name="Spring", campaign_type="one_time", recipients=12,
        sender="ada@x.example", start_date="2026-03-01", account_id="a0",
    )  # fmt: skip
    world.platform.held["campaign_touch"] = [touch]
    pair = campaign_touch("Touch__c")
    assert world.verdict(pair).held

    touch["values"]["recipients"] = 13

    assert [each.field for each in world.verdict(pair).findings] == ["subject"]


def test_only_the_first_findings_are_kept(world: World) -> None:
    world.platform.held["task"] = []
    world.salesforce.held["Task"] = [_task(number)[0] for number in range(70)]

    verdict = world.verdict(TASK)

    assert verdict.faults.total() == 70
    assert len(verdict.findings) == 50


def test_the_checker_knows_nothing_of_the_product() -> None:
    folder = Path(judge_module.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            assert not any(name.startswith(("syncline", "tests")) for name in names), path
