"""Write-back in stories and receipts: whose change it was, in which run, and what followed."""

from dataclasses import replace

import pytest

from syncline.engine.records import Link, LinkState
from syncline.engine.told import Told
from syncline.http.telling import why_of
from syncline.ports import LinkWrite, Receipt
from tests.unit.http.world import ACME, World, action, journal

NOON = "2026-01-05T12:00:00Z"
RUN = "bulk_write_back_crm.1"
CHANGE = Receipt(
    "a" * 32, "d", "account", "a-1", NOON, NOON, "segment", "ada@example.com", {"crm": ("phone",)}
)


@pytest.fixture
def written(api: World) -> World:
    """An account whose phone a segment changed, and one change that is forgotten."""
    api.cloud.receipts("acme").open([CHANGE])
    receipts = [CHANGE.id, "b" * 32]
    told = action("a-1", "updated", reason="written_back", platform_id="a-1", receipts=receipts)
    journal(api, RUN, "00000000/00", told)
    link = Link("001x", "account", LinkState.LINKED, 1, platform_id="a-1")
    link = replace(link, last=f"{RUN}/00000000/00/0")
    assert api.cloud.links("acme", "crm").write([LinkWrite(link, expected=0)]) == [True]
    return api


def test_a_story_says_whose_change_it_was(written: World) -> None:
    (chapter,) = written("GET", f"{ACME}/history/account/a-1").body["items"]

    assert chapter["announced"] == [
        {"receipt": CHANGE.id, "origin": "segment", "actor": "ada@example.com", "at": NOON}
    ]
    assert chapter["why"] == ["a change on the platform was written back"]


@pytest.mark.parametrize(("run", "shown"), [(RUN, RUN), ("", None)])
def test_a_receipt_names_its_run(api: World, run: str, shown: str | None) -> None:
    receipts = api.cloud.receipts("acme")
    receipts.open([CHANGE])
    receipts.settle({CHANGE.id: {"crm": {"phone": Told("applied", "written", run=run)}}})

    (told,) = api("GET", f"{ACME}/receipts/{CHANGE.id}").body["results"]["crm"].values()

    assert told["run"] == shown


def test_a_micro_sync_is_told_as_what_it_is() -> None:
    stored = action("001x", "updated", reason="refreshed", platform_id="a-1")

    (why,) = why_of(stored, "Salesforce")

    assert why == "a reference was written back, and what else is read through it was fetched"
