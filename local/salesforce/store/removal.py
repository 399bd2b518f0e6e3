# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""To the recycle bin: deletes with all that goes along, and the log getDeleted reads.

https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/langCon_apex_dml_examples_delete.htm
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.ids import normalise
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import SObject
from local.salesforce.store.children import IN_LIST, Fate, Tie, Ties, as_list
from local.salesforce.store.counting import count_members
from local.salesforce.store.database import Database, Value
from local.salesforce.store.invitees import copies_of
from local.salesforce.store.locking import check_locks
from local.salesforce.store.policies import Policies
from local.salesforce.store.sharing import related
from local.salesforce.values import store_datetime

#: Deleted directly, these are known to the log and to nothing else.
#: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_taskrelation.htm
NOT_IN_BIN: Final = frozenset({"TaskRelation", "EventRelation"})


@dataclass(frozen=True, slots=True)
class Removal:
    """Works on rows as one user at one moment; every row that goes is logged for getDeleted."""

    database: Database
    schema: Schema
    stamp: datetime
    user_id: str
    policies: Policies = field(default_factory=Policies)
    ties: Ties = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ties", Ties(self.database, self.schema))

    def delete(self, sobject: SObject, record_id: str) -> None:
        """To the bin, with the children that cannot be without their parent.

        Other children lose their parent; some kinds keep it from going.
        """
        if not sobject.traits.deletable:
            may = self.schema.require(sobject.name).traits.deletable
            kind = Kind.NO_RIGHT if may else Kind.NO_DML
            raise ApiError(kind, verb="deleted", sobject=sobject.name)
        full = self.live(sobject, record_id)
        self.database.meet(sobject, full, {})
        if self.policies.locks:
            check_locks(self.policies, [full])
        activity = self._activity(sobject, full)
        self._remove(sobject, [full], root=full)
        if activity is not None:
            related(self.database, sobject.name.removesuffix("Relation"), activity)

    def _activity(self, sobject: SObject, relation: str) -> str | None:
        """The activity that a relation takes a person from, with Shared Activities."""
        if not self.policies.shared_activities or sobject.name not in NOT_IN_BIN:
            return None
        key = f"{sobject.name.removesuffix('Relation')}Id"
        people = ' AND "IsWhat" = 0'
        if sobject.has("IsInvitee"):
            people += ' AND "IsInvitee" = 0'
        found = self.database.one(
            f'SELECT "{key}" FROM "{sobject.name}" WHERE "Id" = ?{people}', (relation,)
        )
        return str(found[0]) if found else None

    def live(self, sobject: SObject, record_id: str) -> str:
        """The full id of a record that is there; raises ApiError."""
        full = normalise(record_id)
        if full is None or not full.startswith(sobject.prefix):
            raise ApiError(Kind.MALFORMED_ID, fields=("Id",), value=record_id)
        mark = '"IsDeleted"' if sobject.has("IsDeleted") else "0"
        found = self.database.one(f'SELECT {mark} FROM "{sobject.name}" WHERE "Id" = ?', (full,))
        if found is None:
            raise ApiError(Kind.CROSS_REFERENCE)
        if found[0]:
            raise ApiError(Kind.ENTITY_IS_DELETED)
        return full

    def _remove(self, sobject: SObject, ids: Sequence[str], *, root: str) -> None:
        ties = self.ties.of(sobject)
        for tie in ties:
            if tie.fate is Fate.KEEPS_PARENT:
                self._refuse_if_kept(sobject, tie, ids)
        self.log(sobject, ids, root)
        self._take(sobject, ids, direct=root in ids)
        for tie in ties:
            children = [] if tie.fate is Fate.KEEPS_PARENT else self.ties.find(tie, ids)
            if children and tie.fate is Fate.GOES:
                self._remove(tie.sobject, children, root=root)
            elif children:
                self._untie(tie, children, root)
        self._leave(sobject, ids, root)

    def _leave(self, sobject: SObject, ids: Sequence[str], root: str) -> None:
        """Copies of an event go with it or with the invitation; campaigns count again."""
        if sobject.name in ("Event", "EventRelation"):
            copies = copies_of(self.database, as_list(ids))
            if copies:
                self._remove(self.schema.require("Event"), copies, root=root)
        elif sobject.name == "CampaignMember":
            count_members(self.database, ids)

    def _take(self, sobject: SObject, ids: Sequence[str], *, direct: bool) -> None:
        if not sobject.has("IsDeleted") or (direct and sobject.name in NOT_IN_BIN):
            gone = f'DELETE FROM "{sobject.name}" WHERE "Id" IN {IN_LIST}'
            self.database.run(gone, (as_list(ids),))
        else:
            self.mark(sobject, ids, deleted=True)

    def _refuse_if_kept(self, sobject: SObject, tie: Tie, ids: Sequence[str]) -> None:
        """The text is on record with its line end (nforce, lib/connection)."""
        children = self.ties.find(tie, ids)
        if not children:
            return
        raise ApiError(
            Kind.DELETE_FAILED,
            name=self._name(sobject, ids[0]),
            plural=tie.sobject.plural.lower(),
            children=", ".join(str(self._name(tie.sobject, each)) for each in children),
        )

    def _name(self, sobject: SObject, record_id: str) -> Value:
        columns = f'"{sobject.name_field}"'
        if sobject.has("Salutation"):
            columns = f"ltrim(ifnull(\"Salutation\", '') || ' ' || {columns})"
        found = self.database.one(
            f'SELECT {columns} FROM "{sobject.name}" WHERE "Id" = ?', (record_id,)
        )
        return found[0] if found else record_id

    def _untie(self, tie: Tie, children: Sequence[str], root: str) -> None:
        """The lookup becomes null, unstamped; the log knows it, should the parent come back.

        Whether the stamp of the child moves is not documented; no trigger fires for it.
        """
        table, column = tie.sobject.name, tie.field.name
        self.database.run(
            f'INSERT OR REPLACE INTO "_untied" SELECT ?, "Id", ?, "{column}", ?'
            f' FROM "{table}" WHERE "Id" IN {IN_LIST}',
            (table, column, root, as_list(children)),
        )
        self.database.run(
            f'UPDATE "{table}" SET "{column}" = NULL WHERE "Id" IN {IN_LIST}', (as_list(children),)
        )

    def log(self, sobject: SObject, ids: Sequence[str], root: str) -> None:
        """What getDeleted will tell; the root is what a user deleted."""
        when = store_datetime(self.stamp)
        self.database.connection.executemany(
            'INSERT OR REPLACE INTO "_deleted" (sobject, id, deleted, root) VALUES (?, ?, ?, ?)',
            [(sobject.name, each, when, root) for each in ids],
        )

    def mark(self, sobject: SObject, ids: Sequence[str], *, deleted: bool) -> None:
        """Both ways move the stamps, so that replication sees the row again."""
        now = store_datetime(self.stamp)
        self.database.run(
            f'UPDATE "{sobject.name}" SET "IsDeleted" = ?, "SystemModstamp" = ?'
            f' WHERE "Id" IN {IN_LIST}',
            (int(deleted), now, as_list(ids)),
        )

    def purge(self, sobject: SObject, ids: Sequence[str] | None) -> int:
        """Out of the bin for good; the log of getDeleted keeps them."""
        some = "" if ids is None else f' AND "Id" IN {IN_LIST}'
        parameters = () if ids is None else (as_list([normalise(each) or each for each in ids]),)
        return self.database.run(
            f'DELETE FROM "{sobject.name}" WHERE "IsDeleted" = 1{some}', parameters
        )
