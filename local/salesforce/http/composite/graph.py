"""Composite Graph: up to 500 subrequests in graphs, each graph all or nothing.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph.htm
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.composite.references import Done, names_in
from local.salesforce.http.composite.subrequests import (
    Run,
    Subrequest,
    halted,
    objects_in,
    read_all,
    required,
)
from local.salesforce.http.composite.together import together
from local.salesforce.http.messages import Answer, Call
from local.salesforce.org import Org

SINCE: Final = 50.0
#: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph_limits.htm
MAXIMUM_GRAPHS: Final = 75
MAXIMUM_NODES: Final = 500
MAXIMUM_DEPTH: Final = 15
MAXIMUM_KINDS: Final = 15
MAXIMUM_FAILURES: Final = 14
_GRAPH_ID: Final = re.compile(r"[A-Za-z0-9][^.]{0,38}")
#: The methods of sobjects/X, sobjects/X/id and sobjects/X/field/value.
_METHODS: Final[Mapping[int, frozenset[str]]] = {
    2: frozenset({"POST"}),
    3: frozenset({"DELETE", "GET", "PATCH"}),
    4: frozenset({"DELETE", "GET", "PATCH", "POST"}),
}


@dataclass(frozen=True, slots=True)
class Graph:
    """Subrequests that stay or go together."""

    id: str
    parts: tuple[Subrequest, ...]


def graph(org: Org, call: Call, run: Run) -> Answer:
    """`POST /composite/graph`: one call towards the daily limit.

    After more failures than 14 the graphs that are left are not run. The limits are documented,
    the texts of their refusals are not.
    """
    if float(call.version) < SINCE:
        raise ApiError(Kind.NOT_FOUND)
    graphs = [
        Graph(required(asked, "graphId"), read_all(asked, "compositeRequest", version=call.version))
        for asked in objects_in(call.json_object(), "graphs")
    ]
    _check(graphs)
    answered: list[dict[str, object]] = []
    failures = 0
    for each in graphs:
        if failures > MAXIMUM_FAILURES:
            answered.append(_shown(each, [halted(part) for part in each.parts], succeeded=False))
            continue
        entries, succeeded = together(org, call, each.parts, run=run, failed=_failed)
        failures += not succeeded
        answered.append(_shown(each, entries, succeeded=succeeded))
    return Answer(200, {"graphs": answered})


def _failed(_part: Subrequest, done: Done) -> bool:
    return done.failed


def _shown(
    graph: Graph, entries: Sequence[Mapping[str, object]], *, succeeded: bool
) -> dict[str, object]:
    response = {"compositeResponse": list(entries)}
    return {"graphId": graph.id, "graphResponse": response, "isSuccessful": succeeded}


def _check(graphs: Sequence[Graph]) -> None:
    ids = [each.id for each in graphs]
    parts = [part for each in graphs for part in each.parts]
    kinds = {(part.version, part.method, part.segments[1:2]) for part in parts}
    wrong = next((each for each in ids if not _GRAPH_ID.fullmatch(each)), None)
    place = next((part.url for part in parts if not _supported(part)), None)
    problems = {
        f"graphs: 1 to {MAXIMUM_GRAPHS} graphs": not 0 < len(graphs) <= MAXIMUM_GRAPHS,
        f"graphs: at most {MAXIMUM_NODES} nodes": len(parts) > MAXIMUM_NODES,
        "graphs: a graph without nodes": any(not each.parts for each in graphs),
        f"graphs: at most {MAXIMUM_KINDS} different nodes": len(kinds) > MAXIMUM_KINDS,
        f"graphs: at most {MAXIMUM_DEPTH} levels": any(_too_deep(each) for each in graphs),
        "graphs: a graphId comes twice": len(set(ids)) < len(ids),
        f"Invalid graphId: {wrong}": wrong is not None,
        f"The url {place} is not supported in a graph": place is not None,
    }
    for text, found in problems.items():
        if found:
            raise ApiError(Kind.INVALID_INPUT, text=text)


def _supported(part: Subrequest) -> bool:
    segments = part.segments
    if segments[:1] != ("sobjects",) or float(part.version.removeprefix("v") or 0) < SINCE:
        return False
    return part.method in _METHODS.get(len(segments), frozenset())


def _too_deep(graph: Graph) -> bool:
    depth: dict[str, int] = {}
    for part in graph.parts:
        below = (depth.get(name, 0) for name in names_in([part.url, part.body]))
        depth[part.reference] = 1 + max(below, default=0)
    return max(depth.values(), default=0) > MAXIMUM_DEPTH
