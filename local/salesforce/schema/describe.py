"""The answers of describe and describeGlobal, with the keys of a real org (API 52 and later)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from local.salesforce.schema.fieldwords import describe_field
from local.salesforce.schema.registry import Child, Schema
from local.salesforce.schema.types import SObject

_MASTER: Final = "012000000000000AAA"
_LAYOUT_URLS: Final = ("approvalLayouts", "compactLayouts", "layouts", "listviews", "quickActions")
_URLS: Final = {
    "approvalLayouts": "/describe/approvalLayouts",
    "caseArticleSuggestions": "/suggestedArticles",
    "caseRowArticleSuggestions": "/{ID}/suggestedArticles",
    "compactLayouts": "/describe/compactLayouts",
    "eventSeriesUpdates": "/{ID}/fromThisEventOnwards",
    "layouts": "/describe/layouts",
    "listviews": "/listviews",
    "namedLayouts": "/describe/namedLayouts/{LayoutName}",
    "passwordUtilities": "/{ID}/password",
    "quickActions": "/quickActions",
}
_SCOPES: Final = {
    "delegated": "My delegated {plural}",
    "everything": "All {plural}",
    "genericteam": "My case teams {plural}",
    "mine": "My {plural}",
    "queue_owned": "Queue owned {plural}",
    "scopingRule": "Filter by scope",
    "team": "My team's {plural}",
    "team_by_role": "My role-based team's {plural}",
    "user_owned": "User owned {plural}",
}
_ACTIVITY_LINKS: Final = {"Account": "AccountId", "Contact": "WhoId", "Lead": "WhoId"}


@dataclass(frozen=True, slots=True)
class RecordType:
    """One record type of an object; the master is not a row of RecordType."""

    id: str
    name: str
    developer_name: str


_MASTER_TYPE: Final = RecordType(_MASTER, "Master", "Master")


def _summary(sobject: SObject) -> dict[str, object]:
    traits = sobject.traits
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": traits.createable,
        "custom": sobject.custom,
        "customSetting": False,
        "deepCloneable": traits.deep_cloneable,
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
        "mruEnabled": traits.layoutable if traits.mru is None else traits.mru,
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
    names = sobject.traits.urls or (_LAYOUT_URLS if sobject.traits.layoutable else ())
    return urls | {name: root + _URLS[name] for name in names}


def _pages(sobject: SObject, origin: str) -> dict[str, str]:
    """Where people see, edit and make a record: in the answer about one object only."""
    if not sobject.traits.layoutable:
        return {}
    return {
        "uiDetailTemplate": f"{origin}/{{ID}}",
        "uiEditTemplate": f"{origin}/{{ID}}/e",
        "uiNewRecord": f"{origin}/{sobject.prefix}/e",
    }


def describe_global(schema: Schema, base: str) -> dict[str, object]:
    """The answer of `/sobjects`; `base` is `/services/data/vNN.N`."""
    entries = [{**_summary(each), "urls": _urls(each, base)} for each in schema]
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": entries}


def describe_basic(
    sobject: SObject, base: str, recent: Sequence[dict[str, object]]
) -> dict[str, object]:
    """The answer of `/sobjects/X`."""
    return {
        "objectDescribe": {**_summary(sobject), "urls": _urls(sobject, base)},
        "recentItems": list(recent),
    }


def _child(child: Child) -> dict[str, object]:
    return _relation(
        child.sobject.name, child.field.name, child.name,
        cascade=child.cascade, restricted=child.restricted,
    )  # fmt: skip


def _relation(
    sobject: str, field: str, name: str | None, *, cascade: bool, restricted: bool = False
) -> dict[str, object]:
    return {
        "cascadeDelete": cascade,
        "childSObject": sobject,
        "deprecatedAndHidden": False,
        "field": field,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": name,
        "restrictedDelete": restricted,
    }


def _views_of_others(sobject: SObject) -> Iterator[tuple[str, str, str]]:
    """What a switch of the object adds: lists of its activities and its feed, not held here."""
    if sobject.traits.activities:
        link = _ACTIVITY_LINKS.get(sobject.name, "WhatId")
        yield "ActivityHistory", link, "ActivityHistories"
        yield "OpenActivity", link, "OpenActivities"
    if sobject.traits.feed_enabled:
        name = sobject.name.removesuffix("c") if sobject.custom else sobject.name
        yield f"{name}Feed", "ParentId", "Feeds"


def _record_type(base: str, sobject: SObject, each: RecordType) -> dict[str, object]:
    master = each.id == _MASTER
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": master,
        "developerName": each.developer_name,
        "master": master,
        "name": each.name,
        "recordTypeId": each.id,
        "urls": {"layout": f"{base}/sobjects/{sobject.name}/describe/layouts/{each.id}"},
    }


def _scopes(sobject: SObject) -> list[dict[str, str]]:
    names = sobject.traits.scopes or (("everything", "mine") if sobject.custom else ("everything",))
    plural = sobject.plural.lower()
    return [{"label": _SCOPES[name].format(plural=plural), "name": name} for name in names]


def describe_object(
    schema: Schema, sobject: SObject, base: str, *, origin: str, types: Sequence[RecordType]
) -> dict[str, object]:
    """The answer of `/sobjects/X/describe`; `origin` is where people see the org."""
    children = [_child(child) for child in schema.children(sobject) if child.listed]
    children += [_relation(*each, cascade=True) for each in _views_of_others(sobject)]
    return {
        "actionOverrides": [],
        "childRelationships": sorted(children, key=lambda each: str(each["childSObject"])),
        "compactLayoutable": sobject.traits.layoutable,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [describe_field(field, sobject) for field in sobject.fields],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [
            _record_type(base, sobject, each) for each in (*types, _MASTER_TYPE)
        ],
        "searchLayoutable": sobject.traits.searchable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": _scopes(sobject),
        **_summary(sobject),
        "urls": _urls(sobject, base) | _pages(sobject, origin),
    }  # fmt: skip
