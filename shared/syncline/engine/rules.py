"""What governs the decisions of one job: its kind, its settings and its mapping, resolved."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from syncline.engine.dialect import Dialect
from syncline.engine.mapping import RowMapper


@dataclass(frozen=True)
class Rules:
    """`scope` is workspace and connection. `apply_parent_rule` is False for previews only (T10).

    `own_key` is the place in a row of the field by which outbound creations are keyed: what it
    holds is `made_for` and the id of the platform record that the CRM's was made for.
    `timed` are the attributes that are written back.
    """

    scope: str
    object: str
    mapper: RowMapper
    dialect: Dialect
    mandatory: tuple[tuple[str, ...], ...] = ()
    parent: str | None = None
    parent_object: str | None = None
    create: bool = True
    deletes: bool = False
    policy: str = "latest"
    apply_parent_rule: bool = True
    frozen: frozenset[str] = frozenset()
    whole_record: bool = False
    own_key: int | None = None
    made_for: str = ""
    timed: frozenset[str] = frozenset()

    @property
    def connection(self) -> str:
        return self.scope.partition("|")[2]

    @cached_property
    def merged_attributes(self) -> tuple[str, ...]:
        """What a merge may change: all mapped attributes but the parent, which never moves (T6),
        and those that are the platform's own once they are there (T21)."""
        kept = {self.parent, *self.frozen}
        return tuple(name for name in self.mapper.attributes if name not in kept)

    @cached_property
    def told_by_crm(self) -> frozenset[str]:
        """Attributes that the CRM itself sets at every write, ours too: who and when."""
        stamped = self.dialect.stamped
        return frozenset(
            line.attribute for line in self.mapper.lines if line.crm.lower().startswith(stamped)
        )

    def platform_id(self, crm_id: str) -> str:
        """The id that a record created for that CRM id gets, whoever creates it.

        Derived, not drawn: a creation repeated after a crash, or planned by two runs at once,
        meets itself instead of making a second record.
        """
        told = f"{self.scope}|{self.object}|{crm_id}"
        return hashlib.sha256(told.encode()).hexdigest()[:24]
