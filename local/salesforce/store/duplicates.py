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
            raise ApiError(
                Kind.DUPLICATES_DETECTED,
                text=rule.message,
                extra={"duplicateResut": _result(rule, found)},
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


def _result(rule: DuplicateRule, ids: list[str]) -> Mapping[str, object]:
    return {
        "allowSave": rule.action is DuplicateAction.ALERT,
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": rule.sobject,
        "errorMessage": rule.message,
        "matchResults": [
            {
                "entityType": rule.sobject,
                "errors": [],
                "matchEngine": "ExactMatchEngine",
                "matchRecords": [_match(rule.sobject, each) for each in ids],
                "rule": f"{rule.name}_Match",
                "size": len(ids),
                "success": True,
            }
        ],
    }


def _match(sobject: str, record_id: str) -> Mapping[str, object]:
    url = f"/services/data/v62.0/sobjects/{sobject}/{record_id}"
    return {
        "additionalInformation": [],
        "fieldDiffs": [],
        "matchConfidence": 100.0,
        "record": {"attributes": {"type": sobject, "url": url}, "Id": record_id},
    }
