"""What people are told of a run: the causes grouped, each with an example, a hint, and how to see
the rest."""

from typing import Any, Final

from syncline.engine.ledger import BUCKETS, Ledger, is_trouble
from syncline.kinds.registry import DIALECTS
from syncline.ports import Run, RunStatus
from syncline.usecases.origins import ORIGINS, origins_told
from syncline.usecases.resolve_job import JobSetup
from syncline.usecases.system_jobs import is_system_job

HINTS: Final[dict[str, str]] = {
    "value_does_not_fit": "map the field to an attribute of its type, or correct the value",
    "too_large": "shorten its long texts in {crm}, or do not map them",
    "contested": "both sides changed the same field: decide which value stays",
    "merged_away": "the {crm} record was merged: decide what becomes of its platform record",
    "edited_after_deletion": "one side deleted it, the other edited it later: decide which stays",
    "kept_changing": "somebody keeps editing the record; the next run tries again",
    "changed_since_plan": "make a new plan: the record is no longer what the plan was made for",
    "already_linked": "two records claim one of the other side: merge or unlink one",
    "external_id_taken": "two {crm} records have one External Id: correct one of them",
    "several_matches": "several {crm} records have this External Id: correct all but one",
    "short_external_id": "give the platform record the whole {crm} id",
    "person_not_found": "give the person an active {crm} user with that e-mail address",
    "person_ambiguous": "only one active {crm} user may have that e-mail address",
    "unknown_external_id": "correct or clear the External Id of the platform record",
    "read_only": "let the connected user edit the field, or take its line out of the mapping; what "
    "was converted changes no more",
    "duplicate_detected": "let the duplicate rule allow it, or match the record by its External Id",
    "bulk_unsupported": "name an external-id field of the object in 'creation_keys'",
    "no_subject_or_content": "give the touchpoint a subject or a content",
    "no_start_date": "give the campaign touch a start date",
    "validation_rule": "correct the value, or relax the rule in {crm}",
    "required_missing": "map the field that {crm} requires, or give it a default there",
    "too_long": "shorten the text, or lengthen the field in {crm}",
    "bad_choice": "use a value of the picklist, or add it in {crm}",
    "bad_value": "correct the value: {crm} does not take it for that field",
    "bad_reference": "the record that it points to is gone, or the connected user cannot see it",
    "inactive_owner": "give it to an active {crm} user",
    "no_access": "give the connected user the right to write it",
    "duplicate_value": "another {crm} record has that value in a unique field",
    "automation_failed": "a flow or trigger in {crm} failed: ask its administrator",
    "delete_refused": "{crm} does not delete it: look at what depends on it",
    "job_refused": "{crm} refused the whole job: its words are in each record's history",
    "creation_unknown": "look whether {crm} has it; if so give the record its id",
    "try_again": "nothing: the next run sends it again",
    "written_in_part": "some fields were refused: the record's story says which, and why",
    "written_unsettled": "nothing: it is written, and settled by the next message",
    "not_mapped": "map the attribute in an inbound job, or switch its write-back off",
    "not_matched": "nothing, if it belongs to another org; else link it by its External Id",
    "not_in_picklist": "use a value of the picklist, or add it in {crm}",
    "not_writable": "{crm} sets that field itself: switch write-back of the attribute off",
    "key_attribute": "it ties the record to others: switch write-back of the attribute off",
    "deep_reference": "map the attribute through one reference, not through several",
    "wrong_type": "map the attribute to a field that a value can be found by",
    "reference_not_found": "use the address or id of a live record that the reference may lead to",
    "reference_ambiguous": "several records have that value: make it unique in {crm}",
    "reference_cleared": "a reference is re-pointed, never cleared: choose another one",
    "reference_empty": "point the reference to a record in {crm} first",
    "deleted_in_crm": "its {crm} record is gone: restore it there, or delete this one",
    "record_deleted": "nothing, if the deletion was meant",
    "outbox_full": "too many changes of one record wait: find out what keeps changing it",
    "in_approval": "the record is locked by an approval in {crm}: wait for its end",
    "storage_limit": "the org is out of data storage: ask its administrator",
    "internal_error": "an error in Syncline itself: report it, then make the change once more",
    "no_title": "give the task a title (in {crm}: a subject)",
    "no_name": "give the account a name in {crm}",
}
"""`{crm}` is what people call the CRM."""
_WRITE_BACK_HINTS: Final[dict[str, str]] = {
    "read_only": "let the connected user edit the field, or switch write-back of it off",
    "required_missing": "{crm} requires a value there: give the attribute one",
}
"""Where they are others than those of jobs with a mapping."""

_WORDS: Final[dict[RunStatus, str]] = {
    RunStatus.SUCCEEDED: "works again",
    RunStatus.FAILED: "failed",
    RunStatus.PAUSED: "is paused",
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
    causes = _causes(run, setup)
    words = _words(run)
    message = {
        "workspace": run.workspace,
        "job": run.job,
        "kind": setup.job.kind,
        "connection": setup.job.connection,
        "run": run.id,
        "status": str(run.status),
        "error": dict(run.error) if run.error else None,
        "causes": causes,
        "origins": [
            {"origin": origin, "actor": actor} for origin, actor in run.options.get(ORIGINS, ())
        ],
        "ledger": dict(run.ledger),
    }
    subject = f"Syncline: {_title(run, setup)} {words}"[:100]
    return subject, "\n".join(_lines(run, setup, causes)), message


def _title(run: Run, setup: JobSetup) -> str:
    """Nobody has named a job of the system."""
    if not is_system_job(run.job):
        return run.job
    return f"{setup.job.title} of {setup.job.connection}"


def _started(run: Run) -> str:
    if not is_system_job(run.job):
        return run.trigger
    return origins_told(run.options.get(ORIGINS, ()))


def _words(run: Run) -> str:
    if run.status is not RunStatus.PARTIAL:
        return _WORDS[run.status]
    trouble = Ledger.from_json(run.ledger).trouble
    return f"left {trouble:,} {'record' if trouble == 1 else 'records'} to look at"


def _lines(run: Run, setup: JobSetup, causes: list[dict[str, Any]]) -> list[str]:
    title = f" ({setup.job.title})" if setup.job.title else ""
    lines = [
        f"Job {run.job}{title} {_words(run)}.",
        f"Workspace {run.workspace}, connection {setup.job.connection}, run {run.id}",
        f"It was started by {_started(run)} at {run.created_at} and read",
        f"{_totals(run, _object(run, setup))}.",
    ]
    if run.error:
        lines += ["", str(run.error["message"])]
        lines += [f"What to do: {run.error['remedy']}"] if run.error.get("remedy") else []
    inside = f"-w {run.workspace}"
    for cause in causes:
        lines += _told(cause, inside)
    path = f"/v1/workspaces/{run.workspace}/runs/{run.id}"
    if causes:
        lines += ["", "See all of them:"]
        for bucket, reason in dict.fromkeys((c["bucket"], c["record_reason"]) for c in causes):
            only = f"--outcome {bucket} --reason {reason}"
            lines += [f"  syncline run records {run.id} {only} {inside}"]
            lines += [f"  or GET {path}/records?outcome={bucket}&reason={reason}"]
    else:
        lines += ["", f"See the run: syncline run show {run.id} {inside}", f"  or GET {path}"]
    return lines


def _told(cause: dict[str, Any], inside: str) -> list[str]:
    why = cause["reason"].replace("_", " ")
    what = why if cause["bucket"] == "updated" else f"{cause['bucket']}: {why}"
    what = f"{cause['attribute']}: {why}" if cause["attribute"] else what
    lines = ["", f"{cause['count']:,} {what}"]
    if cause["hint"]:
        lines.append(f"  What to do: {cause['hint']}")
    if cause["example"]:
        lines.append(
            f"  For example: syncline explain {cause['object']} {cause['example']} {inside}"
        )
    return lines


def _totals(run: Run, object: str) -> str:
    """What became of how many, without those that were left alone."""
    read = run.ledger.get("read", 0)
    counts = [f"{run.ledger[name]:,} {name}" for name in BUCKETS if run.ledger.get(name)]
    return f"{read:,} {object} {'record' if read == 1 else 'records'}" + (
        f": {', '.join(counts)}" if counts else ""
    )


def _object(run: Run, setup: JobSetup) -> str:
    """The platform's; a job of the system works on one of several."""
    return setup.kind.object or str(run.frame.get("object", ""))


def _causes(run: Run, setup: JobSetup) -> list[dict[str, Any]]:
    """The most frequent first. Write-back knows of each attribute why it was refused; what all
    records of one cause have in common, `bucket` and `record_reason`, leads to them."""
    ledger = Ledger.from_json(run.ledger)
    split = {key.rsplit(":", 2)[0] for key in ledger.refused}
    counts = {k: n for k, n in ledger.reasons.items() if is_trouble(k) and k not in split}
    found = [
        _cause(run, setup, key, count, ledger.examples.get(key, ""))
        for key, count in (counts | ledger.refused).items()
    ]
    return sorted(found, key=lambda cause: -cause["count"])


def _cause(run: Run, setup: JobSetup, key: str, count: int, example: str) -> dict[str, Any]:
    bucket, record_reason, *refused = key.split(":")
    attribute, reason = refused or (None, record_reason)
    hints = HINTS | _WRITE_BACK_HINTS if is_system_job(run.job) else HINTS
    return {
        "bucket": bucket,
        "record_reason": record_reason,
        "attribute": attribute,
        "reason": reason,
        "count": count,
        "hint": hints.get(reason, "").format(crm=DIALECTS[setup.connection.crm].title),
        "object": _object(run, setup),
        "example": example,
    }
