# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Merge: up to three records of one kind become the first of them.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm
What refusals say is not documented; their texts are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.schema.registry import Child
from local.salesforce.schema.types import ACTIVITIES, SObject
from local.salesforce.store.children import IN_LIST, as_list
from local.salesforce.store.database import Value
from local.salesforce.store.removal import Removal
from local.salesforce.store.writer import Writer

MAXIMUM_LOSERS: Final = 2
#: Case merges although its describe answer says nothing of it.
#: https://developer.salesforce.com/docs/atlas.en-us.apexref.meta/apexref/apex_methods_system_database.htm
_MERGEABLE: Final = frozenset({"Account", "Case", "Contact", "Lead"})
#: A record that says the same of the loser as another one says of the winner goes with the loser.
_TWINS: Final[Mapping[tuple[str, str], str]] = {
    ("CampaignMember", "ContactId"): "CampaignId",
    ("CampaignMember", "LeadId"): "CampaignId",
    ("EventRelation", "RelationId"): "EventId",
    ("TaskRelation", "RelationId"): "TaskId",
}


@dataclass(frozen=True, slots=True)
class Merging:
    """A writer for the winner and a removal for the losers, of one moment."""

    writer: Writer
    removal: Removal

    def merge(
        self,
        sobject: SObject,
        winner: str,
        losers: Sequence[str],
        fields: Mapping[str, object] | None = None,
    ) -> None:
        """Losers go to the bin and name the winner; their children change parent unstamped.

        `fields` are values the winner takes over. No trigger fires for the children, so their
        SystemModstamp stays.
        https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_triggers_merge_statements.htm
        """
        if sobject.name not in _MERGEABLE or not 0 < len(losers) <= MAXIMUM_LOSERS:
            raise ApiError(Kind.MERGE, text=f"cannot merge {len(losers)} records into one")
        kept = self.removal.live(sobject, winner)
        ids = [self.removal.live(sobject, each) for each in losers]
        if len({kept, *ids}) <= len(ids):
            raise ApiError(Kind.MERGE, text="a record cannot be merged with itself")
        for each in ids:
            self.removal.database.meet(sobject, each, {})
        self.writer.update(sobject, kept, fields or {})
        for child in self.removal.schema.children(sobject):
            if child.field.name != "MasterRecordId":
                self._move(child, kept, ids)
        if sobject.name == "Contact":
            self._activities_of(kept)
        self._lose(sobject, kept, ids)

    def _move(self, child: Child, kept: str, ids: Sequence[str]) -> None:
        same = _TWINS.get((child.sobject.name, child.field.name))
        if same is not None:
            self._drop_twins(child, same, kept, ids)
        column = child.field.name
        self.removal.database.index_parents(f'"{child.sobject.name}" "{column}"')
        self.removal.database.run(
            f'UPDATE "{child.sobject.name}" SET "{column}" = ? WHERE "{column}" IN {IN_LIST}',
            (kept, as_list(ids)),
        )

    def _drop_twins(self, child: Child, same: str, kept: str, ids: Sequence[str]) -> None:
        table, column = child.sobject.name, child.field.name
        found = self.removal.database.rows(
            f'SELECT "Id", "{same}" FROM "{table}" WHERE "IsDeleted" = 0'
            f' AND "{column}" IN (SELECT ? UNION ALL SELECT value FROM json_each(?))'
            f' ORDER BY "{column}" <> ?, "Id"',
            (kept, as_list(ids), kept),
        )
        seen: set[Value] = set()
        for record_id, about in found:
            if about in seen:
                self.removal.delete(child.sobject, str(record_id))
            seen.add(about)

    def _activities_of(self, contact: str) -> None:
        """Activities that owe their account to the contact follow it."""
        for name in ACTIVITIES:
            self.removal.database.index_parents(f'"{name}" "WhoId"')
            self.removal.database.run(
                f'UPDATE "{name}" SET "AccountId" = (SELECT "AccountId" FROM "Contact"'
                ' WHERE "Id" = ?) WHERE "WhoId" = ? AND "WhatId" IS NULL',
                (contact, contact),
            )

    def _lose(self, sobject: SObject, kept: str, ids: Sequence[str]) -> None:
        for each in ids:
            self.removal.log(sobject, [each], each)
        self.removal.mark(sobject, ids, deleted=True)
        self.removal.database.run(
            f'UPDATE "{sobject.name}" SET "MasterRecordId" = ? WHERE "Id" IN {IN_LIST}',
            (kept, as_list(ids)),
        )
