# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Duplicate rules: records that agree in all fields of a rule, and the answer that names them.

The body is that of recorded answers (rudder-server, Salesforce destination tests), with its
misspelt key: `duplicateResut`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.schema.types import SObject
from local.salesforce.store.database import Database
from local.salesforce.store.intake import Row
from local.salesforce.store.policies import DuplicateAction, DuplicateRule, Policies

_MOST: Final = 100


def check_duplicates(
    database: Database, policies: Policies, sobject: SObject, row: Row, *, allowed: bool
) -> None:
    """Refuse a duplicate, unless the rule only alerts and the caller saves all the same."""
    for rule in policies.duplicates:
        if rule.sobject != sobject.name or rule.action is DuplicateAction.ALLOW:
            continue
        if rule.action is DuplicateAction.ALERT and allowed:
            continue
        found = _matches(database, rule, sobject, row)
        if found:
            raise detected(
                rule.sobject,
                found,
                rule=rule.name,
                message=rule.message,
                may_save=rule.action is DuplicateAction.ALERT,
            )


def _matches(database: Database, rule: DuplicateRule, sobject: SObject, row: Row) -> list[str]:
    values = [row.get(name) for name in rule.fields]
    if any(value is None for value in values):
        return []
    columns = " AND ".join(f'fold("{name}") = fold(?)' for name in rule.fields)
    found = database.rows(
        f'SELECT "Id" FROM "{sobject.name}" WHERE {columns} AND "IsDeleted" = 0 AND "Id" <> ?'
        f' ORDER BY "Id" LIMIT {_MOST}',
        (*values, row["Id"]),
    )
    return [str(each[0]) for each in found]


def detected(
    sobject: str, ids: list[str], *, rule: str, message: str, may_save: bool = False
) -> ApiError:
    """The refusal that names the records a new one doubles."""
    result = {
        "allowSave": may_save,
        "duplicateRule": rule,
        "duplicateRuleEntityType": sobject,
        "errorMessage": message,
        "matchResults": [
            {
                "entityType": sobject,
                "errors": [],
                "matchEngine": "FuzzyMatchEngine",
                "matchRecords": [_match(sobject, each) for each in ids],
                "rule": rule.replace("_Duplicate_Rule", "_Match_Rule_v1_0"),
                "size": len(ids),
                "success": True,
            }
        ],
    }
    return ApiError(Kind.DUPLICATES_DETECTED, text=message, extra={"duplicateResut": result})


def _match(sobject: str, record_id: str) -> Mapping[str, object]:
    url = f"/services/data/v62.0/sobjects/{sobject}/{record_id}"
    return {
        "additionalInformation": [],
        "fieldDiffs": [],
        "matchConfidence": 100.0,
        "record": {"attributes": {"type": sobject, "url": url}, "Id": record_id},
    }
