"""Fields of records that references lead to (W5, *edit the value*): what is written there, and what
we wrote there last. Several records may lead to one, so no cross-reference tells it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from syncline.engine.moments import order
from syncline.engine.records import Value
from syncline.engine.told import SUPERSEDED, Told

EditPlace = tuple[str, str]
"""CRM id, and the field in lower case."""
EDITED_LATER: Final = Told(
    SUPERSEDED, "later_change", "the record that it leads to was changed later through another one"
)


@dataclass(frozen=True, slots=True)
class EditOther:
    """A field of the record that a reference leads to."""

    attribute: str
    object: str
    id: str
    field: str
    value: Value
    at: str
    """When it was changed: of two changes of one field the later is written."""
    form: Value = None
    """The value as it would be read back."""


@dataclass(frozen=True, slots=True)
class Edited:
    """`at` is the time of the change that was written, not of the writing; `value` as it is read
    back. As long as the CRM has that value, nobody has edited it there since."""

    at: str
    value: Value


def last_edits(edits: Iterable[EditOther]) -> dict[EditPlace, Edited]:
    """What is there once they are written: of each field the latest, of equal times the last."""
    last: dict[EditPlace, Edited] = {}
    for edit in edits:
        place = edit.id, edit.field.lower()
        if place not in last or order(last[place].at) <= order(edit.at):
            last[place] = Edited(edit.at, edit.form)
    return last
