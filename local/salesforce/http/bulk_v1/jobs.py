"""Jobs of Bulk 1.0: made, looked at, closed, aborted.

https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-jobs-create.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from local.salesforce.bulk.rows import Operation
from local.salesforce.bulk.v1 import QUERIES, Format, Job, JobState, Order
from local.salesforce.bulk.v1_errors import AsyncError, Trouble
from local.salesforce.bulk.v1_xml import XmlError, name_of, parse, texts
from local.salesforce.http.bulk_v1.answers import job_info
from local.salesforce.http.bulk_v1.requests import job_of
from local.salesforce.http.messages import Answer, Call
from local.salesforce.ids import mint
from local.salesforce.org import Org
from local.salesforce.schema.types import SObject

_OPERATIONS: Final = frozenset({*Operation, *QUERIES})
#: In JSON the mode may be the number that simple-salesforce sends.
_MODES: Final = {"parallel": False, "0": False, "serial": True, "1": True, "": False}
#: https://developer.salesforce.com/docs/platform/api-asynch/guide/async-api-headers-enable-pk-chunking.html
DEFAULT_CHUNK: Final = 100_000
LARGEST_CHUNK: Final = 250_000


def create(org: Org, call: Call) -> Answer:
    """`POST job`: 201."""
    order = _order(org, call)
    number = org.database.reserve("750")
    job = Job(mint("750", number), order, call.params["release"], call.user_id, org.clock.stamp())
    org.bulk_v1.jobs[job.id] = job
    return job_info(org, call, job, status=201)


def look(org: Org, call: Call) -> Answer:
    """`GET job/{id}`: a look at all its batches."""
    job = job_of(org, call)
    org.bulk_v1.look(org, job, job.batches.values())
    return job_info(org, call, job)


def change(org: Org, call: Call) -> Answer:
    """`POST job/{id}` with a state: Closed or Aborted, from which no way leads back."""
    job = job_of(org, call)
    wanted = _asked(call).get("state", "")
    if wanted not in (JobState.CLOSED, JobState.ABORTED):
        raise AsyncError(Trouble.UNPARSED_JOB)
    doing = "Closing" if wanted == JobState.CLOSED else "Aborting"
    if job.state is JobState.ABORTED or job.state == wanted:
        raise AsyncError(Trouble.JOB_ENDED, doing=doing, state=job.state.value)
    if wanted == JobState.CLOSED:
        org.bulk_v1.close(org, job)
    else:
        org.bulk_v1.abort(org, job)
    return job_info(org, call, job)


def _order(org: Org, call: Call) -> Order:
    asked = _asked(call)
    operation, name = asked.get("operation", ""), asked.get("object", "")
    mode = asked.get("concurrencyMode", "").lower()
    form = asked.get("contentType") or Format.XML
    if operation not in _OPERATIONS or mode not in _MODES or form not in [*Format]:
        raise AsyncError(Trouble.UNPARSED_JOB)
    sobject = org.acting(call.user_id).schema.get(name)
    if sobject is None:
        raise AsyncError(Trouble.UNKNOWN_OBJECT, name=name)
    _check_entity(sobject, operation)
    if operation == Operation.HARD_DELETE and not org.settings.bulk_hard_delete:
        raise AsyncError(Trouble.HARD_DELETE)
    return Order(
        operation=operation,
        sobject=sobject.name,
        format=Format(form),
        external_id=_external_id(sobject, operation, asked.get("externalIdFieldName", "")),
        assignment_rule=asked.get("assignmentRuleId") or None,
        serial=_MODES[mode],
        chunk_size=_chunk_size(call.headers.get("sforce-enable-pkchunking", "")),
    )


def _check_entity(sobject: SObject, operation: str) -> None:
    if sobject.traits.bulk:
        return
    query = operation in QUERIES
    trouble = Trouble.UNSUPPORTED_QUERY if query else Trouble.UNSUPPORTED_ENTITY
    raise AsyncError(trouble, name=sobject.name)


def _external_id(sobject: SObject, operation: str, name: str) -> str | None:
    if operation != Operation.UPSERT:
        return None
    if not name:
        raise AsyncError(Trouble.BLANK_EXTERNAL_ID, name=sobject.name)
    field = sobject.get(name)
    if field is None or not (field.external_id or field.id_lookup):
        raise AsyncError(Trouble.WRONG_EXTERNAL_ID, field=name, name=sobject.name)
    return field.name


def _chunk_size(header: str) -> int | None:
    """`true`, or `chunkSize=1000; parent=...; startRow=...`."""
    text = header.strip().lower()
    if text in ("", "false"):
        return None
    for option in text.split(";"):
        name, _, value = option.partition("=")
        if name.strip() == "chunksize" and value.strip().isdigit():
            return min(max(1, int(value)), LARGEST_CHUNK)
    return DEFAULT_CHUNK


def _asked(call: Call) -> Mapping[str, str]:
    """A jobInfo as texts by name, from JSON or XML."""
    if "json" in call.headers.get("content-type", ""):
        return _from_json(call.body)
    try:
        root = parse(call.body.strip())
    except XmlError as error:
        raise AsyncError(Trouble.UNPARSED_JOB) from error
    if name_of(root) != "jobInfo":
        raise AsyncError(Trouble.UNPARSED_JOB)
    return texts(root)


def _from_json(body: bytes) -> Mapping[str, str]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise AsyncError(Trouble.UNPARSED_JOB) from error
    if not isinstance(found, dict):
        raise AsyncError(Trouble.UNPARSED_JOB)
    return {name: "" if value is None else str(value) for name, value in found.items()}
