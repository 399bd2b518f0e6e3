"""Every route of the API: the one table that dispatches requests and makes the document."""

from functools import lru_cache
from typing import Any, Final

from syncline.config.attribute import Attribute
from syncline.config.models import Connection, Job, Workspace
from syncline.http import (
    attribute_shapes,
    attributes,
    change_shapes,
    changes,
    conflicts,
    connections,
    dead_letters,
    jobs,
    records,
    runs,
    shapes,
    story_shapes,
    workspaces,
)
from syncline.http.calls import Call, Route
from syncline.http.document import openapi_document
from syncline.http.messages import Answer

_WORKSPACE: Final = "/v1/workspaces/{workspace}"
_TOKENS: Final = f"{_WORKSPACE}/tokens"
_CONNECTIONS: Final = f"{_WORKSPACE}/connections"
_CONNECTION: Final = f"{_CONNECTIONS}/{{connection}}"
_JOBS: Final = f"{_WORKSPACE}/jobs"
_JOB: Final = f"{_JOBS}/{{job}}"
_PLAN: Final = f"{_JOB}/plans/{{plan}}"
_ATTRIBUTES: Final = f"{_WORKSPACE}/attributes"
_ATTRIBUTE: Final = f"{_ATTRIBUTES}/{{object}}/{{attribute}}"
_RUN: Final = f"{_WORKSPACE}/runs/{{run}}"
_RECORDS: Final = f"{_WORKSPACE}/records/{{object}}"
_RECORD: Final = f"{_RECORDS}/{{id}}"

_CONFLICTS: Final = f"{_WORKSPACE}/conflicts"
_CONFLICT: Final = f"{_CONFLICTS}/{{conflict}}"
_LETTERS: Final = f"{_WORKSPACE}/dead-letters"

_PAGED: Final = ("limit", "cursor")
_SAVED: Final = (200, 201)


def get_document(_call: Call) -> Answer:
    """The table's own document."""
    return Answer(200, _document())


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    return openapi_document(ROUTES)


_META: Final = (
    Route(
        "GET", "/health", workspaces.health, "none", "Whether the API answers",
        answer=shapes.Health,
    ),
    Route("GET", "/openapi.json", get_document, "none", "This document"),
)  # fmt: skip

_WORKSPACES: Final = (
    Route(
        "PUT", _WORKSPACE, workspaces.put_workspace, "administrator",
        "Create or change a workspace",
        body=Workspace, answer=shapes.SavedWorkspace, status=_SAVED,
    ),
    Route(
        "GET", _WORKSPACE, workspaces.get_workspace, "administrator", "Show a workspace",
        answer=Workspace,
    ),
    Route(
        "DELETE", _WORKSPACE, workspaces.delete_workspace, "administrator",
        "Delete an empty workspace and revoke its tokens", status=(204,),
    ),
    Route(
        "POST", _TOKENS, workspaces.create_token, "administrator",
        "Create a token, shown this once",
        body=shapes.NewToken, answer=shapes.TokenCreated, status=(201,),
    ),
    Route(
        "GET", _TOKENS, workspaces.list_tokens, "administrator", "List tokens",
        answer=shapes.TokenList,
    ),
    Route(
        "DELETE", f"{_TOKENS}/{{token}}", workspaces.revoke_token, "administrator",
        "Revoke a token", status=(204,),
    ),
)  # fmt: skip

_CONNECTION_ROUTES: Final = (
    Route(
        "GET", _CONNECTIONS, connections.list_connections, "read", "List connections",
        answer=shapes.ConnectionList,
    ),
    Route(
        "PUT", _CONNECTION, connections.put_connection, "write",
        "Create or change a connection; credentials left out are kept",
        body=Connection, answer=shapes.SavedConnection, status=_SAVED,
    ),
    Route(
        "GET", _CONNECTION, connections.get_connection, "read",
        "Show a connection without its secrets", answer=shapes.ConnectionShown,
    ),
    Route(
        "DELETE", _CONNECTION, connections.delete_connection, "write",
        "Delete a connection that no job uses, and its credentials", status=(204,),
    ),
    Route(
        "POST", f"{_CONNECTION}/test", connections.check_connection, "operate",
        "Log in, bind the connection to its org, look at permissions",
        answer=shapes.ConnectionTested, function="inspect",
    ),
)  # fmt: skip

_JOB_ROUTES: Final = (
    Route("GET", _JOBS, jobs.list_jobs, "read", "List jobs", answer=shapes.JobList),
    Route(
        "PUT", _JOB, jobs.put_job, "write",
        "Create or change a job with its schedule, validated whole; sync=true starts a run",
        body=Job, answer=shapes.SavedJob, status=_SAVED, query=("sync",), function="inspect",
    ),
    Route("GET", _JOB, jobs.get_job, "read", "Show a job", answer=shapes.AnyJob),
    Route(
        "DELETE", _JOB, jobs.delete_job, "write", "Delete a job and its schedule",
        answer=shapes.JobDeleted, status=(200, 204),
    ),
    Route(
        "POST", f"{_JOB}/validate", jobs.validate_job, "operate",
        "Check a job, or a draft of one, against the live org",
        body=Job, body_optional=True, answer=shapes.Validated, function="inspect",
    ),
    Route(
        "POST", f"{_JOB}/preview", jobs.preview_job, "operate",
        "The first records as they would arrive, or be sent; nothing is written",
        body=Job, body_optional=True, answer=shapes.PreviewShown, query=("limit",),
        function="inspect",
    ),
    Route(
        "POST", f"{_JOB}/plans", runs.create_plan, "operate",
        "Plan a run without writing", answer=shapes.RunShown, status=(202,),
    ),
    Route(
        "GET", _PLAN, runs.get_plan, "read", "Show a plan and its actions",
        answer=story_shapes.PlanShown, query=("outcome", "reason", *_PAGED),
    ),
    Route(
        "POST", f"{_PLAN}/apply", runs.apply_plan, "operate",
        "Do exactly what a plan says", answer=shapes.RunShown, status=(202,),
    ),
    Route(
        "POST", f"{_JOB}/runs", runs.start_run, "operate", "Start a run",
        body=shapes.NewRun, body_optional=True, answer=shapes.RunShown, status=(202,),
    ),
    Route(
        "GET", f"{_JOB}/runs", runs.list_runs, "read", "List runs, newest first",
        answer=shapes.RunList, query=_PAGED,
    ),
)  # fmt: skip

_ATTRIBUTE_ROUTES: Final = (
    Route(
        "GET", _ATTRIBUTES, attributes.list_attributes, "read",
        "List the attributes that something is configured of",
        answer=attribute_shapes.AttributeList,
    ),
    Route(
        "PUT", _ATTRIBUTE, attributes.put_attribute, "write",
        "Say whether and how an attribute is written back, checked against every org",
        body=Attribute, answer=attribute_shapes.SavedAttribute, status=_SAVED, function="inspect",
    ),
    Route(
        "GET", _ATTRIBUTE, attributes.get_attribute, "read",
        "Show an attribute's settings and where it is written to",
        answer=attribute_shapes.AttributeShown,
    ),
    Route(
        "DELETE", _ATTRIBUTE, attributes.delete_attribute, "write",
        "Forget an attribute's settings: it is not written back any more", status=(204,),
    ),
)  # fmt: skip

_RUN_ROUTES: Final = (
    Route("GET", _RUN, runs.get_run, "read", "Show a run", answer=shapes.RunShown),
    Route(
        "GET", f"{_RUN}/records", runs.list_run_records, "read",
        "What a run did to each record", answer=story_shapes.ActionList,
        query=("outcome", "reason", *_PAGED),
    ),
    Route(
        "POST", f"{_RUN}/cancel", runs.cancel_run, "operate",
        "Stop a run between two batches", answer=shapes.RunShown, status=(202,),
    ),
    Route(
        "POST", f"{_RUN}/resume", runs.resume_run, "operate",
        "Go on with a paused or failed run",
        body=shapes.Resume, body_optional=True, answer=shapes.RunShown, status=(202,),
    ),
)  # fmt: skip

_RECORD_ROUTES: Final = (
    Route(
        "GET", _RECORDS, records.list_records, "read", "List platform records",
        answer=shapes.RecordList, query=_PAGED,
    ),
    Route(
        "GET", _RECORD, records.get_record, "read", "Show a platform record",
        answer=shapes.RecordShown,
    ),
    Route(
        "PUT", _RECORD, records.put_record, "write",
        "Create or edit a platform record; attributes not named stay",
        body=shapes.Edit, answer=shapes.SavedRecord, status=_SAVED, headers=("If-Match",),
    ),
    Route(
        "DELETE", _RECORD, records.delete_record, "write", "Delete a platform record",
        status=(204,), headers=("If-Match",),
    ),
    Route(
        "GET", f"{_WORKSPACE}/history/{{object}}/{{id}}", records.get_history, "read",
        "A record's whole story, by platform id or the CRM's id",
        answer=story_shapes.HistoryShown, query=_PAGED,
    ),
)  # fmt: skip

_CONFLICT_ROUTES: Final = (
    Route(
        "GET", _CONFLICTS, conflicts.list_conflicts, "read",
        "Records that both sides changed and that wait for a person",
        answer=story_shapes.ConflictList, query=("connection", *_PAGED),
    ),
    Route(
        "GET", _CONFLICT, conflicts.get_conflict, "read", "Show a conflict",
        answer=story_shapes.ConflictShown,
    ),
    Route(
        "POST", f"{_CONFLICT}/resolve", conflicts.resolve_conflict, "operate",
        "Decide whose value of each contested field stays",
        body=story_shapes.Resolve, answer=story_shapes.ConflictResolved,
    ),
)  # fmt: skip

_CHANGE_ROUTES: Final = (
    Route(
        "POST", f"{_WORKSPACE}/changes", changes.post_changes, "write",
        "Announce what was changed on the platform, to be written to the CRM",
        body=change_shapes.Changes, answer=change_shapes.ReceiptsShown, status=(202,),
        headers=("Idempotency-Key",), function="inspect",
    ),
    Route(
        "GET", f"{_WORKSPACE}/receipts/{{receipt}}", changes.get_receipt, "read",
        "What became of a change, or of a request of many",
        answer=change_shapes.ReceiptOrBatch, query=("status", *_PAGED),
    ),
)  # fmt: skip

_LETTER_ROUTES: Final = (
    Route(
        "GET", _LETTERS, dead_letters.list_dead_letters, "read",
        "What the writers gave up, and why", answer=dead_letters.DeadLetterList,
    ),
    Route(
        "POST", f"{_LETTERS}/{{letter}}/retry", dead_letters.retry_dead_letter, "operate",
        "Ask the writer once more", answer=dead_letters.DeadLetterRetried, status=(202,),
    ),
    Route(
        "DELETE", f"{_LETTERS}/{{letter}}", dead_letters.discard_dead_letter, "operate",
        "Throw a letter away; what waits because of it goes on waiting", status=(204,),
    ),
)  # fmt: skip

ROUTES: Final = (
    *_META, *_WORKSPACES, *_CONNECTION_ROUTES, *_JOB_ROUTES, *_ATTRIBUTE_ROUTES, *_RUN_ROUTES,
    *_RECORD_ROUTES, *_CONFLICT_ROUTES, *_CHANGE_ROUTES, *_LETTER_ROUTES,
)  # fmt: skip
