"""What an admin set up that decides about writes: rules, duplicates, locked rows, assignment."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class DuplicateAction(StrEnum):
    """What a duplicate rule does: only an alert can be overruled by a header."""

    BLOCK = "block"
    ALERT = "alert"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """Records of an object that agree in all `fields` are duplicates; blanks never match."""

    sobject: str
    name: str
    fields: tuple[str, ...]
    action: DuplicateAction = DuplicateAction.BLOCK
    message: str = "Use one of these records?"


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A write is refused when `field` `op` `value` holds of the record as it would be.

    `op` is one of `=`, `!=`, `<`, `>`, `contains`, `blank`, `changed`. The message stands at
    `error_field`, or at the top of the page.
    """

    sobject: str
    name: str
    field: str
    op: str
    value: str | int | float | bool | None
    message: str
    error_field: str | None = None


@dataclass(slots=True)
class Lock:
    """Rows another transaction holds: writes to them or to their children fail some times."""

    ids: frozenset[str]
    times: int


@dataclass(slots=True)
class Policies:
    """All of them, in the order they were made; `assignment` is the owner by object."""

    duplicates: list[DuplicateRule] = field(default_factory=list)
    validations: list[ValidationRule] = field(default_factory=list)
    locks: list[Lock] = field(default_factory=list)
    assignment: dict[str, str] = field(default_factory=dict)
    shared_activities: bool = False

    @property
    def need_whole_rows(self) -> bool:
        """Whether any of them may look at any column of a record that changes."""
        made = self.duplicates or self.validations or self.locks
        return bool(made) or self.shared_activities


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """What the headers of a request say about saving."""

    allow_duplicates: bool = False
    auto_assign: bool = False


NO_OPTIONS: Final = SaveOptions()
