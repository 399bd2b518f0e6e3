"""Which rules an object has, in the order they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from local.salesforce.store.rules.activities import relations, task_state
from local.salesforce.store.rules.events import event_times
from local.salesforce.store.rules.saving import Saving

Rule = Callable[[Saving], None]


def _person(saving: Saving) -> None:
    parts = (saving.row.get("FirstName"), saving.row.get("LastName"))
    saving.row["Name"] = " ".join(str(part) for part in parts if part)


_NONE: Final[tuple[Rule, ...]] = ()
_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "Contact": (_person,),
    "User": (_person,),
    "Task": (relations, task_state),
    "Event": (relations, event_times),
}


def apply(sobject: str, saving: Saving) -> None:
    """Compute the fields of an object in place; raises ApiError for what it forbids."""
    for rule in _RULES.get(sobject, _NONE):
        rule(saving)
