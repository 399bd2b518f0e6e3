"""The routes of the composite family, given what answers their parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from local.salesforce.http.composite.batch import batch
from local.salesforce.http.composite.composite import composite, listing
from local.salesforce.http.composite.graph import graph
from local.salesforce.http.composite.subrequests import Run
from local.salesforce.http.composite.tree import tree
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Handler, Route
from local.salesforce.org import Org

_BASE: Final = "/services/data/{version}/composite"


def routes(run: Run) -> tuple[Route, ...]:
    """All routes but those of Collections."""

    def with_parts(work: Callable[[Org, Call, Run], Answer]) -> Handler:
        return lambda org, call: work(org, call, run)

    return (
        Route("GET", _BASE, "resources", listing),
        Route("POST", _BASE, "composite", with_parts(composite)),
        Route("POST", f"{_BASE}/batch", "composite.batch", with_parts(batch)),
        Route("POST", f"{_BASE}/graph", "composite.graph", with_parts(graph)),
        Route("POST", f"{_BASE}/tree/{{sobject}}", "composite.tree", tree),
    )
