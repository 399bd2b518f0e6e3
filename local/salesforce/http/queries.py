"""query, queryAll and the pages that follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from local.salesforce.cursors import Cursor
from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.ids import mint
from local.salesforce.org import Org
from local.salesforce.soql.planned import Plan

#: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_queryoptions.htm
SMALLEST_BATCH: Final = 200
#: Two long text fields in a SELECT and pages shrink to this.
#: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/soql_changing_batch_size.htm
LONG_TEXT_BATCH: Final = 200
CURSOR_LIFE: Final = timedelta(days=2)
_LONG_TEXT: Final = 255


def query(org: Org, call: Call) -> Answer:
    """`GET /query?q=`: what is neither deleted nor archived."""
    return _first_page(org, call, everything=False)


def query_all(org: Org, call: Call) -> Answer:
    """`GET /queryAll?q=`: the recycle bin and archived activities too."""
    return _first_page(org, call, everything=True)


def _first_page(org: Org, call: Call, *, everything: bool) -> Answer:
    plan = org.acting(call.user_id).plan(call.query.get("q", ""))
    reader = org.acting(call.user_id).reader(call.base)
    if plan.count_only:
        total = reader.count(plan, everything=everything)
        return Answer(200, {"totalSize": total, "done": True, "records": []})
    if plan.aggregates:
        groups = reader.aggregate(plan, everything=everything)
        return Answer(200, {"totalSize": len(groups), "done": True, "records": groups})
    rows = reader.find(plan, everything=everything)
    cursor = Cursor(plan, rows, everything, _size(org, call, plan), org.clock.now())
    return Answer(200, _page(org, call, cursor, start=0, name=None))


def _size(org: Org, call: Call, plan: Plan) -> int:
    size = org.settings.page_size
    if sum(output.field.length > _LONG_TEXT and output.field.custom for output in plan.outputs) > 1:
        size = min(size, LONG_TEXT_BATCH)
    for option in call.headers.get("sforce-query-options", "").split(","):
        name, _, value = option.partition("=")
        if name.strip().lower() == "batchsize" and value.strip().isdigit():
            size = min(size, max(SMALLEST_BATCH, int(value)))
    return size


def _page(
    org: Org, call: Call, cursor: Cursor, *, start: int, name: str | None
) -> dict[str, object]:
    end = start + cursor.size
    part = cursor.rows[start:end]
    records = (
        org.acting(call.user_id)
        .reader(call.base)
        .records(cursor.plan, part, everything=cursor.everything)
    )
    done = end >= len(cursor.rows)
    page: dict[str, object] = {"totalSize": len(cursor.rows), "done": done}
    if not done:
        name = name or _keep(org, cursor)
        page["nextRecordsUrl"] = f"{call.base}/query/{name}-{end}"
    return {**page, "records": records}


def _keep(org: Org, cursor: Cursor) -> str:
    name = mint("01g", org.database.reserve("01g"))
    org.cursors[name] = cursor
    return name


def query_more(org: Org, call: Call) -> Answer:
    """`GET /query/{locator}`: the page at an offset; pages can be read again while they live."""
    name, _, offset = call.params["locator"].partition("-")
    cursor = org.cursors.get(name)
    if cursor is None or not offset.isdigit() or int(offset) >= len(cursor.rows):
        raise ApiError(Kind.QUERY_LOCATOR)
    if org.clock.now() - cursor.opened > CURSOR_LIFE:
        del org.cursors[name]
        raise ApiError(Kind.QUERY_LOCATOR)
    return Answer(200, _page(org, call, cursor, start=int(offset), name=name))


_BASE: Final = "/services/data/{version}"
ROUTES = (
    Route("GET", f"{_BASE}/query", "query", query),
    Route("GET", f"{_BASE}/queryall", "queryAll", query_all),
    Route("GET", f"{_BASE}/query/{{locator}}", "queryMore", query_more),
    Route("GET", f"{_BASE}/queryall/{{locator}}", "queryMore", query_more),
)
