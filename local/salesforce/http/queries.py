"""query, queryAll and the pages that follow."""

from __future__ import annotations

from array import array
from typing import Final

from local.salesforce.cursors import CURSOR_LIFE, Cursor
from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.pages import LONG_TEXT, SMALLEST_BATCH, Pages
from local.salesforce.http.routing import Route
from local.salesforce.org import Org
from local.salesforce.soql.planned import Plan
from local.salesforce.store.reader import Reader
from local.salesforce.values import store_datetime

#: Two long text fields in a SELECT and pages shrink to this.
#: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/soql_changing_batch_size.htm
LONG_TEXT_BATCH: Final = 200
#: Levels of subqueries by version.
#: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_query_limits.htm
DEEP_SINCE: Final = 58.0
DEEPEST: Final = 4
#: What FOR VIEW and FOR REFERENCE write.
#: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_for_view.htm
_SEEN: Final = {"VIEW": "LastViewedDate", "REFERENCE": "LastReferencedDate"}


def query(org: Org, call: Call) -> Answer:
    """`GET /query?q=`: what is neither deleted nor archived."""
    return _first_page(org, call, everything=False)


def query_all(org: Org, call: Call) -> Answer:
    """`GET /queryAll?q=`: the recycle bin and archived activities too."""
    return _first_page(org, call, everything=True)


def _first_page(org: Org, call: Call, *, everything: bool) -> Answer:
    acting = org.acting(call.user_id)
    plan = acting.plan(call.query.get("q", ""))
    _check_depth(plan, call)
    reader = acting.reader(call.base)
    if plan.count_only:
        total = reader.count(plan, everything=everything)
        return Answer(200, {"totalSize": total, "done": True, "records": []})
    if plan.groups is not None:
        groups = reader.aggregate(plan, plan.groups, everything=everything)
        if len(groups) > org.settings.page_size:
            raise ApiError(Kind.QUERY_MORE_GROUPS)
        return Answer(200, {"totalSize": len(groups), "done": True, "records": groups})
    rows = reader.find(plan, everything=everything)
    _look(org, reader, plan, rows)
    size = _size(org, call, plan)
    cursor = Cursor(plan, rows, everything, size, org.clock.now(), call.user_id)
    pages = Pages(org, reader, base=call.base)
    return Answer(200, pages.page(cursor, start=0, name=None))


def _check_depth(plan: Plan, call: Call) -> None:
    deepest = DEEPEST if float(call.version) >= DEEP_SINCE else 1
    if plan.depth > deepest:
        raise ApiError(
            Kind.MALFORMED_QUERY,
            text="SOQL statements cannot query aggregate relationships more than"
            f" {deepest} level away from the root entity object.",
        )


def _look(org: Org, reader: Reader, plan: Plan, rows: array[int]) -> None:
    columns = [_SEEN[purpose] for purpose in plan.purposes if purpose in _SEEN]
    if columns:
        reader.touch(plan, rows, columns, store_datetime(org.clock.now()))


def _size(org: Org, call: Call, plan: Plan) -> int:
    size = org.settings.page_size
    if sum(output.field.length > LONG_TEXT and output.field.custom for output in plan.outputs) > 1:
        size = min(size, LONG_TEXT_BATCH)
    for option in call.headers.get("sforce-query-options", "").split(","):
        name, _, value = option.partition("=")
        if name.strip().lower() == "batchsize" and value.strip().isdigit():
            size = min(size, max(SMALLEST_BATCH, int(value)))
    return size


def query_more(org: Org, call: Call) -> Answer:
    """`GET /query/{locator}`: the page at an offset; pages can be read again while they live.

    A locator is its user's own.
    """
    name, _, offset = call.params["locator"].partition("-")
    cursor = org.cursors.get(name)
    if cursor is None or cursor.user_id != call.user_id:
        raise ApiError(Kind.QUERY_LOCATOR)
    if not offset.isdigit() or int(offset) >= len(cursor.rows):
        raise ApiError(Kind.QUERY_LOCATOR)
    if org.clock.now() - cursor.opened > CURSOR_LIFE:
        del org.cursors[name]
        raise ApiError(Kind.QUERY_LOCATOR)
    pages = Pages(org, org.acting(call.user_id).reader(call.base), base=call.base)
    return Answer(200, pages.page(cursor, start=int(offset), name=name))


_BASE: Final = "/services/data/{version}"
ROUTES = (
    Route("GET", f"{_BASE}/query", "query", query),
    Route("GET", f"{_BASE}/queryall", "queryAll", query_all),
    Route("GET", f"{_BASE}/query/{{locator}}", "queryMore", query_more),
    Route("GET", f"{_BASE}/queryall/{{locator}}", "queryMore", query_more),
)
