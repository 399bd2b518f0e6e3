"""What the engine must know of a sort of CRM, beside what the org tells of itself: data, with the
few rules of its ids. The sorts themselves stand in `kinds/`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol


class Ids(Protocol):
    """The rules of a CRM's record ids, which are unique over all objects of one connection and
    consist of letters, digits, dots, hyphens and underscores.

    Where ids of one object begin alike, that beginning is the object's key prefix.
    """

    def is_id(self, id: str, prefix: str | None = None) -> bool:
        """Whether it can be the id of a record, of the object with that key prefix."""
        ...

    def long_id(self, id: str) -> str:
        """The one form in which links hold it; anything that is no id stays as it is."""
        ...

    def restore_case(self, id: str) -> str | None:
        """The id that it was before it was stored in lower case (T4); None for what was none."""
        ...

    def unclear(self, id: str, prefix: str | None) -> tuple[str, str] | None:
        """Why nobody can tell which record is meant by what was an id before it was stored in lower
        case: reason and detail."""
        ...

    def alike(self, one: str, other: str) -> bool:
        """Whether both are ids of one object."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A sort of CRM. `name` is what a connection says; `title` is what people read in reasons and
    hints. Names of fields are compared in lower case.

    `id_field` holds a record's id and `modified_field` the time of its last change, on every
    object. `stamped`: how the paths of fields begin that every write sets, ours too; `system`: the
    fields that no request sets. `people`: of several objects that a reference may lead to, who is
    meant by the value of a person, first to last. `texts`: fields that hold text on whatever object
    a reference leads to. `deletions_told`: how far back it tells for sure of what was deleted.
    `composed`: object and field, in lower case, of what the CRM puts together → what it is made of,
    which can be written.
    """

    name: str
    title: str
    ids: Ids
    id_field: str
    modified_field: str
    deletions_told: timedelta
    stamped: tuple[str, ...] = ()
    system: frozenset[str] = frozenset()
    people: tuple[str, ...] = ()
    texts: frozenset[str] = frozenset()
    composed: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def is_id_field(self, name: str) -> bool:
        """Whether the field, or the path that is one, holds the record's id."""
        return name.lower() == self.id_field.lower()
