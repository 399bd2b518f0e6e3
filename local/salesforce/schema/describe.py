"""The answers of describe and describeGlobal, with the keys of a real org (API 52 and later)."""

from __future__ import annotations

from typing import Final

from local.salesforce.schema.registry import Child, Schema
from local.salesforce.schema.types import (
    DECIMAL_TYPES,
    ID_TYPES,
    TEXT_TYPES,
    Field,
    FieldType,
    SObject,
)

_SOAP: Final = {
    FieldType.BOOLEAN: "xsd:boolean",
    FieldType.INT: "xsd:int",
    FieldType.DATE: "xsd:date",
    FieldType.DATETIME: "xsd:dateTime",
    FieldType.ADDRESS: "urn:address",
}
_BYTES_PER_CHARACTER: Final = 3
_MASTER: Final = "012000000000000AAA"


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


def _byte_length(field: Field) -> int:
    if field.type in TEXT_TYPES:
        return field.length * _BYTES_PER_CHARACTER
    return field.length


def describe_field(field: Field) -> dict[str, object]:
    """One entry of `fields`: all 58 keys."""
    return {**_field_kind(field), **_field_access(field), **_FIELD_CONSTANTS, **_links(field)}


def _field_kind(field: Field) -> dict[str, object]:
    return {
        "aggregatable": field.aggregatable,
        "byteLength": _byte_length(field),
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": field.compound,
        "custom": field.custom,
        "defaultValue": field.default,
        "digits": field.digits,
        "extraTypeInfo": field.extra_type,
        "filterable": field.filterable,
        "groupable": field.groupable,
        "label": field.label,
        "length": field.length,
        "name": field.name,
        "nameField": field.name_field,
        "precision": field.precision,
        "scale": field.scale,
        "soapType": soap_type(field),
        "sortable": field.sortable,
        "type": field.type.value,
    }


def _field_access(field: Field) -> dict[str, object]:
    access = field.access
    return {
        "createable": access.createable,
        "defaultedOnCreate": access.defaulted_on_create,
        "externalId": field.external_id,
        "idLookup": field.id_lookup or field.external_id,
        "nillable": access.nillable,
        "permissionable": field.permissionable,
        "picklistValues": [
            {
                "active": each.active,
                "defaultValue": each.default,
                "label": each.label,
                "validFor": None,
                "value": each.value,
            }
            for each in field.picklist
        ],
        "restrictedPicklist": field.restricted,
        "unique": field.unique,
        "updateable": access.updateable,
    }


def _links(field: Field) -> dict[str, object]:
    reference = field.reference
    polymorphic = reference is not None and reference.polymorphic
    return {
        "namePointing": polymorphic,
        "polymorphicForeignKey": polymorphic,
        "referenceTo": list(reference.targets) if reference else [],
        "relationshipName": reference.relationship if reference else None,
    }


_FIELD_CONSTANTS: Final[dict[str, object]] = {
    **dict.fromkeys(
        (
            "aiPredictionField", "autoNumber", "calculated", "cascadeDelete", "dependentPicklist",
            "deprecatedAndHidden", "displayLocationInDecimal", "encrypted",
            "formulaTreatNullNumberAsZero", "highScaleNumber", "htmlFormatted", "queryByDistance",
            "restrictedDelete", "searchPrefilterable", "writeRequiresMasterRead",
        ),
        False,
    ),
    **dict.fromkeys(
        (
            "calculatedFormula", "controllerName", "defaultValueFormula", "filteredLookupInfo",
            "inlineHelpText", "mask", "maskType", "referenceTargetField", "relationshipOrder",
        ),
        None,
    ),
}  # fmt: skip


def _summary(sobject: SObject) -> dict[str, object]:
    traits = sobject.traits
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": traits.createable,
        "custom": sobject.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": traits.deletable,
        "deprecatedAndHidden": False,
        "feedEnabled": traits.feed_enabled,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": sobject.prefix or None,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "layoutable": traits.layoutable,
        "mergeable": traits.mergeable,
        "mruEnabled": traits.layoutable,
        "name": sobject.name,
        "queryable": traits.queryable,
        "replicateable": traits.replicateable,
        "retrieveable": traits.retrieveable,
        "searchable": traits.searchable,
        "triggerable": traits.triggerable,
        "undeletable": traits.undeletable,
        "updateable": traits.updateable,
    }


def _urls(sobject: SObject, base: str) -> dict[str, str]:
    root = f"{base}/sobjects/{sobject.name}"
    urls = {"sobject": root, "describe": f"{root}/describe", "rowTemplate": f"{root}/{{ID}}"}
    if sobject.traits.layoutable:
        urls["layouts"] = f"{root}/describe/layouts"
        urls["compactLayouts"] = f"{root}/describe/compactLayouts"
        urls["quickActions"] = f"{root}/quickActions"
    return urls


def describe_global(schema: Schema, base: str) -> dict[str, object]:
    """The answer of `/sobjects`; `base` is `/services/data/vNN.N`."""
    entries = [{**_summary(each), "urls": _urls(each, base)} for each in schema]
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": entries}


def describe_basic(sobject: SObject, base: str) -> dict[str, object]:
    """The answer of `/sobjects/X`."""
    return {"objectDescribe": {**_summary(sobject), "urls": _urls(sobject, base)},
            "recentItems": []}  # fmt: skip


def _child(child: Child) -> dict[str, object]:
    return {
        "cascadeDelete": child.cascade,
        "childSObject": child.sobject.name,
        "deprecatedAndHidden": False,
        "field": child.field.name,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": child.name,
        "restrictedDelete": False,
    }


def _record_types(base: str, sobject: SObject) -> list[dict[str, object]]:
    layout = f"{base}/sobjects/{sobject.name}/describe/layouts/{_MASTER}"
    return [
        {
            "active": True,
            "available": True,
            "defaultRecordTypeMapping": True,
            "developerName": "Master",
            "master": True,
            "name": "Master",
            "recordTypeId": _MASTER,
            "urls": {"layout": layout},
        }
    ]


def describe_object(schema: Schema, sobject: SObject, base: str) -> dict[str, object]:
    """The answer of `/sobjects/X/describe`."""
    plural = sobject.plural.lower()
    return {
        "actionOverrides": [],
        "childRelationships": [_child(child) for child in schema.children(sobject) if child.listed],
        "compactLayoutable": sobject.traits.layoutable,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [describe_field(field) for field in sobject.fields],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": _record_types(base, sobject),
        "searchLayoutable": sobject.traits.searchable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {plural}", "name": "everything"}],
        **_summary(sobject),
        "urls": _urls(sobject, base),
    }
