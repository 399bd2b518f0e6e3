"""Bodies of writes to stored values: fields by any case, parents named by what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.ids import normalise
from local.salesforce.schema.types import SObject
from local.salesforce.store.incoming import nulled
from local.salesforce.store.intake import Entry, Intake, Row
from local.salesforce.store.lookups import Lookups
from local.salesforce.store.references import References

Body = Mapping[str, object]
#: Lists of people on an activity, which are rows of their own; there with Shared Activities only.
_PEOPLE: Final = {"taskwhoids": "TaskWhoIds", "eventwhoids": "EventWhoIds"}


@dataclass(frozen=True, slots=True)
class Bodies:
    """Reads the bodies of one request.

    `plain` remembers bodies whose keys are all fields that may be written: rows of a batch have
    the same keys.
    """

    references: References
    lookups: Lookups
    shared: bool
    plain: dict[tuple[object, ...], tuple[Entry, ...]] = field(default_factory=dict)

    def read(self, intake: Intake, sobject: SObject, body: Body, *, creating: bool) -> Row:
        """What a body says, as rows hold it; raises ApiError or WrongJsonError.

        A list of people comes back as one text under its own name, which no column has.
        """
        row: Row = {}
        keys = (id(intake), creating, *body)
        plain = self.plain.get(keys)
        if plain is not None:
            self._convert(sobject, zip(plain, body.values(), strict=True), row)
            return row
        locked: list[str] = []
        values: list[tuple[Entry, object]] = []
        for name, value in body.items():
            entry = intake.entries.get(name.lower())
            if entry is None:
                found = self._other(intake, sobject, name, value, row)
                if found is None:
                    continue
                entry, value = found  # noqa: PLW2901  the id of the parent it named
            access = entry.field.access
            if not (access.createable if creating else access.updateable):
                locked.append(entry.field.name)
            values.append((entry, value))
        if locked:
            raise ApiError(Kind.READ_ONLY_FIELD, fields=tuple(locked), names=", ".join(locked))
        if all(name.lower() in intake.entries for name in body):
            self.plain[keys] = tuple(entry for entry, _ in values)
        self._convert(sobject, values, row)
        return row

    def _convert(self, sobject: SObject, values: Iterable[tuple[Entry, object]], row: Row) -> None:
        check = self.references.check
        for entry, value in values:
            taken = entry.taken if isinstance(value, str) else None
            known = None if taken is None else taken.get(value)
            if known is not None:
                row[entry.name] = known
                continue
            field = entry.field
            stored = nulled(field) if value is None else entry.convert(field, value)
            row[entry.name] = stored
            if entry.prefixes is not None and stored is not None:
                check(sobject.name, entry, str(stored))
            if taken is not None:
                taken[value] = stored

    def _other(
        self, intake: Intake, sobject: SObject, name: str, value: object, row: Row
    ) -> tuple[Entry, object] | None:
        """What a key that is no field stands for: nothing, people, or a parent."""
        if name == "attributes":
            return None
        people = _PEOPLE.get(name.lower()) if self.shared else None
        if people is not None and people.startswith(sobject.name):
            row[people] = self._people(value)
            return None
        field, found = self.lookups.parent(sobject, name, value)
        return intake.entries[field.name.lower()], found

    def _people(self, value: object) -> str:
        listed = value if isinstance(value, list) else [value] if value else []
        ids: list[str] = []
        for each in listed:
            full = normalise(str(each))
            if full is None or self.references.sobject(full) is None:
                raise ApiError(Kind.MALFORMED_REFERENCE, label="Name ID", value=each)
            if self.references.value(full, "Id") is None:
                raise ApiError(Kind.CROSS_REFERENCE_FIELD, fields=("WhoId",))
            ids.append(full)
        return ",".join(dict.fromkeys(ids))
