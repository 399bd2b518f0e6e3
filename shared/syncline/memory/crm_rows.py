"""What becomes of one row that is written to a MemoryOrg: changed as Salesforce would, or refused
with a code."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from syncline.engine.ids import long_id
from syncline.engine.plan import SendKind
from syncline.engine.records import Values
from syncline.memory.org import MemoryOrg
from syncline.memory.org import Row as OrgRow
from syncline.ports import FieldDescription, ObjectDescription, Row, RowAnswer, WriteRequest

Write = Callable[[WriteRequest, ObjectDescription, Row], RowAnswer]


class RowWriter:
    """Writes as `user`, whose id every row it touches carries from then on."""

    def __init__(self, org: MemoryOrg, user: str) -> None:
        self._org = org
        self._user = user
        self._made = 0
        self._kinds: Final[Mapping[SendKind, Write]] = {
            SendKind.CREATE: self._create,
            SendKind.UPDATE: self._update,
            SendKind.DELETE: self._delete,
        }

    def write(self, request: WriteRequest, description: ObjectDescription, row: Row) -> RowAnswer:
        return self._kinds[request.kind](request, description, row)

    def _create(self, request: WriteRequest, description: ObjectDescription, row: Row) -> RowAnswer:
        key = {request.key_field: row.key} if request.key_field else {}
        found = [each["id"] for each in self._having(description.name, key)] if key else []
        if len(found) > 1:
            return refused(None, "The external id stands for several records.", *key)
        wrong = _unwritable(description, row.values, creating=True) or (
            _missing(description, row.values) if not found else ()
        )
        if wrong:
            return refused(None, "Fields cannot be created.", *wrong)
        if found:
            self._change(description, found[0], row.values)
            return RowAnswer(found[0])
        id = self._new_id(description)
        owner = {"OwnerId": self._user} if "ownerid" in description.fields else {}
        by = {"CreatedById": self._user, "LastModifiedById": self._user}
        self._org.put(
            description.name, id, **{**by, **owner, **_exact(description, {**row.values, **key})}
        )
        return RowAnswer(id, created=True)

    def _update(
        self, _request: WriteRequest, description: ObjectDescription, row: Row
    ) -> RowAnswer:
        if not self._lives(description.name, row.id):
            return RowAnswer(row.id, code="record_deleted", message="entity is deleted")
        wrong = _unwritable(description, row.values, creating=False)
        if wrong:
            return refused(row.id, "Fields cannot be changed.", *wrong)
        self._change(description, str(row.id), row.values)
        return RowAnswer(row.id)

    def _delete(
        self, _request: WriteRequest, description: ObjectDescription, row: Row
    ) -> RowAnswer:
        if self._lives(description.name, row.id):
            self._org.delete(description.name, str(row.id))
        return RowAnswer(row.id)

    def _change(self, description: ObjectDescription, id: str, values: Values) -> None:
        self._org.edit(description.name, id, by=self._user, **_exact(description, values))

    def _lives(self, object: str, id: str | None) -> bool:
        row = self._org.rows.get(object.lower(), {}).get(id or "")
        return row is not None and not row["isdeleted"]

    def _having(self, object: str, wanted: Values) -> Sequence[OrgRow]:
        """External ids mean no case."""
        ((name, value),) = wanted.items()
        folded = str(value).lower()
        return [
            row
            for row in self._org.rows.get(object.lower(), {}).values()
            if not row["isdeleted"] and str(row.get(name.lower())).lower() == folded
        ]

    def _new_id(self, description: ObjectDescription) -> str:
        """Every two ids that are made differ by nothing but the case of their letters, as the
        CRM's own may."""
        pair, second = divmod(self._made, 2)
        self._made += 1
        letters = "nW" if second else "Nw"
        return long_id(f"{description.key_prefix or 'a00'}{letters}{pair:010d}")


def refused(id: str | None, message: str, *fields: str) -> RowAnswer:
    """The answer to a row that breaks a rule of the CRM."""
    return RowAnswer(id, code="refused", message=message, fields=fields)


def _exact(description: ObjectDescription, values: Values) -> dict[str, Any]:
    """The values by the names that the CRM has for them."""
    return {description.fields[name.lower()].name: value for name, value in values.items()}


def _unwritable(
    description: ObjectDescription, values: Values, *, creating: bool
) -> tuple[str, ...]:
    """Fields that do not exist, are not ours to write, or cannot be empty."""

    def wrong(field: FieldDescription | None, *, empty: bool) -> bool:
        if field is None or not (field.createable if creating else field.updateable):
            return True
        return empty and not field.nillable

    return tuple(
        name
        for name, value in values.items()
        if wrong(description.fields.get(name.lower()), empty=value in (None, ""))
    )


def _missing(description: ObjectDescription, values: Values) -> tuple[str, ...]:
    """Fields that a new record needs and does not get."""
    given = {name.lower() for name in values}
    return tuple(
        field.name
        for name, field in description.fields.items()
        if field.createable
        and not (field.nillable or field.defaulted_on_create)
        and name not in given
    )
