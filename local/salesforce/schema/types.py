"""The typed schema: what an object and a field are, before any of them is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

LONG_TEXT: Final = 255
ACTIVITIES: Final = frozenset({"Task", "Event"})


class FieldType(StrEnum):
    """The `type` of a field in a describe answer."""

    ID = "id"
    REFERENCE = "reference"
    STRING = "string"
    TEXTAREA = "textarea"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    COMBOBOX = "combobox"
    PHONE = "phone"
    URL = "url"
    EMAIL = "email"
    BOOLEAN = "boolean"
    INT = "int"
    DOUBLE = "double"
    CURRENCY = "currency"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    ADDRESS = "address"
    LOCATION = "location"
    ENCRYPTED = "encryptedstring"


TEXT_TYPES: Final = frozenset(
    {
        FieldType.STRING,
        FieldType.TEXTAREA,
        FieldType.PICKLIST,
        FieldType.MULTIPICKLIST,
        FieldType.COMBOBOX,
        FieldType.PHONE,
        FieldType.URL,
        FieldType.EMAIL,
        FieldType.ENCRYPTED,
    }
)
#: Shown by the API, held in other columns or rows.
COMPOUND_TYPES: Final = frozenset({FieldType.ADDRESS, FieldType.LOCATION})
ID_TYPES: Final = frozenset({FieldType.ID, FieldType.REFERENCE})
DECIMAL_TYPES: Final = frozenset({FieldType.DOUBLE, FieldType.CURRENCY, FieldType.PERCENT})
NUMBER_TYPES: Final = DECIMAL_TYPES | {FieldType.INT}
_UNORDERED: Final = COMPOUND_TYPES | {FieldType.MULTIPICKLIST}
_UNGROUPED: Final = (
    DECIMAL_TYPES
    | COMPOUND_TYPES
    | {FieldType.DATETIME, FieldType.TIME, FieldType.MULTIPICKLIST, FieldType.COMBOBOX}
)
_UNCOUNTED: Final = COMPOUND_TYPES | {FieldType.BOOLEAN}


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """One choice: the API uses `value`, people see `label`.

    `valid_for` are the positions in the controlling picklist that offer it.
    """

    value: str
    label: str
    default: bool = False
    active: bool = True
    valid_for: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a lookup points and how both ends are called.

    A cascade deletes the children with the parent, a restriction keeps a parent that has some.
    `child_name` may be None: such a relation cannot be used from the parent's side. One that is
    not listed is no child relationship in the describe answer of the parent at all. With Shared
    Activities it points to the `shared_targets` as well.
    """

    targets: tuple[str, ...]
    relationship: str | None
    child_name: str | None = None
    cascade: bool = False
    restricted: bool = False
    master: bool = False
    listed: bool = True
    shared_targets: tuple[str, ...] = ()

    @property
    def polymorphic(self) -> bool:
        """More than one kind of parent: paths then go through the `Name` object."""
        return len(self.targets) > 1


@dataclass(frozen=True, slots=True)
class Access:
    """What the API user may do with a field."""

    createable: bool = True
    updateable: bool = True
    nillable: bool = True
    defaulted_on_create: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field; the many keys of a describe answer follow from these.

    `differs` are the keys of the describe answer that do not follow, `formula` the path of a
    value computed from a parent whenever it is read, `auto_number` the format of a number
    given on create, `controller` the picklist a dependent one hangs on.
    """

    name: str
    label: str
    type: FieldType
    length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    access: Access = Access()
    default: str | bool | int | float | None = None
    picklist: tuple[PicklistValue, ...] = ()
    restricted: bool = False
    reference: Reference | None = None
    compound: str | None = None
    extra_type: str | None = None
    name_field: bool = False
    id_lookup: bool = False
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    custom: bool = False
    differs: tuple[tuple[str, str | int | None], ...] = ()
    formula: str | None = None
    auto_number: str | None = None
    controller: str | None = None
    shared_activities: bool = False

    def flag(self, name: str, rule: bool) -> bool:
        """A switch of the describe answer, unless this field differs from the rule."""
        return next((bool(value) for key, value in self.differs if key == name), rule)

    @property
    def is_text(self) -> bool:
        """Held and compared as text that people wrote."""
        return self.type in TEXT_TYPES

    @property
    def is_id(self) -> bool:
        """Held as an 18-character id and compared letter by letter."""
        return self.type in ID_TYPES

    @property
    def filterable(self) -> bool:
        """Long text can be read but neither filtered nor sorted."""
        long = self.type is FieldType.TEXTAREA and self.length > LONG_TEXT
        return self.flag("filterable", not (long or self.type is FieldType.ENCRYPTED))

    @property
    def sortable(self) -> bool:
        """As filterable, and compound and multi-select fields have no order."""
        return self.flag("sortable", self.filterable and self.type not in _UNORDERED)

    @property
    def groupable(self) -> bool:
        """As filterable; decimals, moments and compound fields cannot be grouped by."""
        return self.flag("groupable", self.filterable and self.type not in _UNGROUPED)

    @property
    def aggregatable(self) -> bool:
        """Whether COUNT_DISTINCT, MIN and the like take the field."""
        return self.flag("aggregatable", self.filterable and self.type not in _UNCOUNTED)

    @property
    def permissionable(self) -> bool:
        """Whether field-level security can hide the field: not what the system needs."""
        access = self.access
        settable = access.nillable and access.createable and access.updateable
        rule = not self.required if self.custom else settable or self.compound_type
        return self.flag("permissionable", rule)

    @property
    def compound_type(self) -> bool:
        """Made of other fields, which hold its parts."""
        return self.type in COMPOUND_TYPES

    @property
    def required(self) -> bool:
        """Must be in the body of a create."""
        access = self.access
        settable = access.createable and not access.nillable and not access.defaulted_on_create
        return settable and self.type is not FieldType.BOOLEAN


@dataclass(frozen=True, slots=True)
class ObjectTraits:
    """The switches of a describe answer that differ between objects."""

    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    undeletable: bool = True
    mergeable: bool = False
    feed_enabled: bool = False
    searchable: bool = True
    layoutable: bool = True
    retrieveable: bool = True
    queryable: bool = True
    replicateable: bool = True
    triggerable: bool = True
    bulk: bool = True
    deep_cloneable: bool = False
    mru: bool | None = None
    activities: bool = False
    shared_activities: bool = False
    scopes: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SObject:
    """One object with its fields in the order of its describe answer."""

    name: str
    label: str
    plural: str
    prefix: str
    fields: tuple[Field, ...]
    traits: ObjectTraits = ObjectTraits()
    custom: bool = False
    by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {each.name.lower(): each for each in self.fields})

    def get(self, name: str) -> Field | None:
        """The field of a name in any case."""
        return self.by_name.get(name.lower())

    def has(self, name: str) -> bool:
        """Whether the object has a field of this name."""
        return name.lower() in self.by_name

    @property
    def stored(self) -> tuple[Field, ...]:
        """Fields that rows hold; compound and computed ones are made of others."""
        return tuple(
            each for each in self.fields if each.type not in COMPOUND_TYPES and each.formula is None
        )

    @property
    def name_field(self) -> str:
        """The field people know a record by; a Task has a subject instead of a name."""
        return next((each.name for each in self.fields if each.name_field), "Id")
