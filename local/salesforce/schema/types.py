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
    ADDRESS = "address"


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
    }
)
ID_TYPES: Final = frozenset({FieldType.ID, FieldType.REFERENCE})
DECIMAL_TYPES: Final = frozenset({FieldType.DOUBLE, FieldType.CURRENCY, FieldType.PERCENT})
NUMBER_TYPES: Final = DECIMAL_TYPES | {FieldType.INT}


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """One choice: the API uses `value`, people see `label`."""

    value: str
    label: str
    default: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a lookup points and how both ends are called.

    A cascade deletes the children with the parent. `child_name` may be None: such a relation
    cannot be used from the parent's side.
    """

    targets: tuple[str, ...]
    relationship: str | None
    child_name: str | None = None
    cascade: bool = False

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
    """One field; the many keys of a describe answer follow from these."""

    name: str
    label: str
    type: FieldType
    length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    access: Access = Access()
    default: str | bool | None = None
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
    groupable: bool | None = None

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
        return not (self.type is FieldType.TEXTAREA and self.length > LONG_TEXT)

    @property
    def sortable(self) -> bool:
        """As filterable, and compound and multi-select fields have no order."""
        unordered = self.type in (FieldType.ADDRESS, FieldType.MULTIPICKLIST)
        return self.filterable and not unordered

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
        """Fields that rows hold; compound ones are made of their parts."""
        return tuple(each for each in self.fields if each.type is not FieldType.ADDRESS)

    @property
    def name_field(self) -> str:
        """The field people know a record by; a Task has a subject instead of a name."""
        return next((each.name for each in self.fields if each.name_field), "Id")
