"""sObject Collections: up to 200 records in one call, each with its own result, always HTTP 200.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from local.salesforce.acting import Acting
from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.metadata import sobject_of
from local.salesforce.http.records import external_field, read, without
from local.salesforce.http.routing import Route
from local.salesforce.http.saving import acting_writer, writer_of
from local.salesforce.ids import normalise
from local.salesforce.org import Org
from local.salesforce.schema.types import Field, SObject
from local.salesforce.soql.wording import no_such_type
from local.salesforce.store.incoming import WrongJsonError
from local.salesforce.store.writer import Writer

MAXIMUM_RECORDS: Final = 200
MAXIMUM_CHUNKS: Final = 10
MAXIMUM_RETRIEVED: Final = 2_000

Item = Mapping[str, object]
Result = dict[str, object]
Work = Callable[[Item], Result]


class _RolledBackError(Exception):
    """One record failed and none may stay."""


def _each(org: Org, call: Call, items: Sequence[Item], work: Work, *, all_or_none: bool) -> Answer:
    """Run every record, in order; with allOrNone the first failure undoes all of them."""
    if len(items) > MAXIMUM_RECORDS:
        raise ApiError(Kind.TOO_MANY_IDS, limit=MAXIMUM_RECORDS)
    _not_too_chunky(items)
    results: list[Result] = []
    try:
        with org.database.transaction():
            results.extend(_one(org, call, item, work) for item in items)
            _keep_or_undo(results, all_or_none=all_or_none)
    except _RolledBackError:
        results = [_rolled_back(result) for result in results]
    return Answer(200, results)


def _not_too_chunky(items: Sequence[Item]) -> None:
    """Records of one type in a row are a chunk; the text is that of Apex, where the limit is known.

    https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm
    """
    types = [_named_type(item).lower() for item in items]
    chunks = sum(here != before for before, here in zip(["", *types], types, strict=False))
    if chunks > MAXIMUM_CHUNKS:
        raise ApiError(Kind.CHUNKS, limit=MAXIMUM_CHUNKS)


def _named_type(item: Item) -> str:
    attributes = item.get("attributes")
    return str(attributes.get("type") or "") if isinstance(attributes, Mapping) else ""


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
        return {"success": False, "errors": error.items()}


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
    name = _named_type(item)
    found = acting.schema.get(name)
    if found is None:
        raise ApiError(Kind.QUERY_TYPE, text=no_such_type(name))
    return found


def _twins(keys: Iterable[str | None]) -> frozenset[str]:
    """What comes more than once; all records that share it fail (help article 000384876)."""
    counts = Counter(key for key in keys if key)
    return frozenset(key for key, count in counts.items() if count > 1)


def _value(item: Item, name: str) -> object:
    return next((value for key, value in item.items() if key.lower() == name.lower()), None)


def _id_of(item: Item) -> str | None:
    return normalise(str(_value(item, "id") or ""))


def create(org: Org, call: Call) -> Answer:
    """`POST /composite/sobjects`."""
    items, all_or_none = _request(call)
    acting = org.acting(call.user_id)
    writer = acting_writer(acting, call)

    def work(item: Item) -> Result:
        if _value(item, "id"):
            raise ApiError(Kind.ID_ON_INSERT, fields=("Id",))
        return _ok(writer.create(_sobject(acting, item), without(item, "Id")))

    return _each(org, call, items, work, all_or_none=all_or_none)


def update(org: Org, call: Call) -> Answer:
    """`PATCH /composite/sobjects`: each record carries its id; no id may come twice.

    A record without one is told as recorded in amp-labs/connectors, tests of its batch writing.
    """
    items, all_or_none = _request(call)
    acting = org.acting(call.user_id)
    writer = acting_writer(acting, call)
    twins = _twins(_id_of(item) for item in items)

    def work(item: Item) -> Result:
        record_id = _id_of(item)
        if not _value(item, "id"):
            raise ApiError(Kind.MISSING_ARGUMENT, text="Id not specified in an update call")
        if record_id is None:
            raise ApiError(Kind.MALFORMED_ID, fields=("Id",), value=_value(item, "id"))
        if record_id in twins:
            raise ApiError(Kind.BULK_TWIN, text=f"Duplicate id specified: {record_id}")
        writer.update(_sobject(acting, item), record_id, without(item, "Id"))
        return _ok(record_id)

    return _each(org, call, items, work, all_or_none=all_or_none)


def upsert(org: Org, call: Call) -> Answer:
    """`PATCH /composite/sobjects/X/ExtField`; with `Id` as the field, a null Id creates."""
    sobject = sobject_of(org, call)
    field = external_field(sobject, call.params["field"])
    items, all_or_none = _request(call)
    writer = writer_of(org, call)
    twins = _twins(_key(field, item) for item in items)

    def work(item: Item) -> Result:
        _same_type(sobject, _named_type(item))
        if _key(field, item) in twins:
            text = f"Duplicate external id specified: {_value(item, field.name)}"
            raise ApiError(Kind.BULK_TWIN, fields=(field.name,), text=text)
        ids = _found(writer, sobject, field, _value(item, field.name))
        bare = without(item, field.name)
        if ids:
            writer.update(sobject, ids[0], bare)
            return _ok(normalise(ids[0]) or ids[0], created=False)
        keyed = bare if field.name == "Id" else {**bare, field.name: _value(item, field.name)}
        return _ok(writer.create(sobject, keyed), created=True)

    return _each(org, call, items, work, all_or_none=all_or_none)


def _same_type(sobject: SObject, given: str) -> None:
    if given and given.lower() != sobject.name.lower():
        raise ApiError(Kind.QUERY_TYPE, text=no_such_type(given))


def _key(field: Field, item: Item) -> str | None:
    value = _value(item, field.name)
    if value is None or value == "":
        return None
    text = str(value)
    if field.name == "Id":
        return normalise(text) or text
    return text if field.case_sensitive else text.casefold()


def _found(writer: Writer, sobject: SObject, field: Field, value: object) -> list[str]:
    """The record an upsert changes; none is a create, several are an error."""
    if field.name == "Id":
        return [str(value)] if value else []
    if value is None or value == "":
        raise ApiError(Kind.MISSING_ARGUMENT, text=f"{field.name} not specified")
    ids = writer.by_external_id(sobject, field, str(value))
    if len(ids) > 1:
        raise ApiError(
            Kind.SEVERAL_MATCHES, fields=(field.name,), label=field.label, ids=", ".join(ids)
        )
    return ids


def delete(org: Org, call: Call) -> Answer:
    """`DELETE /composite/sobjects?ids=a,b&allOrNone=false`."""
    ids = [each for each in call.query.get("ids", "").split(",") if each]
    all_or_none = call.query.get("allOrNone", "").lower() == "true"
    acting = org.acting(call.user_id)
    removal = acting.removal()
    twins = _twins(normalise(each) for each in ids)

    def work(item: Item) -> Result:
        record_id = str(item["id"])
        sobject = acting.schema.of_id(record_id)
        if normalise(record_id) in twins:
            raise ApiError(Kind.BULK_TWIN, text=f"Duplicate id specified: {normalise(record_id)}")
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
    if len(ids) > MAXIMUM_RETRIEVED:
        raise ApiError(Kind.TOO_MANY_IDS, limit=MAXIMUM_RETRIEVED)
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
