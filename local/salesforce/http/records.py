"""One record at a time: create, read, change, upsert, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from local.salesforce.acting import Acting
from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.http.metadata import sobject_of
from local.salesforce.http.routing import Route
from local.salesforce.http.saving import writer_of
from local.salesforce.ids import normalise
from local.salesforce.org import Org
from local.salesforce.schema.types import Field, SObject
from local.salesforce.soql.plan import plan
from local.salesforce.soql.planned import Plan
from local.salesforce.soql.tree import Column, Membership, Path, Query, Source, Text
from local.salesforce.store.incoming import WrongJsonError
from local.salesforce.store.shapes import Record

#: From this version on an update by upsert answers 200 and says whether it created.
#: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_upsert.htm
CREATED_SINCE: Final = 46.0


def create(org: Org, call: Call) -> Answer:
    """`POST /sobjects/X`."""
    sobject = sobject_of(org, call)
    body = call.json_object()
    if any(name.lower() == "id" and value for name, value in body.items()):
        raise ApiError(Kind.ID_ON_INSERT, fields=("Id",))
    try:
        with org.database.transaction():
            record_id = writer_of(org, call).create(sobject, without(body, "Id"))
    except WrongJsonError as error:
        raise error.placed(call.body) from error
    return _created(call, sobject, {"id": record_id, "success": True, "errors": []})


def _created(call: Call, sobject: SObject, body: dict[str, object]) -> Answer:
    place = f"{call.base}/sobjects/{sobject.name}/{body['id']}"
    return Answer(201, body, {"Location": place})


def without(body: Mapping[str, object], name: str) -> dict[str, object]:
    """A body less one key, in whatever case it is written."""
    return {key: value for key, value in body.items() if key.lower() != name.lower()}


def update(org: Org, call: Call) -> Answer:
    """`PATCH /sobjects/X/{id}`."""
    sobject = sobject_of(org, call)
    body = call.json_object()
    if any(name.lower() == "id" for name in body):
        raise ApiError(Kind.ID_IN_BODY, field="Id")
    try:
        with org.database.transaction():
            writer_of(org, call).update(sobject, call.params["record"], body)
    except WrongJsonError as error:
        raise error.placed(call.body) from error
    return NO_CONTENT


def delete(org: Org, call: Call) -> Answer:
    """`DELETE /sobjects/X/{id}`."""
    with org.database.transaction():
        org.acting(call.user_id).removal().delete(sobject_of(org, call), call.params["record"])
    return NO_CONTENT


def retrieve(org: Org, call: Call) -> Answer:
    """`GET /sobjects/X/{id}?fields=A,B`; archived activities are found too.

    What is no id is taken for an external id field, as the text of newer versions shows.
    """
    sobject = sobject_of(org, call)
    if normalise(call.params["record"]) is None:
        raise ApiError(Kind.EXTERNAL_ID_NOT_FOUND, field=call.params["record"])
    try:
        row = org.acting(call.user_id).writer().find(sobject, call.params["record"])
    except ApiError as error:
        if error.kind is Kind.ENTITY_IS_DELETED:
            raise
        raise ApiError(Kind.NOT_FOUND) from error
    names = [name for name in call.query.get("fields", "").split(",") if name]
    return Answer(200, read(org, call, sobject, ids=[str(row["Id"])], names=names)[0])


def read(
    org: Org, call: Call, sobject: SObject, *, ids: Sequence[str], names: Sequence[str]
) -> list[Record]:
    """Records in the order of their ids; those that are not there are left out.

    The Id comes last when it was not asked for, as in the example of the REST guide, "Get Field
    Values from an External Object Record by Using the Salesforce ID".
    """
    acting = org.acting(call.user_id)
    found = _plan(acting, sobject, ids, names or [field.name for field in sobject.fields])
    reader = acting.reader(call.base)
    rows = reader.find(found, everything=True)
    return reader.records(found, rows, everything=True)


def _plan(acting: Acting, sobject: SObject, ids: Sequence[str], names: Sequence[str]) -> Plan:
    fields = dict.fromkeys(_field(sobject, name.strip()).name for name in (*names, "Id"))
    query = Query(
        selections=tuple(Column(Path((name,), 0), None) for name in fields),
        source=Source(sobject.name, None, 0),
        where=Membership(
            Path(("Id",), 0), tuple(Text(each, each, 0) for each in ids), negated=False
        ),
    )
    return plan("", query, acting.schema, calendar=acting.calendar())


def _field(sobject: SObject, name: str) -> Field:
    found = sobject.get(name)
    if found is None:
        raise ApiError(Kind.UNKNOWN_COLUMN, field=name, sobject=sobject.name)
    return found


def external_field(sobject: SObject, name: str) -> Field:
    """The field an upsert goes by; raises ApiError 404 when it is none."""
    found = sobject.get(name)
    if found is None or not (found.external_id or found.id_lookup):
        raise ApiError(Kind.EXTERNAL_ID_NOT_FOUND, field=name)
    return found


def _matches(org: Org, call: Call) -> tuple[SObject, Field, list[str]]:
    sobject = sobject_of(org, call)
    field = external_field(sobject, call.params["field"])
    value = call.params["value"]
    if field.name == "Id":
        full = normalise(value)
        if full is None:
            raise ApiError(Kind.MALFORMED_ID, fields=("Id",), value=value)
        return sobject, field, [full]
    try:
        ids = org.acting(call.user_id).writer().by_external_id(sobject, field, value)
    except WrongJsonError as error:
        raise ApiError(Kind.NOT_FOUND) from error
    return sobject, field, ids


def _several(call: Call, sobject: SObject, ids: list[str]) -> Answer:
    """300: the records that match, none of them touched."""
    return Answer(300, [f"{call.base}/sobjects/{sobject.name}/{each}" for each in ids])


def upsert(org: Org, call: Call) -> Answer:
    """`PATCH /sobjects/X/ExtField/value`: 201 created, 200 changed, 300 when several match."""
    sobject, field, ids = _matches(org, call)
    body = call.json_object()
    for name in ("Id", field.name):
        if any(key.lower() == name.lower() for key in body):
            raise ApiError(Kind.ID_IN_BODY, field=name)
    if len(ids) > 1:
        return _several(call, sobject, ids)
    if not ids and call.query.get("updateOnly", "").lower() == "true":
        raise ApiError(Kind.NOT_FOUND)
    try:
        with org.database.transaction():
            writer = writer_of(org, call)
            if ids:
                writer.update(sobject, ids[0], body)
                record_id = ids[0]
            else:
                keyed = {**body, field.name: call.params["value"]}
                record_id = writer.create(sobject, keyed)
    except WrongJsonError as error:
        raise error.placed(call.body) from error
    return _upserted(call, sobject, record_id, created=not ids)


def _upserted(call: Call, sobject: SObject, record_id: str, *, created: bool) -> Answer:
    told = float(call.version) >= CREATED_SINCE
    if not created and not told:
        return NO_CONTENT
    body: dict[str, object] = {"id": record_id, "success": True, "errors": []}
    if told:
        body["created"] = created
    return _created(call, sobject, body) if created else Answer(200, body)


def retrieve_by_external_id(org: Org, call: Call) -> Answer:
    """`GET /sobjects/X/ExtField/value`."""
    sobject, _, ids = _matches(org, call)
    if len(ids) > 1:
        return _several(call, sobject, ids)
    found = read(org, call, sobject, ids=ids, names=[]) if ids else []
    if not found:
        raise ApiError(Kind.NOT_FOUND)
    return Answer(200, found[0])


def delete_by_external_id(org: Org, call: Call) -> Answer:
    """`DELETE /sobjects/X/ExtField/value`."""
    sobject, _, ids = _matches(org, call)
    if len(ids) > 1:
        return _several(call, sobject, ids)
    if not ids:
        raise ApiError(Kind.NOT_FOUND)
    with org.database.transaction():
        org.acting(call.user_id).removal().delete(sobject, ids[0])
    return NO_CONTENT


_BASE: Final = "/services/data/{version}/sobjects/{sobject}"
ROUTES = (
    Route("POST", _BASE, "create", create),
    Route("POST", f"{_BASE}/id", "create", create),
    Route("GET", f"{_BASE}/{{record}}", "retrieve", retrieve),
    Route("PATCH", f"{_BASE}/{{record}}", "update", update),
    Route("DELETE", f"{_BASE}/{{record}}", "delete", delete),
    Route("PATCH", f"{_BASE}/{{field}}/{{value}}", "upsert", upsert),
    Route("GET", f"{_BASE}/{{field}}/{{value}}", "retrieve", retrieve_by_external_id),
    Route("DELETE", f"{_BASE}/{{field}}/{{value}}", "delete", delete_by_external_id),
)
