"""How one attribute is written back: to a field, by pointing a reference elsewhere, or to a field
of the record that a reference leads to. Values that cannot be written are refused here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from syncline.engine.coercion import UNFIT, coercer, compatible
from syncline.engine.outcoercion import outcoercer
from syncline.engine.records import Value

Refusal = tuple[str, str]
"""Our stable word and a sentence for people."""

_MANY: Final = "multipicklist"


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
    UPDATE_REFERENCE finds a record of `object` by. `picklist` has the values of a restricted one.
    """

    attribute: str
    type: str
    path: str
    crm_type: str
    mode: Mode
    field: str
    object: str = ""
    by: str = ""
    reference: str = ""
    length: int = 0
    picklist: tuple[str, ...] = ()
    updateable: bool = True
    nillable: bool = True


def refused_value(line: WriteLine, value: Value) -> Refusal | None:
    """W7, W12, W13: why the value cannot be written, as far as the org's description tells."""
    if not line.updateable:
        return "read_only", f"{line.field} is read-only in Salesforce for the connected user"
    if value is None:
        return _refused_clearing(line)
    try:
        sent = sent_value(line, value)
    except ValueError as exc:
        return UNFIT, f"'{line.attribute}' is not {exc}, which {line.path} ({line.crm_type}) needs"
    if line.mode is Mode.UPDATE_REFERENCE:
        return None
    return _refused_text(line, str(sent)) if isinstance(sent, str) else None


def sent_value(line: WriteLine, value: Value) -> Value:
    """As its Salesforce field's type; ValueError says what is needed."""
    return None if value is None else outcoercer(line.type, line.crm_type)(value)


def form_of(line: WriteLine, value: Value) -> Value:
    """The value as the inbound job would read it back."""
    sent = sent_value(line, value)
    if sent is None or not compatible(line.crm_type, line.type):
        return sent
    return coercer(line.crm_type, line.type)(sent)


def _refused_clearing(line: WriteLine) -> Refusal | None:
    if line.mode is Mode.UPDATE_REFERENCE:
        detail = f"'{line.attribute}' names a record; a reference cannot be cleared by write-back"
        return "reference_cleared", detail
    if not line.nillable and line.crm_type.lower() != "boolean":
        return "required", f"{line.field} cannot be empty in Salesforce"
    return None


def _refused_text(line: WriteLine, sent: str) -> Refusal | None:
    if line.length and len(sent) > line.length:
        detail = f"'{line.attribute}' has {len(sent)} characters; {line.field} holds {line.length}"
        return "too_long", detail
    chosen = sent.split(";") if line.crm_type.lower() == _MANY else [sent]
    if line.picklist and any(each not in line.picklist for each in chosen):
        detail = f"{line.field} accepts one of: {', '.join(line.picklist)}"
        return "not_in_picklist", detail
    return None


People = Mapping[tuple[str, str], tuple[tuple[str, str], ...]]
"""(attribute, folded value) → the records found, each as (CRM id, the value as the CRM spells
it)."""


def refused_reference(line: WriteLine, found: int) -> Refusal | None:
    """W7: a reference must lead to exactly one record."""
    if found == 1:
        return None
    told = f"{found} records of {line.object} have that {line.by}; one is needed"
    return ("reference_ambiguous" if found else "reference_not_found"), told
