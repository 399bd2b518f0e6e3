"""What a person gets who hears of a run: which job, how many, why, an example, how to see more."""

from typing import Any

import pytest

from syncline.config.models import Connection, Notify, Workspace
from syncline.engine.ledger import Ledger
from syncline.ports import Run, RunMode, RunStatus
from syncline.salesforce.refusals import REFUSED as BY_SALESFORCE
from syncline.usecases.report_run import HINTS, report
from syncline.usecases.resolve_job import JobSetup
from syncline.usecases.system_jobs import SystemJob

AT = "2026-01-05T12:00:00Z"
RUN = "bulk_write_back_crm.20260105T120000Z"
SETUP = JobSetup(
    workspace_name="acme",
    name="bulk_write_back_crm",
    workspace=Workspace(title="Acme"),
    connection=Connection(login_url="https://acme.my.salesforce.com"),
    job=SystemJob("bulk_write_back_crm", "crm", True, Notify()).job,
)
WAITED_FOR = (
    "read_only", "reference_not_found", "reference_ambiguous", "reference_cleared",
    "reference_empty", "not_in_picklist", "not_writable", "key_attribute", "deep_reference",
    "wrong_type", "too_long", "value_does_not_fit", "not_mapped", "not_matched", "record_deleted",
    "deleted_in_crm", "written_in_part", "internal_error", "outbox_full", "contested",
    "try_again",
)  # fmt: skip


def ended(status: RunStatus, ledger: Ledger, **more: Any) -> Run:
    return Run(
        workspace="acme",
        job="bulk_write_back_crm",
        id=RUN,
        mode=RunMode.INCREMENTAL,
        status=status,
        created_at=AT,
        trigger="changes",
        frame={"object": "account"},
        options={"origins": [["segment", "ada@example.com"]]},
        ledger=ledger.to_json(),
        **more,
    )


def books() -> Ledger:
    ledger = Ledger(read=5000)
    ledger.count("updated", "written_back", 4984)
    ledger.count("updated", "written_in_part", 3, example="a-7")
    ledger.count("rejected", "not_in_picklist", 12, example="a-19")
    ledger.count("rejected", "reference_not_found", 1, example="a-4711")
    ledger.refuse("updated:written_in_part", "phone", "too_long", example="a-7")
    ledger.refuse("updated:written_in_part", "phone", "too_long", example="a-8")
    ledger.refuse("updated:written_in_part", "fax", "read_only", example="a-9")
    return ledger


def text_of(run: Run, **named: Any) -> tuple[str, str, Any]:
    told = report(run, SETUP, **named)
    assert told is not None
    return told


def test_a_bulk_run_says_all_a_person_needs() -> None:
    subject, text, _ = text_of(ended(RunStatus.PARTIAL, books()))

    assert subject == "Syncline: Bulk Write-Back of crm left 16 records to look at"
    assert text.splitlines() == [
        "Job bulk_write_back_crm (Bulk Write-Back) left 16 records to look at.",
        f"Workspace acme, connection crm, run {RUN}",
        f"It was started by changes of a segment (ada@example.com) at {AT} and read",
        "5,000 account records: 4,987 updated, 13 rejected.",
        "",
        "12 rejected: not in picklist",
        "  What to do: use a value of the picklist, or add it in Salesforce",
        "  For example: syncline explain account a-19 -w acme",
        "",
        "2 phone: too long",
        "  What to do: shorten the text, or lengthen the field in Salesforce",
        "  For example: syncline explain account a-7 -w acme",
        "",
        "1 rejected: reference not found",
        "  What to do: use the address or id of a live record that the reference may lead to",
        "  For example: syncline explain account a-4711 -w acme",
        "",
        "1 fax: read only",
        "  What to do: let the connected user edit the field, or switch write-back of it off",
        "  For example: syncline explain account a-9 -w acme",
        "",
        "See all of them:",
        *see("rejected", "not_in_picklist"),
        *see("updated", "written_in_part"),
        *see("rejected", "reference_not_found"),
    ]


def see(outcome: str, reason: str) -> list[str]:
    return [
        f"  syncline run records {RUN} --outcome {outcome} --reason {reason} -w acme",
        f"  or GET /v1/workspaces/acme/runs/{RUN}/records?outcome={outcome}&reason={reason}",
    ]


def test_programs_get_the_same_as_json() -> None:
    *_, message = text_of(ended(RunStatus.PARTIAL, books()))

    about = ("workspace", "job", "kind", "connection", "run", "status")
    assert [message[name] for name in about] == [
        "acme", "bulk_write_back_crm", "bulk_write_back", "crm", RUN, "partial",
    ]  # fmt: skip
    assert message["causes"][0] == {
        "bucket": "rejected",
        "record_reason": "not_in_picklist",
        "attribute": None,
        "reason": "not_in_picklist",
        "count": 12,
        "hint": HINTS["not_in_picklist"].format(crm="Salesforce"),
        "object": "account",
        "example": "a-19",
    }
    assert message["causes"][1]["attribute"] == "phone"
    assert message["origins"] == [{"origin": "segment", "actor": "ada@example.com"}]


def test_a_failure_says_what_to_do() -> None:
    error = {"code": "credentials_refused", "message": "Salesforce refused the login.",
             "remedy": "Authorise the connection anew."}  # fmt: skip

    subject, text, _ = text_of(ended(RunStatus.FAILED, Ledger(), error=error))

    assert subject == "Syncline: Bulk Write-Back of crm failed"
    assert "Salesforce refused the login.\nWhat to do: Authorise the connection anew." in text
    assert f"syncline run show {RUN} -w acme" in text


def test_recovery_is_told_where_failure_was() -> None:
    run = ended(RunStatus.SUCCEEDED, Ledger())

    assert report(run, SETUP) is None
    assert text_of(run, again=True)[0] == "Syncline: Bulk Write-Back of crm works again"


@pytest.mark.parametrize("reason", [*WAITED_FOR, *sorted({*BY_SALESFORCE.values()})])
def test_every_reason_has_a_hint(reason: str) -> None:
    assert HINTS.get(reason), reason
