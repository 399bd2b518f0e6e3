"""sObject Collections: up to 200 records in one call, each with its own result, always HTTP 200.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from local.salesforce.acting import Acting
from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.metadata import sobject_of
from local.salesforce.http.records import external_field, read
from local.salesforce.http.routing import Route
from local.salesforce.ids import normalise
from local.salesforce.org import Org
from local.salesforce.schema.types import SObject
from local.salesforce.soql.wording import no_such_type
from local.salesforce.store.incoming import WrongJsonError

MAXIMUM_RECORDS: Final = 200

Item = Mapping[str, object]
Result = dict[str, object]
Work = Callable[[Item], Result]


class _RolledBackError(Exception):
    """One record failed and none may stay."""


def _each(org: Org, call: Call, items: Sequence[Item], work: Work, *, all_or_none: bool) -> Answer:
    """Run every record, in order; with allOrNone the first failure undoes all of them."""
    if len(items) > MAXIMUM_RECORDS:
        raise ApiError(Kind.TOO_MANY_IDS, limit=MAXIMUM_RECORDS)
    results: list[Result] = []
    try:
        with org.database.transaction():
            results.extend(_one(org, call, item, work) for item in items)
            _keep_or_undo(results, all_or_none=all_or_none)
    except _RolledBackError:
        results = [_rolled_back(result) for result in results]
    return Answer(200, results)


def _keep_or_undo(results: Sequence[Result], *, all_or_none: bool) -> None:
    if all_or_none and not all(result["success"] for result in results):
        raise _RolledBackError


def _one(org: Org, call: Call, item: Item, work: Work) -> Result:
    try:
        with org.database.transaction():
            return work(item)
    except WrongJsonError as error:
        raise error.placed(call.body) from error
    except ApiError as error:
        if error.kind is Kind.JSON_PARSER:
            raise
        return {"success": False, "errors": [error.item()]}


def _rolled_back(result: Result) -> Result:
    if not result["success"]:
        return result
    return {"success": False, "errors": [ApiError(Kind.ROLLED_BACK).item()]}


def _ok(record_id: str, **more: object) -> Result:
    return {"id": record_id, "success": True, "errors": [], **more}


def _request(call: Call) -> tuple[list[Item], bool]:
    body = call.json_object()
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise ApiError(Kind.JSON_PARSER, text="records: a list of sObjects is required")
    return records, body.get("allOrNone") is True


def _sobject(acting: Acting, item: Item) -> SObject:
    attributes = item.get("attributes")
    name = str(attributes.get("type")) if isinstance(attributes, Mapping) else ""
    found = acting.schema.get(name)
    if found is None:
        raise ApiError(Kind.QUERY_TYPE, text=no_such_type(name))
    return found


def create(org: Org, call: Call) -> Answer:
    """`POST /composite/sobjects`."""
    items, all_or_none = _request(call)
    acting = org.acting(call.user_id)
    writer = acting.writer()

    def work(item: Item) -> Result:
        return _ok(writer.create(_sobject(acting, item), item))

    return _each(org, call, items, work, all_or_none=all_or_none)


def update(org: Org, call: Call) -> Answer:
    """`PATCH /composite/sobjects`: each record carries its id; no id may come twice."""
    items, all_or_none = _request(call)
    acting = org.acting(call.user_id)
    writer = acting.writer()
    seen: set[str] = set()

    def work(item: Item) -> Result:
        keys = [key for key in item if key.lower() == "id"]
        given = str(item[keys[0]]) if keys else ""
        record_id = normalise(given)
        if record_id is None:
            raise ApiError(Kind.MALFORMED_ID, fields=("Id",), value=given)
        if record_id in seen:
            raise ApiError(Kind.DUPLICATE_ID_IN_LIST, fields=("Id",), id=record_id)
        seen.add(record_id)
        fields = {key: value for key, value in item.items() if key not in keys}
        writer.update(_sobject(acting, item), record_id, fields)
        return _ok(record_id)

    return _each(org, call, items, work, all_or_none=all_or_none)


def upsert(org: Org, call: Call) -> Answer:
    """`PATCH /composite/sobjects/X/ExtField`; with `Id` as the field, a null Id creates."""
    sobject = sobject_of(org, call)
    field = external_field(sobject, call.params["field"])
    items, all_or_none = _request(call)
    writer = org.acting(call.user_id).writer()

    def work(item: Item) -> Result:
        keys = [key for key in item if key.lower() == field.name.lower()]
        value = item[keys[0]] if keys else None
        others = {key: each for key, each in item.items() if key not in keys}
        if field.name == "Id":
            ids = [str(value)] if value else []
        elif value is None:
            raise ApiError(Kind.REQUIRED_FIELD, fields=(field.name,), names=field.name)
        else:
            ids = writer.by_external_id(sobject, field, str(value))
            others = {**others, field.name: value} if not ids else others
        if len(ids) > 1:
            raise ApiError(Kind.DUPLICATE_VALUE, fields=(field.name,), field=field.name, id=ids[0])
        if ids:
            writer.update(sobject, ids[0], others)
            return _ok(normalise(ids[0]) or ids[0], created=False)
        return _ok(writer.create(sobject, others), created=True)

    return _each(org, call, items, work, all_or_none=all_or_none)


def delete(org: Org, call: Call) -> Answer:
    """`DELETE /composite/sobjects?ids=a,b&allOrNone=false`."""
    ids = [each for each in call.query.get("ids", "").split(",") if each]
    all_or_none = call.query.get("allOrNone", "").lower() == "true"
    acting = org.acting(call.user_id)
    removal = acting.removal()

    def work(item: Item) -> Result:
        record_id = str(item["id"])
        sobject = acting.schema.of_id(record_id)
        if sobject is None:
            raise ApiError(Kind.MALFORMED_ID, fields=("Id",), value=record_id)
        removal.delete(sobject, record_id)
        return _ok(normalise(record_id) or record_id)

    return _each(org, call, [{"id": each} for each in ids], work, all_or_none=all_or_none)


def retrieve(org: Org, call: Call) -> Answer:
    """`GET /composite/sobjects/X?ids=&fields=`: null where there is no such record."""
    ids = [each for each in call.query.get("ids", "").split(",") if each]
    names = [each for each in call.query.get("fields", "").split(",") if each]
    return _retrieved(org, call, ids, names)


def retrieve_many(org: Org, call: Call) -> Answer:
    """`POST /composite/sobjects/X` with {"ids", "fields"}."""
    body = call.json_object()
    ids, names = body.get("ids"), body.get("fields")
    if not isinstance(ids, list) or not isinstance(names, list):
        raise ApiError(Kind.JSON_PARSER, text="ids and fields: lists are required")
    return _retrieved(org, call, [str(each) for each in ids], [str(each) for each in names])


def _retrieved(org: Org, call: Call, ids: list[str], names: list[str]) -> Answer:
    sobject = sobject_of(org, call)
    if len(ids) > 2_000:
        raise ApiError(Kind.TOO_MANY_IDS, limit=2_000)
    full = [normalise(each) for each in ids]
    for given, found in zip(ids, full, strict=True):
        if found is None:
            raise ApiError(Kind.MALFORMED_RETRIEVE, value=given)
    wanted = [each for each in full if each is not None]
    records = read(org, call, sobject, ids=wanted, names=[*names, "Id"]) if wanted else []
    by_id = {str(record["Id"]): record for record in records if not record.get("IsDeleted")}
    return Answer(200, [by_id.get(each) for each in wanted])


_BASE: Final = "/services/data/{version}/composite/sobjects"
ROUTES = (
    Route("POST", _BASE, "collections", create),
    Route("PATCH", _BASE, "collections", update),
    Route("DELETE", _BASE, "collections", delete),
    Route("GET", f"{_BASE}/{{sobject}}", "collections", retrieve),
    Route("POST", f"{_BASE}/{{sobject}}", "collections", retrieve_many),
    Route("PATCH", f"{_BASE}/{{sobject}}/{{field}}", "collections", upsert),
)
