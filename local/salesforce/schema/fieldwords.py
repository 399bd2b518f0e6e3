"""One entry of `fields` in a describe answer: all 58 keys, most of which follow from the type."""

from __future__ import annotations

import base64
from typing import Final

from local.salesforce.schema.types import (
    DECIMAL_TYPES,
    ID_TYPES,
    TEXT_TYPES,
    Field,
    FieldType,
    PicklistValue,
    SObject,
)

_SOAP: Final = {
    FieldType.BOOLEAN: "xsd:boolean",
    FieldType.INT: "xsd:int",
    FieldType.DATE: "xsd:date",
    FieldType.DATETIME: "xsd:dateTime",
    FieldType.TIME: "xsd:time",
    FieldType.ADDRESS: "urn:address",
    FieldType.LOCATION: "urn:location",
}
_BYTES_PER_CHARACTER: Final = 3
_BITS: Final = 8
#: Bytes of which base64 makes whole groups of letters, without a sign of padding.
_UNPADDED: Final = 3
#: References to these are never offered for narrowing a search.
_ADMINISTERED: Final = frozenset(
    {"Calendar", "Group", "Organization", "Profile", "RecordType", "User", "UserRole"}
)


def soap_type(field: Field) -> str:
    """The XML type a client of the SOAP API would see."""
    if field.type in ID_TYPES:
        return "tns:ID"
    if field.type in DECIMAL_TYPES:
        return "xsd:double"
    return _SOAP.get(field.type, "xsd:string")


def type_word(field: Field) -> str:
    """The type as query errors name it."""
    return soap_type(field).partition(":")[2]


def describe_field(field: Field, owner: SObject) -> dict[str, object]:
    """One entry of `fields`; what differs from the rules is told by the field itself."""
    return {
        **_CONSTANTS,
        **_kind(field),
        **_access(field),
        **_links(field),
        **_choice(field, owner),
        **dict(field.differs),
    }


def _byte_length(field: Field) -> int:
    if field.type in TEXT_TYPES:
        return field.length * _BYTES_PER_CHARACTER
    return field.length


def _kind(field: Field) -> dict[str, object]:
    return {
        "aggregatable": field.aggregatable,
        "autoNumber": field.auto_number is not None,
        "byteLength": _byte_length(field),
        "calculated": field.formula is not None,
        "calculatedFormula": field.formula,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": field.compound,
        "custom": field.custom,
        "defaultValue": field.default,
        "digits": field.digits,
        "encrypted": field.type is FieldType.ENCRYPTED,
        "extraTypeInfo": field.extra_type,
        "filterable": field.filterable,
        "groupable": field.groupable,
        "htmlFormatted": field.extra_type == "richtextarea",
        "label": field.label,
        "length": field.length,
        "name": field.name,
        "nameField": field.name_field,
        "precision": field.precision,
        "queryByDistance": field.compound_type,
        "scale": field.scale,
        "soapType": soap_type(field),
        "sortable": field.sortable,
        "type": field.type.value,
    }


def _access(field: Field) -> dict[str, object]:
    access = field.access
    return {
        "createable": access.createable,
        "defaultedOnCreate": access.defaulted_on_create,
        "externalId": field.external_id,
        "idLookup": field.id_lookup or field.external_id,
        "nillable": access.nillable,
        "permissionable": field.permissionable,
        "unique": field.unique,
        "updateable": access.updateable,
    }


def _links(field: Field) -> dict[str, object]:
    reference = field.reference
    if reference is None:
        return {}
    ordinary = reference.listed and reference.relationship is not None and not reference.master
    return {
        "cascadeDelete": reference.master,
        "namePointing": reference.polymorphic,
        "polymorphicForeignKey": reference.polymorphic,
        "referenceTo": list(reference.targets),
        "relationshipName": reference.relationship,
        "relationshipOrder": 0 if reference.master else None,
        "searchPrefilterable": (
            ordinary and field.access.nillable and not _ADMINISTERED.issuperset(reference.targets)
        ),
    }


def _choice(field: Field, owner: SObject) -> dict[str, object]:
    controller = owner.get(field.controller) if field.controller else None
    wide = len(controller.picklist) if controller else 0
    return {
        "controllerName": field.controller,
        "dependentPicklist": controller is not None,
        "picklistValues": [_value(each, wide) for each in field.picklist],
        "restrictedPicklist": field.restricted,
    }


def _value(value: PicklistValue, wide: int) -> dict[str, object]:
    return {
        "active": value.active,
        "defaultValue": value.default,
        "label": value.label,
        "validFor": None if value.valid_for is None else _bitmap(value.valid_for, wide),
        "value": value.value,
    }


def _bitmap(positions: tuple[int, ...], wide: int) -> str:
    """A bit for each value of the controlling picklist, the first one highest, as base64.

    https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm
    """
    bits = bytearray(-(-wide // (_BITS * _UNPADDED)) * _UNPADDED)
    for at in positions:
        bits[at // _BITS] |= 0x80 >> (at % _BITS)
    return base64.b64encode(bytes(bits)).decode()


_CONSTANTS: Final[dict[str, object]] = {
    **dict.fromkeys(
        (
            "aiPredictionField", "cascadeDelete", "deprecatedAndHidden",
            "displayLocationInDecimal", "formulaTreatNullNumberAsZero", "highScaleNumber",
            "namePointing", "polymorphicForeignKey", "restrictedDelete", "searchPrefilterable",
            "writeRequiresMasterRead",
        ),
        False,
    ),
    **dict.fromkeys(
        (
            "defaultValueFormula", "filteredLookupInfo", "inlineHelpText", "mask", "maskType",
            "referenceTargetField", "relationshipName", "relationshipOrder",
        ),
        None,
    ),
    "referenceTo": [],
}  # fmt: skip
