"""Outbound: what one mapping line writes, against the field that it writes to (T12, T14, T17)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from syncline.config.models import MappingLine
from syncline.engine.outcoercion import sendable
from syncline.kinds.kind import Kind
from syncline.usecases.check_paths import FieldEnd
from syncline.usecases.findings import Finding, at_line

_ID: Final = "id"
_REFERENCES: Final = frozenset({"id", "reference"})
_TYPES: Final = ("text", "number", "boolean", "date", "datetime")


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A line and the field at its end; `type` is the attribute's, None for an unknown one."""

    index: int
    line: MappingLine
    end: FieldEnd
    type: str | None

    @property
    def field(self) -> str:
        return self.line.salesforce

    def found(self, code: str, message: str, remedy: str) -> Finding:
        return at_line(self.index, "salesforce", code, said=(message, remedy, self.field))


def check_target(written: WrittenLine, kind: Kind, *, creates: bool) -> Iterator[Finding]:
    """The line of the parent is only for matching and is written where that is possible (T17); so
    is the record's own id."""
    if "." in written.field:
        message = f"{written.field} belongs to another object and cannot be written here"
        such = next((f", such as {name}" for name in kind.people), "")
        remedy = f"Map a field of the object itself{such}."
        yield written.found("reference_field", message, remedy)
    elif written.line.platform == kind.parent and written.line.key:
        return
    elif written.field.lower() == (kind.crm_parent or "").lower():
        message = f"{written.field} takes the account of a new record and is never changed"
        remedy = "Remove this line, or map a field of your own."
        yield written.found("parent_field_mapped", message, remedy)
    elif not (written.line.key and written.end.type == _ID):
        yield from _type(written)
        yield from _rights(written, kind, creates=creates)


def _type(written: WrittenLine) -> Iterator[Finding]:
    """References take ids or the e-mails that people are found by: texts."""
    type, end = written.type, written.end
    if type is None or _fits(type, end):
        return
    fitting = [each for each in _TYPES if _fits(each, end)]
    fits = f"an attribute of type {' or '.join(fitting)}" if fitting else "no attribute"
    attribute = written.line.platform
    message = f"'{attribute}' of type {type} cannot be written to {written.field} ({end.type})"
    remedy = f"The field takes {fits}; choose another field or attribute."
    yield written.found("wrong_type", message, remedy)


def _fits(type: str, end: FieldEnd) -> bool:
    return sendable(type, end.type) and (end.type not in _REFERENCES or type == "text")


def _rights(written: WrittenLine, kind: Kind, *, creates: bool) -> Iterator[Finding]:
    """Some fields are written once, so only the right to create them counts."""
    end, field = written.end, written.field
    names = {each.lower() for each in kind.create_only}
    once = kind.always_new or written.line.key or field.lower() in names
    if not (end.createable or end.updateable):
        message = f"the connected user can neither create nor update {field}"
        remedy = "Map a field that can be written, or give the user the right to write it."
        yield written.found("not_writable", message, remedy)
    elif once and not end.createable:
        message = f"{field} is written when a record is created only, and cannot be then"
        remedy = "Map a field that can be set at creation, or remove this line."
        yield written.found("not_createable", message, remedy)
    elif not once and not end.updateable:
        message = f"{field} can be set when a record is created, and never changed"
        remedy = "Map another field if later changes must arrive; else leave it so."
        yield _warning(written.found("not_updateable", message, remedy))
    elif creates and not end.createable:
        message = f"{field} cannot be set when a record is created, only changed later"
        remedy = "Give the user the right to set it; else leave it so."
        yield _warning(written.found("not_createable", message, remedy))


def _warning(finding: Finding) -> Finding:
    return replace(finding, severity="warning")
