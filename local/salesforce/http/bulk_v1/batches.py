"""Batches of Bulk 1.0: added, looked at, their requests and results.

https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-batches-create.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from local.salesforce.bulk.v1 import Batch, BatchState, Format, JobState
from local.salesforce.bulk.v1_errors import AsyncError, Trouble
from local.salesforce.bulk.v1_results import MEDIA
from local.salesforce.bulk.v1_rows import MAXIMUM_BYTES
from local.salesforce.bulk.v1_xml import NAMESPACE, tag
from local.salesforce.http.bulk_v1.answers import batch_info, batch_list, raw
from local.salesforce.http.bulk_v1.requests import batch_of, job_of
from local.salesforce.http.messages import Answer, Call
from local.salesforce.org import Org
from local.salesforce.values import dump

_PIECE: Final = 1 << 18


def create(org: Org, call: Call) -> Answer:
    """`POST job/{id}/batch`: 201, queued; its rows are looked at later.

    Every batch counts, those of queries too, towards the batches of a day that both Bulk APIs
    share.
    https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_bulkapi.htm
    """
    job = job_of(org, call)
    if job.state is not JobState.OPEN:
        raise AsyncError(Trouble.JOB_NOT_OPEN, state=job.state.value)
    if len(call.body) > MAXIMUM_BYTES:
        raise AsyncError(Trouble.TOO_LARGE, limit=MAXIMUM_BYTES)
    limit = org.settings.bulk_daily_batches
    if not org.runner.allocation.take_batch(org.clock.now(), limit):
        raise AsyncError(Trouble.BATCH_QUOTA)
    batch = org.bulk_v1.add(org, job, call.body)
    return batch_info(org, call, batch, status=201)


def listing(org: Org, call: Call) -> Answer:
    """`GET job/{id}/batch`: a look at all of them."""
    job = job_of(org, call)
    org.bulk_v1.look(org, job, job.batches.values())
    return batch_list(org, call, list(job.batches.values()))


def look(org: Org, call: Call) -> Answer:
    """`GET job/{id}/batch/{batch}`."""
    job = job_of(org, call)
    batch = batch_of(call, job)
    org.bulk_v1.look(org, job, [batch])
    return batch_info(org, call, batch)


def request(org: Org, call: Call) -> Answer:
    """`GET job/{id}/batch/{batch}/request`: the body as it came."""
    job = job_of(org, call)
    return raw(job.order.format, batch_of(call, job).request.read_bytes())


def results(org: Org, call: Call) -> Answer:
    """`GET job/{id}/batch/{batch}/result`: what became of the rows, or the ids of query results."""
    job = job_of(org, call)
    batch = batch_of(call, job)
    _check_ended(batch)
    if not job.order.is_query:
        return _file(job.order.format, batch.result)
    ids = [batch.result_id] if batch.result_id else []
    if job.order.format is Format.JSON:
        return raw(Format.JSON, dump(ids))
    listed = "".join(tag("result", each) for each in ids)
    text = f'<result-list xmlns="{NAMESPACE}">{listed}</result-list>'
    return raw(Format.XML, text.encode())


def result(org: Org, call: Call) -> Answer:
    """`GET job/{id}/batch/{batch}/result/{result}`: the rows of a query."""
    job = job_of(org, call)
    batch = batch_of(call, job)
    _check_ended(batch)
    given = call.params["result"]
    if batch.result_id is None or given not in (batch.result_id, batch.result_id[:15]):
        raise AsyncError(Trouble.UNKNOWN_RESULT, id=given)
    return _file(job.order.format, batch.result)


def _check_ended(batch: Batch) -> None:
    if batch.state in (BatchState.QUEUED, BatchState.IN_PROGRESS):
        raise AsyncError(Trouble.BATCH_NOT_COMPLETED)
    if batch.state is not BatchState.COMPLETED:
        raise AsyncError(Trouble.NOT_PROCESSED)


def _file(form: Format, path: Path) -> Answer:
    return Answer(200, stream=_pieces(path), media=MEDIA[form])


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
