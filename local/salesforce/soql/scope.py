"""Names of a statement to columns: paths become left joins, to parents up to five levels away.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_query_limits.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.schema.people import NAME
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import Field, FieldType, SObject
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.tree import Path, Source
from local.salesforce.soql.wording import no_such_column, no_such_relationship

MAXIMUM_PARENTS: Final = 5
MAXIMUM_RELATIONSHIPS: Final = 55


@dataclass(frozen=True, slots=True)
class Bound:
    """A path that was found: its SQL, its field, and its names in the case of the schema."""

    sql: str
    field: Field
    names: tuple[str, ...]

    @property
    def is_address(self) -> bool:
        """A compound value, made of several columns."""
        return self.field.compound_type

    @property
    def outer(self) -> bool:
        """Read from a parent, which may not be there."""
        return len(self.names) > 1


@dataclass(frozen=True, slots=True)
class Joined:
    """One object reached by a path; a polymorphic one is several tables at once."""

    sobject: SObject
    tables: tuple[tuple[str, SObject], ...]
    names: tuple[str, ...]


class Scope:
    """The tables of one SELECT; it grows by a join whenever a path needs one."""

    def __init__(
        self, schema: Schema, sobject: SObject, *, alias: str, sources: tuple[Source, ...]
    ) -> None:
        self._schema = schema
        self._alias = alias
        self._root = Joined(sobject, ((alias, sobject),), ())
        self._joined: dict[tuple[str, ...], Joined] = {}
        self._joins: list[str] = []
        self._known = _aliases(sobject, sources)

    @property
    def sobject(self) -> SObject:
        """What FROM names."""
        return self._root.sobject

    @property
    def from_sql(self) -> str:
        """The FROM clause with the joins asked for so far."""
        return " ".join([f'"{self.sobject.name}" {self._alias}', *self._joins])

    def column(self, path: Path, base: Joined | None = None) -> Bound:
        """The column of a path; raises SoqlError for what the schema does not have.

        A path of TYPEOF begins at `base`, the parent, instead of the object of FROM.
        """
        parts = path.parts if base else self._strip(path.parts)
        owner = self._walk(parts[:-1], path, base or self._root)
        field = owner.sobject.get(parts[-1])
        if field is None:
            message = no_such_column(parts[-1], owner.sobject.name)
            raise SoqlError(Kind.QUERY_FIELD, message, path.at)
        return self._bound(owner, field)

    def parent(self, path: Path) -> tuple[Field, Joined]:
        """The reference and the parent at the end of relationships, as TYPEOF names them."""
        parts = self._strip(path.parts)
        owner = self._walk(parts[:-1], path, self._root)
        found = self._schema.parent(owner.sobject, parts[-1])
        if found is None:
            raise SoqlError(
                Kind.QUERY_FIELD,
                no_such_column(parts[-1], owner.sobject.name).replace("column", "relation", 1),
                path.at,
            )
        return found[0], self._parent(owner, parts[-1], path)

    def branch(self, parent: Joined, target: SObject) -> Joined:
        """A polymorphic parent where it is one of its types."""
        tables = tuple(each for each in parent.tables if each[1].name == target.name)
        names = (*parent.names, f"#{target.name}")
        return self._joined.setdefault(names, Joined(target, tables, names))

    def every_field(self) -> tuple[Bound, ...]:
        """All columns of the root object, in the order of its describe answer."""
        return tuple(self._bound(self._root, field) for field in self.sobject.fields)

    def parent_id(self, names: tuple[str, ...]) -> str:
        """The SQL of the Id at the end of relationships that were joined before."""
        joined = self._joined[names] if names else self._root
        return _coalesce(joined, "Id")

    def parent_object(self, names: tuple[str, ...]) -> SObject:
        """The object at the end of relationships that were joined before."""
        return self._joined[names].sobject if names else self.sobject

    def _strip(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """An alias in front becomes the path it stands for, unless it is a relationship."""
        stands_for = self._known.get(parts[0].lower()) if len(parts) > 1 else None
        if stands_for is None or self._schema.parent(self.sobject, parts[0]) is not None:
            return parts
        return (*stands_for, *parts[1:])

    def _walk(self, relationships: tuple[str, ...], path: Path, owner: Joined) -> Joined:
        if len(relationships) > MAXIMUM_PARENTS:
            raise SoqlError(
                Kind.MALFORMED_QUERY,
                "SOQL statements cannot query foreign key relationships more than"
                f" {MAXIMUM_PARENTS} levels away from the root entity object.",
                path.at,
            )
        for name in relationships:
            owner = self._parent(owner, name, path)
        return owner

    def _parent(self, owner: Joined, name: str, path: Path) -> Joined:
        found = self._schema.parent(owner.sobject, name)
        if found is None or found[0].reference is None:
            raise SoqlError(Kind.QUERY_FIELD, no_such_relationship(name), path.at)
        field, sobject = found
        names = (*owner.names, str(found[0].reference.relationship))
        if names not in self._joined:
            self._count(path)
            self._joined[names] = self._join(_coalesce(owner, field.name), field, sobject, names)
        return self._joined[names]

    def _count(self, path: Path) -> None:
        """Refuse the 56th relationship; the wording of Salesforce is not public."""
        if len(self._joined) >= MAXIMUM_RELATIONSHIPS:
            raise SoqlError(
                Kind.MALFORMED_QUERY,
                f"SOQL statements cannot reference more than {MAXIMUM_RELATIONSHIPS} foreign key"
                " relationships.",
                path.at,
            )

    def _join(self, key: str, field: Field, sobject: SObject, names: tuple[str, ...]) -> Joined:
        tables: list[tuple[str, SObject]] = []
        for target in self._schema.targets(field):
            alias = f"{self._alias}_{len(self._joins)}"
            self._joins.append(f'LEFT JOIN "{target.name}" {alias} ON {alias}."Id" = {key}')
            tables.append((alias, target))
        return Joined(sobject, tuple(tables), names)

    def _bound(self, owner: Joined, field: Field) -> Bound:
        names = (*owner.names, field.name)
        if owner.sobject is NAME:
            return Bound(_of_name(owner, field), field, names)
        if field.type is FieldType.ADDRESS:
            return Bound(_address(owner, field), field, names)
        if field.type is FieldType.LOCATION:
            return Bound(_location(owner, field), field, names)
        if field.formula is not None:
            source = Path(tuple(field.formula.split(".")), 0)
            return Bound(self.column(source, owner).sql, field, names)
        return Bound(_coalesce(owner, field.name), field, names)


def _aliases(sobject: SObject, sources: tuple[Source, ...]) -> Mapping[str, tuple[str, ...]]:
    """What each name in FROM stands for: `FROM Contact c, c.Account a` makes `a` a parent."""
    known: dict[str, tuple[str, ...]] = {sobject.name.lower(): ()}
    for source in sources[:1]:
        known[(source.alias or source.name).lower()] = ()
    for source in sources[1:]:
        first, *others = source.name.split(".")
        path = (*known.get(first.lower(), (first,)), *others)
        known[(source.alias or source.name).lower()] = path
    return known


def kind_sql(joined: Joined) -> str:
    """The name of the object a polymorphic parent is of; null where there is none."""
    cases = " ".join(
        f"WHEN {alias}.\"Id\" IS NOT NULL THEN '{sobject.name}'" for alias, sobject in joined.tables
    )
    return f"CASE {cases} END" if cases else "NULL"


def _coalesce(owner: Joined, name: str) -> str:
    columns = [f'{alias}."{name}"' for alias, sobject in owner.tables if sobject.has(name)]
    if not columns:
        return "NULL"
    return columns[0] if len(columns) == 1 else f"coalesce({', '.join(columns)})"


def _of_name(owner: Joined, field: Field) -> str:
    """A column of the Name object: of whichever table has the row."""
    if field.name == "Type":
        return kind_sql(owner)
    if field.name == "Name":
        columns = [f'{alias}."{sobject.name_field}"' for alias, sobject in owner.tables]
        return f"coalesce({', '.join([*columns, 'NULL'])})"
    return _coalesce(owner, field.name)


_ADDRESS_PARTS: Final = (
    "City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State", "Street",
)  # fmt: skip


def _address(owner: Joined, field: Field) -> str:
    prefix = field.name.removesuffix("Address")
    return _compound({part: _coalesce(owner, prefix + part) for part in _ADDRESS_PARTS})


def _location(owner: Joined, field: Field) -> str:
    """A custom geolocation, whose parts end with `__s`."""
    prefix = field.name.removesuffix("__c")
    parts = ("Latitude", "Longitude")
    return _compound({part: _coalesce(owner, f"{prefix}__{part}__s") for part in parts})


def _compound(columns: Mapping[str, str]) -> str:
    """JSON of the parts; null when every part is."""
    pairs = ", ".join(f"'{part[0].lower()}{part[1:]}', {sql}" for part, sql in columns.items())
    anything = f"coalesce({', '.join(columns.values())})"
    return f"CASE WHEN {anything} IS NOT NULL THEN json_object({pairs}) END"
