"""Connections of several sorts of CRM (W15): each says its own, and has jobs of its kinds only."""

import pytest

from syncline.kinds.registry import DIALECTS, KINDS
from syncline.runtime.wiring import ADAPTERS
from tests.unit.http.world import ACCOUNTS, ACME, CONNECTION, World
from tests.worlds.hub import register

HUB = {**CONNECTION, "crm": "hub"}


@pytest.fixture
def two_sorts(api: World, monkeypatch: pytest.MonkeyPatch) -> World:
    register(monkeypatch)
    return api


def test_a_connection_leads_to_salesforce_by_default(api: World) -> None:
    shown = api("GET", f"{ACME}/connections/crm").body

    assert (shown["crm"], shown["account_external_id_field"]) == ("salesforce", "Id")


def test_a_connection_names_its_sort(two_sorts: World) -> None:
    reply = two_sorts("PUT", f"{ACME}/connections/hub", HUB)

    assert reply.status == 201
    shown = reply.body["connection"]
    assert (shown["crm"], shown["account_external_id_field"]) == ("hub", "hs_object_id")


def test_an_unknown_sort_is_refused(api: World) -> None:
    reply = api("PUT", f"{ACME}/connections/hub", HUB)

    assert reply.status == 422
    (flaw,) = reply.body["errors"]
    assert (flaw["field"], flaw["value"]) == ("/crm", "hub")
    assert flaw["remedy"] == "Use one of salesforce."


def test_the_sort_of_a_connection_is_fixed(two_sorts: World) -> None:
    reply = two_sorts("PUT", f"{ACME}/connections/crm", HUB)

    assert (reply.status, reply.code) == (422, "identity_fixed")
    (flaw,) = reply.body["errors"]
    assert (flaw["field"], flaw["value"]) == ("/crm", "hub")
    assert flaw["remedy"] == "Give 'salesforce' for it, or create another connection."


def test_a_kind_of_another_sort_is_refused(two_sorts: World) -> None:
    job = {**ACCOUNTS, "kind": "hub_companies_inbound"}

    reply = two_sorts("PUT", f"{ACME}/jobs/companies", job)

    assert reply.status == 422
    (flaw,) = reply.body["errors"]
    assert (flaw["code"], flaw["field"]) == ("kind_of_another_crm", "/kind")
    assert "is for Hub" in flaw["message"]
    assert "leads to Salesforce" in flaw["message"]
    assert "accounts_inbound" in flaw["remedy"]
    assert "hub" not in flaw["remedy"]


def test_every_sort_has_an_adapter_and_kinds() -> None:
    assert set(ADAPTERS) == set(DIALECTS) == {kind.crm for kind in KINDS.values()}
