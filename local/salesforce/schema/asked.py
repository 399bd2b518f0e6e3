"""What an administrator asks of the schema, as the control routes name it, and its refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local.salesforce.schema.types import PicklistValue, SObject

Scalar = str | bool | int | float | None


class DesignError(ValueError):
    """A schema that cannot be: which key, its value, and what to do instead."""

    def __init__(self, key: str, value: object, reason: str, remedy: str) -> None:
        super().__init__(f"{key} {value!r}: {reason}; {remedy}")
        self.key = key
        self.value = value
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What an administrator asks for; the names are those of the control route."""

    sobject: str
    name: str
    type: str = "string"
    label: str | None = None
    help: str | None = None
    length: int | None = None
    precision: int = 18
    scale: int = 2
    default: Scalar = None
    required: bool = False
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    picklist: Sequence[str | Mapping[str, object]] = ()
    restricted: bool = False
    controller: str | None = None
    reference_to: str | Sequence[str] | None = None
    child_relationship: str | None = None
    delete: str = "set_null"
    format: str = "{0}"
    formula_of: str | None = None

    def refuse(self, key: str, value: object, remedy: str) -> DesignError:
        """A mistake in this field."""
        return DesignError(key, value, f"not possible for {self.sobject}.{self.name}", remedy)


def picklist(spec: FieldSpec, owner: SObject) -> tuple[PicklistValue, ...]:
    """`"A"`, `"A:Label"` or {"value", "label", "default", "active", "valid_for": [values]}."""
    return tuple(_value(spec, each, owner) for each in spec.picklist)


def _value(spec: FieldSpec, asked: str | Mapping[str, object], owner: SObject) -> PicklistValue:
    if isinstance(asked, str):
        value, _, label = asked.partition(":")
        return PicklistValue(value, label or value)
    value = str(asked.get("value", ""))
    if not value:
        raise spec.refuse("picklist", dict(asked), "give each choice a value")
    return PicklistValue(
        value,
        str(asked.get("label") or value),
        default=bool(asked.get("default", False)),
        active=bool(asked.get("active", True)),
        valid_for=_valid_for(spec, asked.get("valid_for"), owner),
    )


def _valid_for(spec: FieldSpec, asked: object, owner: SObject) -> tuple[int, ...] | None:
    if not spec.controller:
        return None
    controlling = owner.by_name[spec.controller.lower()].picklist
    places = {each.value: at for at, each in enumerate(controlling)}
    values = [str(each) for each in asked] if isinstance(asked, list) else []
    if unknown := [each for each in values if each not in places]:
        raise spec.refuse("valid_for", unknown, f"give values of {spec.controller}")
    return tuple(places[each] for each in values)
