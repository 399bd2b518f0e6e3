"""The routes of Bulk 1.0; sessions and the daily limit are checked by each, in its own words."""

from __future__ import annotations

from typing import Final

from local.salesforce.http.bulk_v1 import batches, jobs
from local.salesforce.http.bulk_v1.requests import guarded
from local.salesforce.http.routing import Route

_JOB: Final = "/services/async/{release}/job"
_BATCH: Final = f"{_JOB}/{{job}}/batch"

ROUTES: Final = tuple(
    Route(method, pattern, f"bulk1.{endpoint}", guarded(work), open=True)
    for method, pattern, endpoint, work in (
        ("POST", _JOB, "create", jobs.create),
        ("GET", f"{_JOB}/{{job}}", "job", jobs.look),
        ("POST", f"{_JOB}/{{job}}", "change", jobs.change),
        ("POST", _BATCH, "batch.create", batches.create),
        ("GET", _BATCH, "batches", batches.listing),
        ("GET", f"{_BATCH}/{{batch}}", "batch", batches.look),
        ("GET", f"{_BATCH}/{{batch}}/request", "request", batches.request),
        ("GET", f"{_BATCH}/{{batch}}/result", "results", batches.results),
        ("GET", f"{_BATCH}/{{batch}}/result/{{result}}", "result", batches.result),
    )
)
#: These count themselves.
ENDPOINTS: Final = frozenset(route.endpoint for route in ROUTES)
