"""Custom objects and fields at run time, as an administrator would make them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from local.salesforce.http.control.asking import (
    BadRequestError,
    Name,
    Order,
    asked_model,
    asked_object,
    asked_record,
    routes,
)
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.http.routing import Handler
from local.salesforce.org import Org
from local.salesforce.schema.asked import DesignError, FieldSpec, picklist
from local.salesforce.schema.customobjects import ObjectSpec, custom_object, related
from local.salesforce.schema.customs import ACTIVITY, custom_fields
from local.salesforce.schema.types import ACTIVITIES, Field, FieldType, SObject

_CHANGEABLE: Final = ("label", "length", "restricted", "external_id", "unique", "case_sensitive")


class FieldOrder(Order):
    """One field of an object."""

    sobject: Name
    name: Name


def add_object(org: Org, call: Call) -> Answer:
    """`POST objects`: {"name", "label", "name_field", "activities", "feed", "search", "fields"}."""
    spec = asked_record(asked_object(call), ObjectSpec)
    fields = [_field_spec({**each, "sobject": spec.name}) for each in spec.fields]
    made = custom_object(spec, fields, org.schema)
    org.schema.put(made)
    for each in related(spec, made, org.schema):
        org.schema.put(each)
    org.database.create((made,))
    return Answer(200, {"name": made.name, "prefix": made.prefix})


def add_field(org: Org, call: Call) -> Answer:
    """`POST fields`: {"sobject", "name", "type", "label", "length", "picklist", ...}."""
    spec = _field_spec(asked_object(call))
    for owner in _owners(org, spec.sobject):
        if owner.has(spec.name):
            raise BadRequestError(
                "name", spec.name, f"{owner.name} has it already", "change it with PATCH"
            )
        if spec.type == "master_detail":
            raise spec.refuse("type", spec.type, "give it among the fields of a new object")
        made = custom_fields(spec, org.schema, owner)
        org.schema.put(replace(owner, fields=(*owner.fields, *made)))
        org.database.create((org.schema.require(owner.name),))
    return Answer(200, {"sobject": spec.sobject, "field": spec.name})


def change_field(org: Org, call: Call) -> Answer:
    """`PATCH fields`: {"sobject", "name"} and what changes: label, length, picklist..."""
    asked = asked_object(call)
    for owner in _owners(org, str(asked.get("sobject"))):
        field = _existing(owner, asked)
        spec = _field_spec({"type": field.type.value, **asked})
        changed = _changed(field, spec, asked, owner)
        _put(org, owner, (changed if each is field else each for each in owner.fields))
        org.database.index_field(owner, changed)
    return NO_CONTENT


def delete_field(org: Org, call: Call) -> Answer:
    """`DELETE fields`: {"sobject", "name"}; the values are gone with the field."""
    asked = asked_model(call, FieldOrder)
    for owner in _owners(org, asked.sobject):
        field = _existing(owner, asked.model_dump())
        if not field.custom:
            raise BadRequestError(
                "name", field.name, "a standard field stays", "name a custom field"
            )
        gone = {field.name, *(each.name for each in owner.fields if each.compound == field.name)}
        _put(org, owner, (each for each in owner.fields if each.name not in gone))
        for each in owner.stored:
            if each.name in gone:
                org.database.drop_column(owner, each)
    return NO_CONTENT


def _told(handler: Handler) -> Handler:
    """The same route, whose refusals name the key, its value and a remedy."""

    def answered(org: Org, call: Call) -> Answer:
        try:
            return handler(org, call)
        except DesignError as error:
            raise BadRequestError(error.key, error.value, error.reason, error.remedy) from error

    return answered


def _put(org: Org, owner: SObject, fields: Iterable[Field]) -> None:
    org.schema.put(replace(owner, fields=tuple(fields)))


def _field_spec(asked: Mapping[str, object]) -> FieldSpec:
    return asked_record(asked, FieldSpec)


def _owners(org: Org, name: str) -> tuple[SObject, ...]:
    """Fields of activities are made on Activity, and Task and Event both have them.

    https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customobject.htm
    """
    names = sorted(ACTIVITIES) if name in {ACTIVITY, *ACTIVITIES} else [name]
    found = [org.schema.get(each) for each in names]
    if None in found:
        raise BadRequestError(
            "sobject", name, "no such object", "name one of this org; Activity is Task and Event"
        )
    return tuple(each for each in found if each is not None)


def _existing(owner: SObject, asked: Mapping[str, object]) -> Field:
    field = owner.get(str(asked.get("name")))
    if field is None:
        raise BadRequestError(
            "name", asked.get("name"), f"{owner.name} has no such field", "make it with POST"
        )
    return field


def _changed(field: Field, spec: FieldSpec, asked: Mapping[str, object], owner: SObject) -> Field:
    """What was asked to change, and nothing else."""
    wanted = {name: getattr(spec, name) for name in _CHANGEABLE if name in asked}
    if "picklist" in asked:
        wanted["picklist"] = picklist(spec, owner)
    if "required" in asked:
        if field.type is FieldType.BOOLEAN or not field.custom:
            raise spec.refuse("required", spec.required, "only a custom field that is no checkbox")
        wanted["access"] = replace(field.access, nillable=not spec.required)
    return replace(field, **wanted)


ROUTES = routes(
    (
        ("POST", "objects", _told(add_object)),
        ("POST", "fields", _told(add_field)),
        ("PATCH", "fields", _told(change_field)),
        ("DELETE", "fields", _told(delete_field)),
    )
)
