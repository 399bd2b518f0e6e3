"""A CRM's rows in memory, and the ways in which people and programs change them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from syncline.engine.moments import canonical_instant
from syncline.engine.records import Raw
from syncline.ports import FieldDescription, ObjectDescription

Row = dict[str, Any]
"""Lower-case field name or path ("owner.email") → value."""

_SYSTEM = {
    "Id": "id",
    "SystemModstamp": "datetime",
    "LastModifiedDate": "datetime",
    "CreatedDate": "datetime",
    "IsDeleted": "boolean",
}
_READ_ONLY: Final = frozenset(
    [*(each.lower() for each in _SYSTEM), "masterrecordid", "createdbyid", "lastmodifiedbyid"]
)
_ACTIVITIES: Final = frozenset({"task", "event"})
_ACCOUNT: Final = "001"
_COMPUTED: Final = frozenset({"accountid", "isclosed", "isarchived"})
"""Fields that Salesforce itself fills on activities: object reference, Task and Event."""


def instant(moment: datetime) -> str:
    """The canonical form of an aware time."""
    return canonical_instant(moment)


@dataclass(frozen=True, slots=True)
class Limits:
    """Fields of an object that cannot be written as others are, by their exact names."""

    read_only: Collection[str] = ()
    create_only: Collection[str] = ()
    required: Collection[str] = ()


def described(
    name: str,
    fields: Mapping[str, str],
    *,
    key_prefix: str | None = None,
    references: Mapping[str, tuple[str, ...]] | None = None,
    mergeable: bool = False,
    limits: Limits | None = None,
) -> ObjectDescription:
    """A description from field name → type; the system fields come by themselves.

    `references` names reference fields ("OwnerId") and what they point to; the relationship is
    called as the field without its "Id", as the CRM's own are. Every field can be written but
    those that the CRM itself fills and what `limits` says.
    """
    limits = limits or Limits()
    types = {**_SYSTEM, **({"MasterRecordId": "reference"} if mergeable else {}), **fields}
    types.update(dict.fromkeys(references or {}, "reference"))
    targets = references or {}
    relations = {each: each.removesuffix("Id") for each in targets}
    return ObjectDescription(
        name=name,
        label=name,
        key_prefix=key_prefix,
        fields={
            each.lower(): FieldDescription(
                each,
                type,
                each,
                nillable=each not in limits.required,
                createable=_writable(name, each) and each not in limits.read_only,
                updateable=_writable(name, each)
                and each not in (*limits.read_only, *limits.create_only),
                reference_to=targets.get(each, ()),
                relationship_name=relations.get(each),
            )
            for each, type in types.items()
        },
        mergeable=mergeable,
        createable=True,
        updateable=True,
        deletable=True,
        relationships={to.lower(): each.lower() for each, to in relations.items()},
    )


def _writable(object: str, field: str) -> bool:
    computed = object.lower() in _ACTIVITIES and field.lower() in _COMPUTED
    return not computed and field.lower() not in _READ_ONLY


@dataclass(slots=True)
class MemoryOrg:
    """Rows by object and id. Every change takes its stamp from `clock`, which tests set.

    Field names are case-insensitive. A value of a related record is given as a path
    (`**{"Owner.Email": "ada@example.com"}`) or found through the reference field's row. When the
    reference changes, what was given so is forgotten; the AccountId of an activity follows what it
    is about.
    """

    objects: Mapping[str, ObjectDescription]
    clock: datetime
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    purged: dict[str, dict[str, str]] = field(default_factory=dict)
    """Object → id → when it was deleted: the CRM's own log."""
    hidden_until: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def advance(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)

    def put(
        self,
        object: str,
        id: str,
        *,
        stamp: str | None = None,
        modified: str | None = None,
        visible_from: datetime | None = None,
        **fields: Raw,
    ) -> None:
        """A whole new row. `visible_from` makes it a late commit: an old stamp, seen later."""
        stamp = stamp or instant(self.clock)
        row: Row = {
            "id": id,
            "systemmodstamp": stamp,
            "lastmodifieddate": modified or stamp,
            "createddate": modified or stamp,
            "isdeleted": False,
        }
        row.update({name.lower(): value for name, value in fields.items()})
        self._table(object)[id] = row
        self._follow(object, row, fields)
        if visible_from is not None:
            self.hidden_until[object.lower(), id] = visible_from

    def edit(
        self,
        object: str,
        id: str,
        *,
        by_user: bool = True,
        by: str | None = None,
        **fields: Raw,
    ) -> None:
        """Changes some fields and the stamps; an automated change leaves LastModifiedDate. `by` is
        the id of the user who does it, where that matters."""
        row = self._table(object)[id]
        if by is not None:
            fields = {**fields, "LastModifiedById": by}
        row.update({name.lower(): value for name, value in fields.items()})
        self._follow(object, row, fields)
        row["systemmodstamp"] = instant(self.clock)
        if by_user:
            row["lastmodifieddate"] = row["systemmodstamp"]

    def delete(self, object: str, id: str) -> None:
        """Into the recycle bin."""
        self.edit(object, id, by_user=False, IsDeleted=True)

    def undelete(self, object: str, id: str) -> None:
        self.edit(object, id, by_user=False, IsDeleted=False, MasterRecordId=None)

    def merge(self, object: str, *, loser: str, winner: str) -> None:
        self.edit(object, loser, by_user=False, IsDeleted=True, MasterRecordId=winner)
        self.edit(object, winner, by_user=False)

    def purge(self, object: str, id: str) -> None:
        """Out of the recycle bin; only the log of deletions knows of it."""
        row = self._table(object).pop(id)
        stamp = str(row["systemmodstamp"]) if row["isdeleted"] else instant(self.clock)
        self.purged.setdefault(object.lower(), {})[id] = stamp

    def value(self, object: str, id: str, path: str) -> Raw:
        """The value at a field path of a row; None where the way ends early."""
        row = self.rows.get(object.lower(), {}).get(id)
        if row is None:
            return None
        found = row.get(path.lower())
        if found is not None or "." not in path:
            return None if found == "" else found
        relation, _, rest = path.partition(".")
        reference = self.objects[object.lower()].relationships.get(relation.lower(), "")
        parent = row.get(reference)
        targets = self.objects[object.lower()].fields[reference].reference_to if parent else ()
        return next(
            (self.value(each, str(parent), rest) for each in targets if self._has(each, parent)),
            None,
        )

    def reader(self, object: str, paths: Sequence[str]) -> Callable[[Row], tuple[Raw, ...]]:
        """What picks the values at those paths from a row of the object."""
        names = [each.lower() for each in paths]

        def related(row: Row, name: str) -> Raw:
            return self.value(object, str(row["id"]), name) if "." in name else None

        def read(row: Row) -> tuple[Raw, ...]:
            values = [row[name] if name in row else related(row, name) for name in names]
            return tuple([None if value == "" else value for value in values])

        return read

    def visible(self, object: str) -> Sequence[Row]:
        """Every row that has been committed by now, deleted ones included."""
        if not self.hidden_until:
            return list(self.rows.get(object.lower(), {}).values())
        return [
            row
            for id, row in self.rows.get(object.lower(), {}).items()
            if self.hidden_until.get((object.lower(), id), self.clock) <= self.clock
        ]

    def _follow(self, object: str, row: Row, changed: Iterable[str]) -> None:
        """What hangs on the changed fields of a row."""
        description = self.objects[object.lower()]
        names = {each.lower() for each in changed}
        moved = object.lower() in _ACTIVITIES and not names.isdisjoint({"whatid", "whoid"})
        if moved and "accountid" in description.fields and "accountid" not in names:
            row["accountid"] = self._account(row)
            names.add("accountid")
        for relation, reference in description.relationships.items():
            if reference in names:
                stale = [each for each in row if each.startswith(f"{relation}.")]
                for each in set(stale) - names:
                    del row[each]

    def _account(self, row: Row) -> Any:
        """What it is about if that is an account, else the account of that or of the contact
        (object reference, Task, AccountId)."""
        for id in (row.get("whatid"), row.get("whoid")):
            if str(id).startswith(_ACCOUNT):
                return id
            for rows in self.rows.values():
                if id in rows:
                    return rows[id].get("accountid")
        return None

    def _has(self, object: str, id: Raw) -> bool:
        return id in self.rows.get(object.lower(), {}) and object.lower() in self.objects

    def _table(self, object: str) -> dict[str, Row]:
        if object.lower() not in self.objects:
            raise KeyError(f"no description of {object} was given")
        return self.rows.setdefault(object.lower(), {})
