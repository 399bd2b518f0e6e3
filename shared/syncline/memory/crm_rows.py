"""What becomes of one row that is written to a MemoryOrg: changed as Salesforce would, or refused
with a code."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from syncline.engine.plan import SendKind
from syncline.engine.records import Value, Values
from syncline.kinds.salesforce_ids import long_id
from syncline.memory.org import MemoryOrg
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
        found = self._having(description.name, request.key_field, row.key)
        if len(found) > 1:
            return refused(None, "several_matches", *key)
        wrong = self._wrong(description, row, creating=True)
        if wrong is not None:
            return wrong
        if found:
            self._change(description, found[0], row.values)
            return RowAnswer(found[0])
        missing = _missing(description, row.values)
        if missing:
            return refused(None, "required_missing", *missing)
        return RowAnswer(self._add(description, {**row.values, **key}), created=True)

    def _add(self, description: ObjectDescription, values: Values) -> str:
        id = self._new_id(description)
        owner = {"OwnerId": self._user} if "ownerid" in description.fields else {}
        by = {"CreatedById": self._user, "LastModifiedById": self._user}
        self._org.put(description.name, id, **{**by, **owner, **_exact(description, values)})
        return id

    def _update(
        self, _request: WriteRequest, description: ObjectDescription, row: Row
    ) -> RowAnswer:
        if not self._lives(description.name, row.id):
            return refused(row.id, "record_deleted")
        wrong = self._wrong(description, row, creating=False)
        if wrong is not None:
            return wrong
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

    def _having(self, object: str, field: str | None, value: str) -> Sequence[str]:
        """Ids of the live records with that external id, in which case means nothing."""
        if field is None:
            return []
        return [
            str(row["id"])
            for row in self._org.rows.get(object.lower(), {}).values()
            if not row["isdeleted"] and str(row.get(field.lower())).lower() == value.lower()
        ]

    def _wrong(
        self, description: ObjectDescription, row: Row, *, creating: bool
    ) -> RowAnswer | None:
        """The refusal for the first value that its field does not take."""
        for name, value in row.values.items():
            field = description.fields.get(name.lower())
            code = _unfit(field, value, creating=creating) or self._astray(field, value)
            if code:
                return refused(row.id, code, name)
        return None

    def _astray(self, field: FieldDescription | None, value: Value) -> str:
        """Of a reference to nothing that is there, where the org has such objects at all."""
        known = [each.lower() for each in field.reference_to] if field else []
        tables = [self._org.rows.get(each, {}) for each in known if each in self._org.objects]
        if value in (None, "") or not tables:
            return ""
        target = next((table[str(value)] for table in tables if str(value) in table), None)
        if target is None or target["isdeleted"]:
            return "bad_reference"
        return "inactive_owner" if target.get("isactive") is False else ""

    def _new_id(self, description: ObjectDescription) -> str:
        """Every two ids that are made differ by nothing but the case of their letters, as the
        CRM's own may."""
        pair, second = divmod(self._made, 2)
        self._made += 1
        letters = "nW" if second else "Nw"
        return long_id(f"{description.key_prefix or 'a00'}{letters}{pair:010d}")


def refused(id: str | None, code: str, *fields: str, again: bool = False) -> RowAnswer:
    """The answer to a row that the CRM does not take."""
    return RowAnswer(id, code=code, message=f"Refused: {code}.", fields=fields, again=again)


def _exact(description: ObjectDescription, values: Values) -> dict[str, Any]:
    """The values by the names that the CRM has for them."""
    return {description.fields[name.lower()].name: value for name, value in values.items()}


def _unfit(field: FieldDescription | None, value: Value, *, creating: bool) -> str:
    """Of a field that does not exist, is not ours to write, or cannot be empty."""
    if field is None:
        return "bad_value"
    if not (field.createable if creating else field.updateable):
        return "read_only"
    return "required_missing" if value in (None, "") and not field.nillable else ""


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
