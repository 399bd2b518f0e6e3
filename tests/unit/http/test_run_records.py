"""What a run did to each record, as the API lists it."""

from syncline.ports import Run, RunMode, RunStatus
from tests.unit.http.world import ACME, World, action, journal


def ended_run(api: World) -> str:
    run = Run(
        workspace="acme", job="tasks", id="tasks.1", mode=RunMode.FULL,
        status=RunStatus.PARTIAL, created_at="2026-01-05T12:00:00Z",
    )  # fmt: skip
    assert api.cloud.runs.create(run)
    return run.id


def records(api: World, run: str, **query: str) -> list[list[str]]:
    pages = []
    while True:
        page = api("GET", f"{ACME}/runs/{run}/records", query=query).body
        pages.append([each["crm_id"] for each in page["items"]])
        if page["next"] is None:
            return pages
        query["cursor"] = page["next"]


def test_records_are_paged_across_batches(api: World) -> None:
    run = ended_run(api)
    journal(api, run, "00000000/00", action("a"), action("b"), action("c"))
    journal(api, run, "00000001/00", action("d"), action("e", "updated"))

    assert records(api, run, limit="2") == [["a", "b"], ["c", "d"], ["e"]]
    assert records(api, run) == [["a", "b", "c", "d", "e"]]


def test_records_are_filtered_by_outcome(api: World) -> None:
    run = ended_run(api)
    journal(api, run, "00000000/00", action("a"), action("b", "rejected"), action("c"))
    journal(api, run, "00000001/00", action("d", "rejected"))

    assert records(api, run, outcome="rejected", limit="1") == [["b"], ["d"]]
    assert records(api, run, outcome="held") == [[]]


def test_records_of_one_cause_are_listed_alone(api: World) -> None:
    run = ended_run(api)
    part = action("b", "updated", reason="written_in_part")
    journal(api, run, "00000000/00", action("a", "updated"), part, action("c", "rejected"))

    assert records(api, run, outcome="updated", reason="written_in_part") == [["b"]]
    assert records(api, run, outcome="updated", reason="no_such") == [[]]


def test_a_record_decided_twice_is_listed_as_it_ended(api: World) -> None:
    run = ended_run(api)
    journal(api, run, "00000000/00", action("a"), action("b", "updated"))
    journal(api, run, "00000000/01", action("b", "held", reason="kept_changing"))

    page = api("GET", f"{ACME}/runs/{run}/records").body["items"]

    assert [(each["crm_id"], each["bucket"], each["attempt"]) for each in page] == [
        ("a", "created", 0), ("b", "held", 1),
    ]  # fmt: skip


def test_large_records_make_small_pages(api: World) -> None:
    run = ended_run(api)
    long = "x" * 1_000_000
    for batch in range(6):
        change = ["description", None, long]
        journal(api, run, f"{batch:08d}/00", action(f"t{batch}", changes=[change]))

    assert [len(page) for page in records(api, run)] == [3, 3]


def test_an_unknown_outcome_is_refused(api: World) -> None:
    reply = api("GET", f"{ACME}/runs/{ended_run(api)}/records", query={"outcome": "great"})

    assert (reply.status, reply.flaws[0][:2]) == (400, ("query", "outcome"))
    assert "created" in reply.body["errors"][0]["remedy"]
