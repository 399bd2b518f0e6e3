"""How one attribute is written back: to a field, by pointing a reference elsewhere, or to a field
of the record that a reference leads to. Values that cannot be written are refused here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from syncline.engine.coercion import UNFIT, coercer
from syncline.engine.dialect import Dialect
from syncline.engine.outcoercion import outcoercer
from syncline.engine.records import Value

Refusal = tuple[str, str]
"""Our stable word and a sentence for people, which may hold a value: never for a log."""

_BOOLEAN: Final = "boolean"
_MANY: Final = "multipicklist"
_SHOWN: Final = 80
_LISTED: Final = 20


class Mode(StrEnum):
    """W5: what writing an attribute means."""

    FIELD = "field"
    UPDATE_REFERENCE = "update_reference"
    """The record is made to point to another one: `Owner.Email` finds a user, sets `OwnerId`."""
    EDIT_VALUE = "edit_value"
    """The record that the reference leads to is changed: `Owner.Title`."""


@dataclass(frozen=True, slots=True)
class WriteLine:
    """An attribute and where it goes, resolved against the live org.

    `path` is how the inbound job reads it, `crm_type` the type at its end. `field` is what is
    written: the record's own, the reference field (UPDATE_REFERENCE), or that of the referenced
    `object` (EDIT_VALUE). `reference` is the reference field of both modes, `by` the field that
    UPDATE_REFERENCE finds a record of `object` by, `prefix` begins the ids of that object.
    `picklist` has the values of a restricted one. `flaw`: why nothing can be written there.
    """

    attribute: str
    type: str
    path: str
    crm_type: str
    mode: Mode
    field: str
    dialect: Dialect
    object: str = ""
    by: str = ""
    reference: str = ""
    prefix: str = ""
    length: int = 0
    picklist: tuple[str, ...] = ()
    updateable: bool = True
    nillable: bool = True
    flaw: Refusal | None = None

    @property
    def by_id(self) -> bool:
        """Whether the value is the id itself, so nobody has to be looked up."""
        return self.mode is Mode.UPDATE_REFERENCE and self.dialect.is_id_field(self.by)


def refused_value(line: WriteLine, value: Value) -> Refusal | None:
    """W7, W12, W13: why the value cannot be written, as far as the org's description tells."""
    if line.flaw is not None:
        return line.flaw
    if not line.updateable:
        crm = line.dialect.title
        return "read_only", f"{line.field} is read-only in {crm} for the connected user"
    return _refused_clearing(line) if value is None else _refused_content(line, value)


def _refused_content(line: WriteLine, value: Value) -> Refusal | None:
    try:
        sent = sent_value(line, value)
    except ValueError as exc:
        return UNFIT, f"{_shown(line, value)} is not {exc}, which {_wanted(line)} needs"
    if line.by_id and not line.dialect.ids.is_id(str(sent)):
        crm = line.dialect.title
        return UNFIT, f"{_shown(line, value)} is no {crm} id, which {_wanted(line)} needs"
    if line.mode is Mode.UPDATE_REFERENCE:
        return None
    return _refused_text(line, sent) if isinstance(sent, str) else None


def _shown(line: WriteLine, value: Value) -> str:
    text = str(value)
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"'{line.attribute}' is '{short}': that"


def _wanted(line: WriteLine) -> str:
    return f"{line.path} ({line.crm_type})"


def sent_value(line: WriteLine, value: Value) -> Value:
    """As its CRM field's type; ValueError says what is needed. A checkbox that is cleared is
    unchecked: Salesforce refuses null there with INVALID_TYPE_ON_FIELD_IN_RECORD
    (https://github.com/jetstreamapp/jetstream/issues/712)."""
    if value is None:
        return False if line.crm_type.lower() == _BOOLEAN else None
    sent = outcoercer(line.type, line.crm_type)(value)
    return line.dialect.ids.long_id(str(sent)) if line.by_id else sent


def form_of(line: WriteLine, value: Value) -> Value:
    """The value as the inbound job would read it back."""
    return coercer(line.crm_type, line.type)(sent_value(line, value))


def _refused_clearing(line: WriteLine) -> Refusal | None:
    if line.mode is Mode.UPDATE_REFERENCE:
        detail = f"'{line.attribute}' names a record; a reference cannot be cleared by write-back"
        return "reference_cleared", detail
    if not line.nillable and line.crm_type.lower() != _BOOLEAN:
        return "required", f"{line.field} cannot be empty in {line.dialect.title}"
    return None


def _refused_text(line: WriteLine, sent: str) -> Refusal | None:
    count = _length(sent)
    if line.length and count > line.length:
        detail = f"'{line.attribute}' has {count} characters; {line.field} holds {line.length}"
        return "too_long", detail
    chosen = sent.split(";") if line.crm_type.lower() == _MANY else [sent]
    if line.picklist and any(each not in line.picklist for each in chosen):
        more = ", …" if len(line.picklist) > _LISTED else ""
        known = ", ".join(line.picklist[:_LISTED])
        detail = f"{_shown(line, sent)} is not a value of {line.field}, which has: {known}{more}"
        return "not_in_picklist", detail
    return None


def _length(text: str) -> int:
    """In units of UTF-16: Salesforce counts a character outside the first plane as two, in formulas
    and in Apex (https://help.salesforce.com/s/articleView?id=005166849); that it does so for what a
    field holds is not documented."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


People = Mapping[tuple[str, str], tuple[tuple[str, str], ...]]
"""(attribute, folded value) → the records found, each as (CRM id, the value as the CRM spells
it)."""


def refused_reference(line: WriteLine, found: int, value: Value) -> Refusal | None:
    """W7: a reference must lead to exactly one record; inactive people are never found."""
    if found == 1:
        return None
    if not found:
        told = f"no active {line.object} has the {line.by} '{value}'"
        return "reference_not_found", told
    told = f"{found} active {line.object} records have the {line.by} '{value}'; one is needed"
    return "reference_ambiguous", told


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A value as it is sent and as it would be read back, or why it cannot be sent."""

    sent: Value = None
    form: Value = None
    refusal: Refusal | None = None


def outgoing_of(line: WriteLine, value: Value, people: People) -> Outgoing:
    """What goes out for that value of the attribute."""
    refusal = refused_value(line, value)
    if refusal is not None:
        return Outgoing(refusal=refusal)
    if line.mode is not Mode.UPDATE_REFERENCE or line.by_id:
        return Outgoing(sent_value(line, value), form_of(line, value))
    found = people.get((line.attribute, str(value).lower()), ())
    refusal = refused_reference(line, len(found), value)
    return Outgoing(refusal=refusal) if refusal else Outgoing(*found[0])
