"""From the mapped values of one record to what is sent: constants, composed texts, rules on dates.

Pure functions, one for each kind that needs it, named by `Kind.prepare`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from syncline.engine.records import Value, Values


@dataclass(slots=True)
class Draft:
    """What is known when the values of one record are made ready.

    Names of CRM fields are spelled as the describe spells them, but in `fields`, which are those
    of the target object that the connected user sees, in lower case.
    """

    record: Values
    """The platform record."""
    values: Values
    """CRM field → canonical CRM value as mapped, references found; of an update, changes only."""
    creating: bool
    fields: Collection[str]
    targets: Mapping[str, tuple[str, ...]]
    """Platform attribute → the CRM fields that the mapping feeds from it."""

    def knows(self, field: str) -> bool:
        """Whether the target object has the field."""
        return field.lower() in self.fields


Prepare = Callable[[Draft], dict[str, Value]]
