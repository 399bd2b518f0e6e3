"""An org where something of everything has happened, and what must be found in it later."""

from typing import Any

from local.salesforce.inprocess import Api

CONTROL = "/__emulator__"
CUSTOM = {"sobject": "Account", "name": "Ext__c", "type": "string", "length": 20}


def control(api: Api, method: str, path: str, body: object = None) -> Any:
    status, answer = api.call(method, f"{CONTROL}/{path}", body)
    assert status < 300, answer
    return answer


def image_of(api: Api) -> bytes:
    found = api.send("GET", f"{CONTROL}/image")
    assert found.stream is not None
    return b"".join(found.stream)


def names(api: Api) -> list[str]:
    return [each["Name"] for each in api.query("SELECT Name FROM Account ORDER BY Name")]


def results(api: Api, job: str) -> str:
    found = api.send("GET", f"jobs/query/{job}/results")
    return b"".join(found.stream or ()).decode()


def lived_in(api: Api) -> dict[str, Any]:
    """An org where something of everything has happened."""
    api.load("Account", [{"Name": f"A{at:04d}"} for at in range(500)])
    control(api, "POST", "fields", CUSTOM)
    api.create("Account", Name="B", Ext__c="x1")
    control(api, "POST", "settings", {"page_size": 300, "bulk_in_progress_polls": 1})
    statement = "SELECT Name FROM Account ORDER BY Name"
    page = api.call("GET", "query", q=statement)[1]["nextRecordsUrl"]
    job = api.call("POST", "jobs/query", {"operation": "query", "query": statement})[1]["id"]
    while api.call("GET", f"jobs/query/{job}")[1]["state"] != "JobComplete":
        pass
    control(api, "POST", "faults", {"endpoint": "limits", "kind": "unavailable"})
    late = {"operations": [{"op": "create", "sobject": "Account", "fields": {"Name": "C"}}]}
    transaction = control(api, "POST", "transactions", late)["id"]
    return {"page": page, "job": job, "result": results(api, job), "transaction": transaction}


def check(api: Api, facts: dict[str, Any]) -> None:
    assert len(api.query("SELECT Id FROM Account")) == 501
    assert api.query("SELECT Name FROM Account WHERE Ext__c = 'x1'") == [{"Name": "B"}]
    assert len(api.call("GET", facts["page"])[1]["records"]) == 201
    assert results(api, facts["job"]) == facts["result"]
    assert control(api, "GET", "settings")["page_size"] == 300
    control(api, "POST", f"transactions/{facts['transaction']}/commit")
    assert names(api)[-1] == "C"


def ruin(api: Api, facts: dict[str, Any]) -> None:
    with api.org.database.transaction():
        api.org.database.run('DELETE FROM "Account"')
    api.call("DELETE", f"jobs/query/{facts['job']}")
    control(api, "DELETE", f"transactions/{facts['transaction']}")
    control(api, "POST", "settings", {"page_size": 2000, "requests_used": 99})
    control(api, "POST", "fields", {**CUSTOM, "name": "Other__c"})
    api.org.clock.advance(86_400)
    api.org.cursors.clear()
