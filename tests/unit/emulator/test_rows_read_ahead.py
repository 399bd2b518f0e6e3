"""Rows of a Bulk job are read together, without the columns that their change does not look at."""

from typing import Any, Final

import pytest

from local.salesforce.inprocess import Api
from local.salesforce.store.effects import after_save
from local.salesforce.store.rules.saving import Saving
from local.salesforce.store.rules.table import LOOKED_AT, apply
from tests.unit.emulator.bulk_jobs import ended, uploaded

CHANGES: Final[dict[str, dict[str, str]]] = {
    "closed": {"Status": "Completed"},
    "opened again": {"Status": "In Progress", "Priority": "High"},
    "to a contact": {"WhoId": "contact", "WhatId": "#N/A"},
    "to an account": {"WhatId": "account"},
    "to nobody": {"WhoId": "#N/A", "WhatId": "#N/A"},
    "text alone": {"Subject": "new", "Description": "long"},
    "another day": {"ActivityDate": "2026-03-01"},
}


class Noted(dict[str, Any]):
    """A row that notes which of its columns are read or written."""

    def __init__(self, row: dict[str, Any], names: set[str]) -> None:
        super().__init__(row)
        self._names = names

    def get(self, name: str, default: Any = None) -> Any:
        self._names.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self._names.add(name)
        return super().__getitem__(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self._names.add(name)
        super().__setitem__(name, value)


def parents(api: Api) -> dict[str, str]:
    account = api.create("Account", Name="A")
    other = api.create("Account", Name="B")
    contact = api.create("Contact", LastName="C", AccountId=other)
    return {"account": account, "contact": contact, "#N/A": ""}


def task(api: Api, made: dict[str, str]) -> str:
    return api.create(
        "Task", Subject="old", Status="Completed", WhoId=made["contact"], WhatId=made["account"],
        ActivityDate="2026-02-01", Description="kept",
    )  # fmt: skip


def held(api: Api, record: str) -> dict[str, Any]:
    row = api.org.acting().writer().find(api.org.schema.require("Task"), record)
    return {name: value for name, value in row.items() if name != "Id"}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_read_ahead_or_alone_is_the_same(api: Api, name: str) -> None:
    made, change = parents(api), CHANGES[name]
    alone, ahead = task(api, made), task(api, made)
    body = {key: made.get(value, value) or None for key, value in change.items()}
    cells = [value if value == "#N/A" else made.get(value, value) for value in change.values()]

    api.call("PATCH", f"sobjects/Task/{alone}", body)
    lines = [",".join(["Id", *change]), ",".join([ahead, *cells]), ""]
    done = ended(api, uploaded(api, "Task", "update", "\n".join(lines)))

    assert done["numberRecordsFailed"] == 0
    assert held(api, ahead) == held(api, alone)


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("what", ["account", "#N/A"])
def test_rules_look_at_no_other_columns(api: Api, closed: bool, what: str) -> None:
    made, names = parents(api), set[str]()
    record = task(api, made)
    sobject = api.org.schema.require("Task")
    writer = api.org.acting().writer()
    writer.update(sobject, record, {"Subject": "prepared"})
    before = writer.find(sobject, record)
    status = "Completed" if closed else "In Progress"
    after = {**before, "Status": status, "WhatId": made[what] or None, "TaskSubtype": None}

    saving = Saving(
        Noted(after, names), {"Status"}, Noted(before, names), writer.session.grounds["Task"]
    )
    apply("Task", saving)
    after_save(saving)

    assert names <= LOOKED_AT["Task"] | {"Id", "TaskWhoIds"}
