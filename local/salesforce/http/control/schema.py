"""Custom fields at run time, as an admin would add them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.salesforce.http.control.asking import asked_object, asked_sobject, routes
from local.salesforce.http.messages import Answer, Call
from local.salesforce.org import Org
from local.salesforce.schema.build import choices
from local.salesforce.schema.types import Access, Field, FieldType, Reference

_LENGTHS: Final = {FieldType.STRING: 255, FieldType.EMAIL: 80, FieldType.PHONE: 40,
                   FieldType.URL: 255, FieldType.PICKLIST: 255, FieldType.TEXTAREA: 255,
                   FieldType.MULTIPICKLIST: 4099, FieldType.REFERENCE: 18}  # fmt: skip


def add_field(org: Org, call: Call) -> Answer:
    """`POST fields`: {"sobject", "name", "type", "label", "length", "picklist", ...}."""
    asked = asked_object(call)
    sobject = asked_sobject(org, asked)
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


ROUTES = routes((("POST", "fields", add_field),))
