"""Answers of Bulk 1.0 as XML or JSON, its errors among them.

The format is that of the job, where CSV means XML; without a job it is that of the request's
Content-Type, XML where there is none.
https://developer.salesforce.com/docs/platform/api-asynch/guide/async-api-headers-content-type.html
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from local.salesforce.bulk.v1 import Batch, Format, Job, Pairs
from local.salesforce.bulk.v1_errors import AsyncError
from local.salesforce.bulk.v1_results import MEDIA
from local.salesforce.bulk.v1_xml import info, info_list
from local.salesforce.http.messages import Answer, Call
from local.salesforce.org import Org
from local.salesforce.values import dump

_MOMENT: Final = "%Y-%m-%dT%H:%M:%S.000"


def format_of(org: Org, call: Call) -> Format:
    """How an answer is written: XML or JSON."""
    job = org.bulk_v1.jobs.get(call.params.get("job", ""))
    if job is not None:
        return Format.JSON if job.order.format is Format.JSON else Format.XML
    return Format.JSON if "json" in call.headers.get("content-type", "") else Format.XML


def job_info(org: Org, call: Call, job: Job, *, status: int = 200) -> Answer:
    """A jobInfo; of a new job in the format of its request."""
    form = format_of(org, call)
    return _answer(form, "jobInfo", job.facts(), status=status)


def batch_info(org: Org, call: Call, batch: Batch, *, status: int = 200) -> Answer:
    """A batchInfo."""
    return _answer(format_of(org, call), "batchInfo", batch.facts(), status=status)


def batch_list(org: Org, call: Call, batches: Sequence[Batch]) -> Answer:
    """All batches of a job."""
    form = format_of(org, call)
    facts = [batch.facts() for batch in batches]
    if form is Format.JSON:
        return raw(form, dump({"batchInfo": [_json(pairs) for pairs in facts]}))
    return raw(form, info_list("batchInfoList", "batchInfo", map(_xml, facts)).encode())


def refusal(org: Org, call: Call, error: AsyncError) -> Answer:
    """The answer of a failed request: 400 whatever the reason."""
    pairs: Pairs = [("exceptionCode", error.code), ("exceptionMessage", error.message)]
    form = format_of(org, call)
    if form is Format.JSON:
        return raw(form, dump(dict(pairs)), status=400)
    return raw(form, info("error", pairs).encode(), status=400)


def raw(form: Format, content: bytes, *, status: int = 200) -> Answer:
    """Bytes of a format."""
    return Answer(status, raw=content, media=MEDIA[form])


def _answer(form: Format, root: str, pairs: Pairs, *, status: int) -> Answer:
    if form is Format.JSON:
        return raw(form, dump(_json(pairs)), status=status)
    return raw(form, info(root, _xml(pairs)).encode(), status=status)


def _json(pairs: Pairs) -> dict[str, object]:
    """Keys in the order of the alphabet, as the documentation shows them."""
    return {name: _moment(value, "+0000") for name, value in sorted(pairs)}


def _xml(pairs: Pairs) -> Pairs:
    return [(name, _moment(value, "Z")) for name, value in pairs]


def _moment(value: object, zone: str) -> object:
    return f"{value:{_MOMENT}}{zone}" if isinstance(value, datetime) else value
