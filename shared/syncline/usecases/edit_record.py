"""A person's edit of a platform record."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from syncline.config.models import Workspace
from syncline.engine.coercion import coercer
from syncline.engine.moments import precise_instant, to_the_second
from syncline.engine.records import PlatformRecord, Value, Values
from syncline.errors import ConflictError
from syncline.ports import Clock, Configuration, PlatformRecords, RecordsFactory, RecordWrite
from syncline.usecases.find import find_workspace, object_attributes
from syncline.usecases.findings import Finding, InvalidInputError, PreconditionError
from syncline.usecases.save_document import Result
from syncline.usecases.write_lines import written_back

_ATTEMPTS: Final = 5
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CRM_TYPES: Final[Mapping[str, str]] = {
    "text": "string",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
}
"""The type whose coercion makes a value of that attribute type canonical."""


@dataclass(frozen=True, slots=True)
class EditRecord:
    """Named attributes are set, None clears, others stay. Each changed attribute is noted with
    the time, for contested fields; the edit enters the change feed."""

    configuration: Configuration
    records: RecordsFactory
    clock: Clock

    def __call__(
        self, workspace: str, object: str, id: str, values: Values, *, version: int | None = None
    ) -> tuple[Result, PlatformRecord]:
        """InvalidInputError; PreconditionError if `version` is not the stored one; ConflictError
        for a lookup that belongs to another record, or a deleted record."""
        wanted = canonical(values, find_workspace(self.configuration, workspace), object)
        timed = written_back(self.configuration, workspace, object).keys()
        records = self.records(workspace)
        for _ in range(_ATTEMPTS):
            before = records.get(object, [id]).get(id)
            check_version(before, version)
            after = _timed(before, self._edited(before, object, id, wanted), timed)
            if before is not None and after is before:
                return "unchanged", before
            write = RecordWrite(after, expected=after.version - 1, before=before, feed=True)
            if records.write([write])[0]:
                return ("changed" if before else "created"), after
            _refuse_taken(records, before, object, id)
        raise ConflictError("the record keeps changing; try again", code="version_conflict")

    def _edited(
        self, before: PlatformRecord | None, object: str, id: str, wanted: Values
    ) -> PlatformRecord:
        now = precise_instant(self.clock.now())
        old = before.values if before else {}
        changed = [name for name, value in wanted.items() if old.get(name) != value]
        if before is None:
            given = {name: value for name, value in wanted.items() if value is not None}
            at = to_the_second(now)
            return PlatformRecord(object, id, 1, given, at, dict.fromkeys(changed, now))
        if not changed:
            return before
        merged = {**old, **wanted}
        return replace(
            before,
            version=before.version + 1,
            values={name: value for name, value in merged.items() if value is not None},
            updated_at=to_the_second(now),
            edits={**before.edits, **dict.fromkeys(changed, now)},
        )


def _timed(
    before: PlatformRecord | None, after: PlatformRecord, timed: Collection[str]
) -> PlatformRecord:
    """With the time of what was changed, as far as it is written back: an older change event that
    arrives late does not undo it."""
    if after is before:
        return after
    known = before.edits if before else {}
    new = {n: at for n, at in after.edits.items() if n in timed and known.get(n) != at}
    return replace(after, times={**after.times, **new}) if new else after


def canonical(values: Values, workspace: Workspace, object: str) -> dict[str, Value]:
    """The values as the platform keeps them. InvalidInputError with every finding."""
    types = object_attributes(workspace, object)
    found: dict[str, Value] = {}
    findings = []
    for name, value in values.items():
        if name not in types:
            findings.append(_unknown(name, object, types))
            continue
        try:
            found[name] = _kept(name, coercer(_CRM_TYPES[types[name]], types[name])(value))
            if types[name] == "datetime" and value:
                datetime.fromisoformat(str(found[name]))
        except ValueError as exc:
            findings.append(_unfit(name, value, exc))
    if findings:
        raise InvalidInputError(findings[0].message, code="invalid_body", findings=findings)
    return found


def _kept(name: str, value: Value) -> Value:
    """The External Id is stored in lower case (T4). ValueError for what no XML and no CSV of a CRM
    carries (https://www.w3.org/TR/xml/#charsets); what Salesforce makes of it is not documented."""
    if isinstance(value, str) and _UNPRINTABLE.search(value):
        raise ValueError("a text without control characters")
    return value.lower() if name == "external_id" and isinstance(value, str) else value


def check_version(before: PlatformRecord | None, version: int | None) -> None:
    """PreconditionError if the caller saw another version; ConflictError for a tombstone."""
    stored = before.version if before else 0
    if version is not None and version != stored:
        raise PreconditionError(f"the record has version {stored}, not {version}; read it again")
    if before is not None and before.deleted:
        raise ConflictError("the record was deleted; use another id", code="record_deleted")


def _refuse_taken(
    records: PlatformRecords, before: PlatformRecord | None, object: str, id: str
) -> None:
    """A write that failed although the version still holds met somebody else's lookup."""
    now = records.get(object, [id]).get(id)
    if now == before:
        raise ConflictError(
            f"another {object} has the same external_id; change it there first",
            code="lookup_taken",
        )


def _unknown(name: str, object: str, types: Mapping[str, str]) -> Finding:
    return Finding(
        code="unknown_attribute",
        field=f"/values/{name}",
        message=f"the platform's {object} has no attribute '{name}'",
        remedy=f"Use one of {', '.join(sorted(types))}, or declare it in the workspace.",
    )


def _unfit(name: str, value: Value, exc: ValueError) -> Finding:
    return Finding(
        code="value_does_not_fit",
        field=f"/values/{name}",
        message=f"the value of '{name}' is not {exc}",
        remedy=f"Give '{name}' {exc}, or null to clear it.",
        value=value,
    )
