"""Custom objects as an administrator makes them: standard fields, switches, key prefixes.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customobject.htm
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from local.salesforce.schema.asked import DesignError, FieldSpec
from local.salesforce.schema.build import active_since, audit, deleted, owner, record_id, seen
from local.salesforce.schema.customs import custom_fields
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import (
    ACTIVITIES,
    Access,
    Field,
    FieldType,
    ObjectTraits,
    PicklistValue,
    SObject,
)

_NAME: Final = re.compile(r"([A-Za-z0-9]{1,15}__)?[A-Za-z](_?[A-Za-z0-9]){0,39}__c")
_DIGITS: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_NAME_LENGTH: Final = 80


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """What an administrator asks for; the names are those of the control route."""

    name: str
    label: str | None = None
    label_plural: str | None = None
    name_field: str = "text"
    name_label: str | None = None
    name_format: str = "{0}"
    activities: bool = False
    feed: bool = False
    search: bool = False
    fields: Sequence[Mapping[str, object]] = ()


def custom_object(spec: ObjectSpec, fields: Sequence[FieldSpec], schema: Schema) -> SObject:
    """The object asked for; one with a master has no owner of its own. Raises DesignError."""
    _check(spec, schema)
    label = spec.label or spec.name.removesuffix("__c").replace("_", " ")
    detail = any(each.type == "master_detail" for each in fields)
    standard = (
        record_id("Record ID"),
        *(() if detail else (owner("Owner ID", ("Group", "User")),)),
        deleted(),
        _name(spec, label),
        *audit(),
        *((active_since(),) if spec.activities else ()),
        *seen(),
    )
    made = SObject(
        spec.name, label, spec.label_plural or f"{label}s", _prefix(schema), standard,
        ObjectTraits(
            feed_enabled=spec.feed, searchable=spec.search, activities=spec.activities,
        ),
        custom=True,
    )  # fmt: skip
    for each in fields:
        more = custom_fields(each, schema, made)
        made = replace(made, fields=(*made.fields, *more))
    return made


def _check(spec: ObjectSpec, schema: Schema) -> None:
    if not _NAME.fullmatch(spec.name):
        raise DesignError(
            "name", spec.name, "no name of a custom object",
            "give letters, digits, single underscores, then __c",
        )  # fmt: skip
    if schema.get(spec.name) is not None:
        raise DesignError("name", spec.name, "such an object is there", "choose another name")
    if spec.name_field not in ("text", "auto_number"):
        raise DesignError("name_field", spec.name_field, "unknown", "give text or auto_number")


def _name(spec: ObjectSpec, label: str) -> Field:
    """What people know a record by: text, which becomes the short id when it is left out."""
    numbered = spec.name_field == "auto_number"
    access = (
        Access(createable=False, updateable=False, nillable=False, defaulted_on_create=True)
        if numbered
        else Access(defaulted_on_create=True)
    )
    differs: list[tuple[str, str | int | None]] = [("permissionable", False)]
    if numbered:
        differs.append(("groupable", False))
    return Field(
        "Name", spec.name_label or f"{label} Name", FieldType.STRING, length=_NAME_LENGTH,
        access=access, name_field=True, id_lookup=True, differs=tuple(differs),
        auto_number=spec.name_format if numbered else None,
    )  # fmt: skip


def _prefix(schema: Schema) -> str:
    """The next free one of `a00`, `a01` and on to `azz`."""
    taken = {each.prefix for each in schema.objects()}
    free = (f"a{one}{two}" for one in _DIGITS for two in _DIGITS)
    return next(each for each in free if each not in taken)


def related(spec: ObjectSpec, made: SObject, schema: Schema) -> tuple[SObject, ...]:
    """Other objects as they change with a new one: activities about it, queues that own it."""
    changed = []
    if spec.activities:
        changed += [_about(schema.require(name), made.name) for name in sorted(ACTIVITIES)]
        changed += [
            _linked(schema.require(name), made.name) for name in ("EventRelation", "TaskRelation")
        ]
    if made.has("OwnerId"):
        changed.append(_queued(schema.require("QueueSobject"), made.name))
    return tuple(changed)


def _with(sobject: SObject, field: Field) -> SObject:
    fields = tuple(field if each.name == field.name else each for each in sobject.fields)
    return replace(sobject, fields=fields)


def _about(activity: SObject, name: str) -> SObject:
    field = activity.by_name["whatid"]
    if field.reference is None:
        raise ValueError(activity.name)
    targets = tuple(sorted({*field.reference.targets, name}))
    return _with(activity, replace(field, reference=replace(field.reference, targets=targets)))


def _linked(relation: SObject, name: str) -> SObject:
    """With Shared Activities a relation points to it as well."""
    field = relation.by_name["relationid"]
    if field.reference is None:
        raise ValueError(relation.name)
    targets = (*field.reference.shared_targets, name)
    reference = replace(field.reference, shared_targets=targets)
    return _with(relation, replace(field, reference=reference))


def _queued(queue: SObject, name: str) -> SObject:
    field = queue.by_name["sobjecttype"]
    values = (*field.picklist, PicklistValue(name, name))
    return _with(queue, replace(field, picklist=values))
