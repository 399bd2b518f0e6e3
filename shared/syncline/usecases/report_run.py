"""What people are told of a run: the causes grouped, each with a hint."""

from typing import Any, Final

from syncline.engine.ledger import TROUBLE, Ledger
from syncline.ports import Run, RunStatus
from syncline.usecases.resolve_job import JobSetup

HINTS: Final[dict[str, str]] = {
    "value_does_not_fit": "map the field to an attribute of its type, or correct the value",
    "too_large": "shorten its long texts in Salesforce, or do not map them",
    "contested": "both sides changed the same field: decide which value stays",
    "merged_away": "the Salesforce record was merged: decide what becomes of its platform record",
    "edited_after_deletion": "one side deleted it, the other edited it later: decide which stays",
    "kept_changing": "somebody keeps editing the record; the next run tries again",
    "changed_since_plan": "make a new plan: the record is no longer what the plan was made for",
    "already_linked": "two records claim one of the other side: merge or unlink one",
    "external_id_taken": "two Salesforce records have one External Id: correct one of them",
    "several_matches": "several Salesforce records have this External Id: correct all but one",
    "short_external_id": "give the platform record all 18 characters of the Salesforce id",
    "person_not_found": "give the person an active Salesforce user with that e-mail address",
    "person_ambiguous": "only one active Salesforce user may have that e-mail address",
    "unknown_external_id": "correct or clear the External Id of the platform record",
    "read_only": "let the connected user edit the field, or take its line out of the mapping; a "
    "converted lead changes no more",
    "duplicate_detected": "let the duplicate rule allow it, or match the record by its External Id",
    "bulk_unsupported": "name an external-id field of the object in 'creation_keys'",
    "no_subject_or_content": "give the touchpoint a subject or a content",
    "no_start_date": "give the campaign touch a start date",
    "validation_rule": "correct the value, or relax the rule in Salesforce",
    "required_missing": "map the field that Salesforce requires, or give it a default there",
    "too_long": "shorten the text, or lengthen the field in Salesforce",
    "bad_choice": "use a value of the picklist, or add it in Salesforce",
    "bad_value": "correct the value: Salesforce does not take it for that field",
    "bad_reference": "the record that it points to is gone, or the connected user cannot see it",
    "inactive_owner": "give it to an active Salesforce user",
    "no_access": "give the connected user the right to write it",
    "duplicate_value": "another Salesforce record has that value in a unique field",
    "automation_failed": "a flow or trigger in Salesforce failed: ask its administrator",
    "delete_refused": "Salesforce does not delete it: look at what depends on it",
    "job_refused": "Salesforce refused the whole Bulk job: its words are in each record's history",
    "creation_unknown": "look whether Salesforce has it; if so give the record its id",
    "try_again": "nothing: the next run sends it again",
    "no_title": "give the task a title (in Salesforce: a subject)",
    "no_name": "give the account a name in Salesforce",
}

_WORDS: Final[dict[RunStatus, str]] = {
    RunStatus.SUCCEEDED: "works again",
    RunStatus.FAILED: "failed",
    RunStatus.PAUSED: "is paused",
    RunStatus.PARTIAL: "ended with records that need attention",
}


def report(
    run: Run, setup: JobSetup, *, again: bool = False
) -> tuple[str, str, dict[str, Any]] | None:
    """(subject, text, message) for the topic; None where nobody is to be told. `again`: it ends
    well after people were told of a failure."""
    notify = setup.job.notify
    wanted = {
        RunStatus.FAILED: notify.failure,
        RunStatus.PAUSED: notify.failure,
        RunStatus.PARTIAL: notify.partial or (again and notify.failure),
        RunStatus.SUCCEEDED: again and notify.failure,
    }
    if not wanted.get(run.status, False):
        return None
    subject = f"Syncline: {run.job} {_WORDS[run.status]}"
    causes = _causes(run)
    lines = [f"Run {run.id} of job {run.job} in workspace {run.workspace} {_WORDS[run.status]}."]
    if run.error:
        lines += ["", str(run.error["message"])]
        lines += [f"What to do: {run.error['remedy']}"] if run.error.get("remedy") else []
    for cause in causes:
        lines += ["", f"{cause['count']} {cause['bucket']}: {cause['reason']}"]
        lines += [f"  {cause['hint']}"] if cause["hint"] else []
    lines += ["", f"See the records: syncline run records {run.id}"]
    message = {
        "workspace": run.workspace,
        "job": run.job,
        "run": run.id,
        "status": str(run.status),
        "error": dict(run.error) if run.error else None,
        "causes": causes,
        "ledger": dict(run.ledger),
    }
    return subject[:100], "\n".join(lines), message


def _causes(run: Run) -> list[dict[str, Any]]:
    found = []
    for key, count in Ledger.from_json(run.ledger).reasons.items():
        bucket, _, reason = key.partition(":")
        if bucket in TROUBLE:
            hint = HINTS.get(reason, "")
            found.append({"bucket": bucket, "reason": reason, "count": count, "hint": hint})
    return sorted(found, key=lambda cause: -cause["count"])
