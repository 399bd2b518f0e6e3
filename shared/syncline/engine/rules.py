"""What governs the decisions of one job: its kind, its settings and its mapping, resolved."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from syncline.engine.mapping import RowMapper


@dataclass(frozen=True)
class Rules:
    """`scope` is workspace and connection. `apply_parent_rule` is False for previews only (T10)."""

    scope: str
    object: str
    mapper: RowMapper
    mandatory: tuple[tuple[str, ...], ...] = ()
    lookups: tuple[str, ...] = ("external_id",)
    parent: str | None = None
    create: bool = True
    deletes: bool = False
    policy: str = "latest"
    apply_parent_rule: bool = True

    @cached_property
    def merged_attributes(self) -> tuple[str, ...]:
        """What a merge may change: all mapped attributes but the parent, which never moves (T6)."""
        return tuple(name for name in self.mapper.attributes if name != self.parent)

    def platform_id(self, crm_id: str) -> str:
        """The id that a record created for that CRM id gets, whoever creates it.

        Derived, not drawn: a creation repeated after a crash, or planned by two runs at once,
        meets itself instead of making a second record.
        """
        told = f"{self.scope}|{self.object}|{crm_id}"
        return hashlib.sha256(told.encode()).hexdigest()[:24]
