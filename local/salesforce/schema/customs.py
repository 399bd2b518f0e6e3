"""Custom fields as an administrator makes them: what each kind is, needs and cannot be.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from local.salesforce.schema.asked import FieldSpec, Scalar, picklist
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import (
    Access,
    Field,
    FieldType,
    Reference,
    SObject,
)

#: Custom fields of both are made on Activity, and both have them.
ACTIVITY: Final = "Activity"
_NAME: Final = re.compile(r"([A-Za-z0-9]{1,15}__)?[A-Za-z](_?[A-Za-z0-9]){0,39}__c")
_MOST_DIGITS: Final = 18
_FORMULA_LENGTH: Final = 1_300
_READ: Final = Access(createable=False, updateable=False)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of field: its type, its usual and its greatest length, and what it can be."""

    type: FieldType
    length: int = 0
    most: int = 0
    external: bool = False
    unique: bool = False
    required: bool = True
    extra: str | None = None


_TEXT: Final = Kind(FieldType.STRING, 255, 255, external=True, unique=True)
_CHECKBOX: Final = Kind(FieldType.BOOLEAN, required=False)
_LONG: Final = Kind(FieldType.TEXTAREA, 32_768, 131_072, required=False, extra="plaintextarea")
_NUMBER: Final = Kind(FieldType.DOUBLE, external=True, unique=True)
_LOOKUP: Final = Kind(FieldType.REFERENCE, 18, 18)
_PLACE: Final = Kind(FieldType.LOCATION)
_SECRET: Final = Kind(FieldType.ENCRYPTED, 175, 175)

#: By the name of the type in a describe answer, and by the one administrators use.
KINDS: Final[Mapping[str, Kind]] = {
    "string": _TEXT, "text": _TEXT,
    "textarea": Kind(FieldType.TEXTAREA, 255, 131_072, extra="plaintextarea"),
    "long_text": _LONG,
    "rich_text": replace(_LONG, extra="richtextarea"),
    "double": _NUMBER, "number": _NUMBER,
    "currency": Kind(FieldType.CURRENCY),
    "percent": Kind(FieldType.PERCENT),
    "boolean": _CHECKBOX, "checkbox": _CHECKBOX,
    "date": Kind(FieldType.DATE),
    "datetime": Kind(FieldType.DATETIME),
    "time": Kind(FieldType.TIME),
    "email": Kind(FieldType.EMAIL, 80, 80, external=True, unique=True),
    "phone": Kind(FieldType.PHONE, 40, 40),
    "url": Kind(FieldType.URL, 255, 255),
    "picklist": Kind(FieldType.PICKLIST, 255, 255),
    "multipicklist": Kind(FieldType.MULTIPICKLIST, 4_099, 4_099),
    "reference": _LOOKUP, "lookup": _LOOKUP,
    "master_detail": replace(_LOOKUP, required=False),
    "location": _PLACE, "geolocation": _PLACE,
    "encryptedstring": _SECRET, "encrypted": _SECRET,
    "auto_number": Kind(FieldType.STRING, 30, 30, external=True, required=False),
    "formula": Kind(FieldType.STRING, required=False),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Making:
    spec: FieldSpec
    kind: Kind
    schema: Schema
    owner: SObject
    differs: list[tuple[str, str | int | None]] = field(default_factory=list)


def custom_fields(spec: FieldSpec, schema: Schema, owner: SObject) -> tuple[Field, ...]:
    """The field asked for; a geolocation is three. Raises DesignError."""
    if not _NAME.fullmatch(spec.name):
        raise spec.refuse("name", spec.name, "give letters, digits, single underscores, then __c")
    kind = KINDS.get("formula" if spec.formula_of else spec.type)
    if kind is None:
        raise spec.refuse("type", spec.type, f"give one of {', '.join(KINDS)}")
    making = _Making(spec, kind, schema, owner)
    _check(making)
    if kind.type is FieldType.LOCATION:
        return _location(making)
    if kind is KINDS["formula"]:
        return (_formula(making),)
    return (_plain(making),)


def _check(making: _Making) -> None:
    spec, kind = making.spec, making.kind
    if spec.external_id and not kind.external:
        raise spec.refuse("external_id", True, "leave it out; text, number and email can be")
    if spec.unique and not kind.unique:
        raise spec.refuse("unique", True, "leave it out; text, number and email can be")
    if spec.required and not kind.required:
        raise spec.refuse("required", True, "leave it out")
    if spec.case_sensitive and not (spec.unique and kind.type is FieldType.STRING):
        raise spec.refuse("case_sensitive", True, "give it with unique, on text")
    if spec.length is not None and not 0 < spec.length <= kind.most:
        raise spec.refuse("length", spec.length, f"give 1 to {kind.most}")
    if not 0 <= spec.scale <= spec.precision <= _MOST_DIGITS:
        raise spec.refuse("precision", spec.precision, "give 0 <= scale <= precision <= 18")
    if spec.controller and making.owner.get(spec.controller) is None:
        raise spec.refuse("controller", spec.controller, f"give a picklist of {making.owner.name}")


def _label(spec: FieldSpec) -> str:
    return spec.label or spec.name.removesuffix("__c").replace("_", " ")


def _plain(making: _Making) -> Field:
    spec, kind = making.spec, making.kind
    values = picklist(spec, making.owner)
    default = next((each.value for each in values if each.default), _default(making))
    decimal = kind.type in (FieldType.DOUBLE, FieldType.CURRENCY, FieldType.PERCENT)
    return Field(
        spec.name, _label(spec), kind.type,
        length=kind.length if spec.length is None else spec.length,
        precision=spec.precision if decimal else 0,
        scale=spec.scale if decimal else 0,
        access=_access(making, default),
        default=default,
        picklist=values,
        restricted=spec.restricted,
        reference=_reference(making) if kind.type is FieldType.REFERENCE else None,
        extra_type=kind.extra,
        external_id=spec.external_id, unique=spec.unique, case_sensitive=spec.case_sensitive,
        custom=True,
        auto_number=spec.format if spec.type == "auto_number" else None,
        controller=spec.controller,
        differs=(*making.differs, *_words(spec, kind)),
    )  # fmt: skip


def _words(spec: FieldSpec, kind: Kind) -> list[tuple[str, str | int | None]]:
    words: list[tuple[str, str | int | None]] = []
    if spec.help:
        words.append(("inlineHelpText", spec.help))
    if kind.type is FieldType.ENCRYPTED:
        words += [("mask", "*"), ("maskType", "all")]
    return words


def _access(making: _Making, default: Scalar) -> Access:
    spec, kind = making.spec, making.kind
    if spec.type == "auto_number":
        return replace(_READ, nillable=False, defaulted_on_create=True)
    if kind.type is FieldType.BOOLEAN:
        return Access(nillable=False, defaulted_on_create=True)
    if spec.type == "master_detail":
        return Access(updateable=False, nillable=False)
    return Access(nillable=not spec.required, defaulted_on_create=default is not None)


def _default(making: _Making) -> Scalar:
    """A constant; describe shows it as a formula, except for a checkbox."""
    value = making.spec.default
    if making.kind.type is FieldType.BOOLEAN:
        return bool(value)
    if value is not None:
        shown = f'"{value}"' if isinstance(value, str) else str(value)
        making.differs.extend([("defaultValue", None), ("defaultValueFormula", shown)])
    return value


def _reference(making: _Making) -> Reference:
    spec, asked = making.spec, making.spec.reference_to
    names = (asked,) if isinstance(asked, str) else tuple(asked or ())
    found = [making.schema.get(name) for name in names]
    if not names or None in found:
        raise spec.refuse("reference_to", asked, "give the name of an object of this org")
    if spec.delete not in ("set_null", "restrict", "cascade"):
        raise spec.refuse("delete", spec.delete, "give set_null, restrict or cascade")
    if spec.type == "master_detail" and not making.owner.custom:
        raise spec.refuse("type", spec.type, "give it to a custom object")
    child = spec.child_relationship
    return Reference(
        tuple(each.name for each in found if each is not None),
        spec.name.removesuffix("__c") + "__r",
        child if child is None or child.endswith("__r") else f"{child}__r",
        cascade=spec.type == "master_detail" or spec.delete == "cascade",
        restricted=spec.delete == "restrict",
        master=spec.type == "master_detail",
    )


def _formula(making: _Making) -> Field:
    """A value of a parent, read through a path; the stamp of the record never moves with it."""
    spec, path = making.spec, str(making.spec.formula_of)
    at: SObject | None = making.owner
    *parents, last = path.split(".")
    for name in parents:
        step = making.schema.parent(at, name) if at else None
        at = step[1] if step else None
    target = at.get(last) if at else None
    if target is None:
        raise spec.refuse("formula_of", path, f"give a path from {making.owner.name} to a field")
    return Field(
        spec.name, _label(spec), FieldType.STRING if target.is_text else target.type,
        length=_FORMULA_LENGTH if target.is_text else target.length,
        precision=target.precision, scale=target.scale, digits=target.digits,
        access=_READ, formula=path, custom=True,
        differs=(("groupable", False),),
    )  # fmt: skip


def _location(making: _Making) -> tuple[Field, ...]:
    spec = making.spec
    stem, label = spec.name.removesuffix("__c"), _label(spec)
    parts = (
        Field(
            f"{stem}__{part}__s", f"{label} ({part})", FieldType.DOUBLE, precision=18, scale=15,
            access=Access(nillable=not spec.required), compound=spec.name, custom=True,
        )
        for part in ("Latitude", "Longitude")
    )  # fmt: skip
    whole = Field(spec.name, label, FieldType.LOCATION, access=_READ, custom=True)
    return (*parts, whole)
