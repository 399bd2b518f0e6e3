"""Control routes that change rows or schema behind the API: what admins and Apex would do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.salesforce.errors import ApiError
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.http.routing import Route
from local.salesforce.ids import mint, normalise
from local.salesforce.org import Org
from local.salesforce.schema.build import choices
from local.salesforce.schema.types import Access, Field, FieldType, Reference, SObject
from local.salesforce.store.transactions import Operation, Transaction, Verb
from local.salesforce.values import store_datetime


def _object(call: Call) -> dict[str, object]:
    found = call.json()
    if not isinstance(found, dict):
        raise TypeError("a JSON object is expected")
    return found


def _sobject(org: Org, asked: Mapping[str, object]) -> SObject:
    found = org.schema.get(str(asked.get("sobject")))
    if found is None:
        raise ValueError(f"unknown object {asked.get('sobject')}")
    return found


def _ids(asked: Mapping[str, object]) -> list[str] | None:
    found = asked.get("ids")
    if found is None:
        return None
    if not isinstance(found, list):
        raise TypeError("ids must be a list")
    return [str(each) for each in found]


def open_transaction(org: Org, call: Call) -> Answer:
    """`POST transactions`: {"operations": [{"op", "sobject", "id", "fields"}]}, stamped now."""
    asked = _object(call)
    operations = asked.get("operations")
    if not isinstance(operations, list):
        raise TypeError("operations must be a list")
    parsed = tuple(_operation(org, each) for each in operations)
    name = f"tx{org.database.reserve('tx')}"
    transaction = Transaction(name, org.clock.stamp(), parsed)
    org.transactions[name] = transaction
    return Answer(
        200,
        {
            "id": name,
            "stamp": store_datetime(transaction.stamp),
            "ids": [each.record_id for each in parsed],
        },
    )


def _operation(org: Org, asked: Mapping[str, object]) -> Operation:
    sobject = _sobject(org, asked)
    verb = Verb(str(asked.get("op")))
    fields = asked.get("fields") or {}
    if not isinstance(fields, dict):
        raise TypeError("fields must be an object")
    given = asked.get("id")
    if verb is Verb.CREATE:
        record_id = mint(sobject.prefix, org.database.reserve(sobject.prefix))
    else:
        record_id = normalise(str(given)) or str(given)
    return Operation(verb, sobject.name, record_id, fields)


def commit(org: Org, call: Call) -> Answer:
    """`POST transactions/{id}/commit`: the writes are seen now, with their earlier stamp."""
    transaction = org.transactions[call.params["transaction"]]
    try:
        with org.database.transaction():
            for operation in transaction.operations:
                _run(org, transaction, operation)
    except ApiError as error:
        return Answer(400, {"error": error.message, "code": error.code})
    finally:
        del org.transactions[transaction.id]
    return NO_CONTENT


def _run(org: Org, transaction: Transaction, operation: Operation) -> None:
    sobject = org.schema.require(operation.sobject)
    writer, removal = org.writer(transaction.stamp), org.removal(transaction.stamp)
    if operation.verb is Verb.CREATE:
        writer.create(sobject, operation.fields, record_id=operation.record_id)
    elif operation.verb is Verb.UPDATE:
        writer.update(sobject, operation.record_id, operation.fields)
    else:
        removal.delete(sobject, operation.record_id)


def roll_back(org: Org, call: Call) -> Answer:
    """`DELETE transactions/{id}`."""
    del org.transactions[call.params["transaction"]]
    return NO_CONTENT


def merge(org: Org, call: Call) -> Answer:
    """`POST merge`: {"sobject", "winner", "losers": [id, id]}."""
    asked = _object(call)
    losers = _ids({"ids": asked.get("losers")}) or []
    with org.database.transaction():
        org.removal().merge(_sobject(org, asked), str(asked.get("winner")), losers)
    return NO_CONTENT


def undelete(org: Org, call: Call) -> Answer:
    """`POST undelete`: {"ids"}; what was deleted along comes back too."""
    with org.database.transaction():
        back = [
            each for given in _ids(_object(call)) or [] for each in org.removal().undelete(given)
        ]
    return Answer(200, {"undeleted": back})


def purge(org: Org, call: Call) -> Answer:
    """`POST purge`: {"sobject", "ids"}; without ids the whole bin of the object."""
    asked = _object(call)
    return Answer(200, {"purged": org.removal().purge(_sobject(org, asked), _ids(asked))})


def archive(org: Org, call: Call) -> Answer:
    """`POST archive`: {"sobject", "ids"}; without ids what is older than 365 days."""
    asked = _object(call)
    return Answer(200, {"archived": org.removal().archive(_sobject(org, asked), _ids(asked))})


_LENGTHS: Final = {FieldType.STRING: 255, FieldType.EMAIL: 80, FieldType.PHONE: 40,
                   FieldType.URL: 255, FieldType.PICKLIST: 255, FieldType.TEXTAREA: 255,
                   FieldType.MULTIPICKLIST: 4099, FieldType.REFERENCE: 18}  # fmt: skip


def add_field(org: Org, call: Call) -> Answer:
    """`POST fields`: {"sobject", "name", "type", "label", "length", "picklist", ...}."""
    asked = _object(call)
    sobject = _sobject(org, asked)
    field = _field(asked)
    if sobject.has(field.name):
        raise ValueError(f"{sobject.name} has {field.name} already")
    after = org.schema.add_field(sobject.name, field)
    org.database.add_column(after, field)
    return Answer(200, {"sobject": after.name, "field": field.name})


def _field(asked: Mapping[str, object]) -> Field:
    kind = FieldType(str(asked.get("type", "string")))
    name = str(asked["name"])
    if not name.endswith("__c"):
        raise ValueError("the name of a custom field ends with __c")
    values = asked.get("picklist") or []
    return Field(
        name,
        str(asked.get("label") or name.removesuffix("__c").replace("_", " ")),
        kind,
        length=_whole(asked, "length", _LENGTHS.get(kind, 0)),
        precision=_whole(asked, "precision", 18),
        scale=_whole(asked, "scale", 2),
        digits=9 if kind is FieldType.INT else 0,
        access=Access(nillable=not asked.get("required", False) and kind is not FieldType.BOOLEAN),
        default=False if kind is FieldType.BOOLEAN else None,
        picklist=choices(*(str(each) for each in values)) if isinstance(values, list) else (),
        restricted=bool(asked.get("restricted", False)),
        reference=_reference(asked, name) if kind is FieldType.REFERENCE else None,
        external_id=bool(asked.get("external_id", False)),
        unique=bool(asked.get("unique", False)),
        case_sensitive=bool(asked.get("case_sensitive", False)),
        custom=True,
    )


def _whole(asked: Mapping[str, object], name: str, default: int) -> int:
    return int(str(asked.get(name, default)))


def _reference(asked: Mapping[str, object], name: str) -> Reference:
    child = asked.get("child_relationship")
    return Reference(
        (str(asked["reference_to"]),),
        name.removesuffix("__c") + "__r",
        None if child is None else str(child),
    )


def snapshot(org: Org, call: Call) -> Answer:
    """`POST snapshot`: {"name"} keeps rows and schema as they are."""
    org.snapshots[str(_object(call).get("name", ""))] = org.frozen()
    return NO_CONTENT


def restore(org: Org, call: Call) -> Answer:
    """`POST restore`: {"name"}; cursors, jobs and open transactions are gone."""
    org.thaw(org.snapshots[str(_object(call).get("name", ""))])
    return NO_CONTENT


_BASE: Final = "/__emulator__"
ROUTES = tuple(
    Route(method, f"{_BASE}/{path}", "control", handler, open=True)
    for method, path, handler in (
        ("POST", "transactions", open_transaction),
        ("POST", "transactions/{transaction}/commit", commit),
        ("DELETE", "transactions/{transaction}", roll_back),
        ("POST", "merge", merge),
        ("POST", "undelete", undelete),
        ("POST", "purge", purge),
        ("POST", "archive", archive),
        ("POST", "fields", add_field),
        ("POST", "snapshot", snapshot),
        ("POST", "restore", restore),
    )
)
