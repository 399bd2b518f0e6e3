"""Short words for the tables of fields, so that each row of them fits on one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from local.salesforce.schema.types import Access, Field, FieldType, PicklistValue, Reference

OPEN: Final = Access()
READ_ONLY: Final = Access(createable=False, updateable=False)
SYSTEM: Final = Access(createable=False, updateable=False, nillable=False, defaulted_on_create=True)
REQUIRED: Final = Access(nillable=False)
DEFAULTED: Final = Access(nillable=False, defaulted_on_create=True)
NULLABLE_DEFAULT: Final = Access(defaulted_on_create=True)
CREATE_ONLY: Final = Access(updateable=False)
CREATE_ONLY_DEFAULTED: Final = Access(updateable=False, nillable=False, defaulted_on_create=True)

_GEOCODES: Final = (
    "Address", "NearAddress", "Block", "Street", "ExtendedZip", "Zip", "Neighborhood", "City",
    "County", "State", "Unknown",
)  # fmt: skip


def plain(name: str, label: str, kind: FieldType, *, access: Access = OPEN) -> Field:
    """A field that has nothing but a type: booleans, dates, datetimes."""
    if kind is FieldType.BOOLEAN:
        if access == OPEN:
            access = DEFAULTED
        return Field(name, label, kind, access=access, default=False)
    return Field(name, label, kind, access=access)


def text(name: str, label: str, length: int, *, access: Access = OPEN) -> Field:
    """One line of text."""
    return Field(name, label, FieldType.STRING, length=length, access=access)


def typed(name: str, label: str, kind: FieldType, *, length: int) -> Field:
    """Text of a kind: phone, url, email, combobox."""
    return Field(name, label, kind, length=length)


def area(name: str, label: str, length: int, *, access: Access = OPEN) -> Field:
    """Several lines of text; beyond 255 characters it cannot be filtered."""
    return Field(
        name, label, FieldType.TEXTAREA, length=length, access=access, extra_type="plaintextarea"
    )


def integer(name: str, label: str, *, digits: int = 8) -> Field:
    """A whole number."""
    return Field(name, label, FieldType.INT, digits=digits)


def number(name: str, label: str, kind: FieldType, *, precision: int, scale: int) -> Field:
    """A decimal number of a kind: double, currency, percent."""
    return Field(name, label, kind, precision=precision, scale=scale)


def choices(*values: str, default: str | None = None) -> tuple[PicklistValue, ...]:
    """Picklist values whose label equals the value, or is given after a colon."""
    pairs = (each.partition(":") for each in values)
    return tuple(
        PicklistValue(value, label or value, default=value == default) for value, _, label in pairs
    )


def pick(
    name: str,
    label: str,
    values: Sequence[PicklistValue],
    *,
    restricted: bool = False,
    access: Access = OPEN,
    length: int = 40,
) -> Field:
    """A choice of one; an unrestricted list takes other values too."""
    default = next((each.value for each in values if each.default), None)
    return Field(
        name, label, FieldType.PICKLIST, length=length, access=access, default=default,
        picklist=tuple(values), restricted=restricted,
    )  # fmt: skip


def but(field: Field, **differs: str | int | None) -> Field:
    """The same field, some keys of whose describe answer do not follow from the rest."""
    return replace(field, differs=(*field.differs, *differs.items()))


def required(field: Field) -> Field:
    """The same field, which every record must fill."""
    return replace(field, access=REQUIRED)


def hidden(field: Field) -> Field:
    """The same reference, which the describe answer of the parent does not list."""
    if field.reference is None:
        raise ValueError(field.name)
    return replace(field, reference=replace(field.reference, listed=False))


def unnamed(field: Field) -> Field:
    """The same reference, over which no path leads to the parent."""
    if field.reference is None:
        raise ValueError(field.name)
    return replace(field, reference=replace(field.reference, relationship=None))


def shared(field: Field) -> Field:
    """The same field, which is there with Shared Activities only."""
    return replace(field, shared_activities=True)


def restricting(field: Field) -> Field:
    """The same reference, whose parent cannot go while it has children."""
    if field.reference is None:
        raise ValueError(field.name)
    return replace(field, reference=replace(field.reference, restricted=True))


def lookup(
    name: str, label: str, to: str | tuple[str, ...], *,
    relationship: str | None = None, child: str | None = None, access: Access = OPEN,
) -> Field:  # fmt: skip
    """A reference; the relationship is the name without Id unless given."""
    targets = (to,) if isinstance(to, str) else to
    known = relationship or name.removesuffix("Id")
    return Field(
        name, label, FieldType.REFERENCE, length=18, access=access,
        reference=Reference(targets, known, child),
    )  # fmt: skip


def cascading(field: Field) -> Field:
    """The same reference, whose children go with the parent."""
    if field.reference is None:
        raise ValueError(field.name)
    return replace(field, reference=replace(field.reference, cascade=True))


def record_id(label: str) -> Field:
    """The Id of an object."""
    return Field("Id", label, FieldType.ID, length=18, access=SYSTEM, id_lookup=True)


def owner(label: str, targets: tuple[str, ...] = ("User",)) -> Field:
    """Who a record belongs to: on activities also a queue."""
    return lookup("OwnerId", label, targets, access=DEFAULTED)


def photo() -> Field:
    """The picture of a person or company; read-only."""
    field = typed("PhotoUrl", "Photo URL", FieldType.URL, length=255)
    return replace(field, access=READ_ONLY, extra_type="imageurl")


def jigsaw(kind: str) -> Field:
    """The id of the Data.com company or contact; a string that has a relationship name."""
    field = text(f"Jigsaw{kind}Id", f"Jigsaw {kind} ID", 20, access=READ_ONLY)
    return but(field, relationshipName=f"Jigsaw{kind}")


def seen() -> tuple[Field, ...]:
    """When the user last looked at or referred to the record; does not move its stamp."""
    return (
        plain("LastViewedDate", "Last Viewed Date", FieldType.DATETIME, access=READ_ONLY),
        plain("LastReferencedDate", "Last Referenced Date", FieldType.DATETIME, access=READ_ONLY),
    )


def active_since() -> Field:
    """The day of the newest activity; does not move the stamp of the record."""
    return plain("LastActivityDate", "Last Activity", FieldType.DATE, access=READ_ONLY)


def audit() -> tuple[Field, ...]:
    """Who and when; SystemModstamp is the one to poll."""
    return (
        plain("CreatedDate", "Created Date", FieldType.DATETIME, access=SYSTEM),
        lookup("CreatedById", "Created By ID", "User", access=SYSTEM),
        plain("LastModifiedDate", "Last Modified Date", FieldType.DATETIME, access=SYSTEM),
        lookup("LastModifiedById", "Last Modified By ID", "User", access=SYSTEM),
        plain("SystemModstamp", "System Modstamp", FieldType.DATETIME, access=SYSTEM),
    )


def deleted() -> Field:
    """The mark of a row in the recycle bin."""
    return plain("IsDeleted", "Deleted", FieldType.BOOLEAN, access=SYSTEM)


def address(kind: str) -> tuple[Field, ...]:
    """An address: nine parts and the compound field over them."""
    whole = f"{kind}Address"
    named = f"{kind} ".lstrip()
    parts = (
        area(f"{kind}Street", f"{named}Street", 255),
        text(f"{kind}City", f"{named}City", 40),
        text(f"{kind}State", f"{named}State/Province", 80),
        text(f"{kind}PostalCode", f"{named}Zip/Postal Code", 20),
        text(f"{kind}Country", f"{named}Country", 80),
        number(f"{kind}Latitude", f"{named}Latitude", FieldType.DOUBLE, precision=18, scale=15),
        number(f"{kind}Longitude", f"{named}Longitude", FieldType.DOUBLE, precision=18, scale=15),
        pick(
            f"{kind}GeocodeAccuracy", f"{named}Geocode Accuracy", choices(*_GEOCODES),
            restricted=True,
        ),
    )  # fmt: skip
    compound = Field(whole, f"{named}Address", FieldType.ADDRESS, access=READ_ONLY)
    return (*(replace(part, compound=whole) for part in parts), compound)


def person_name(last_required: Access = REQUIRED) -> tuple[Field, ...]:
    """The parts of a person's name; the whole is computed on write."""
    parts = (
        text("LastName", "Last Name", 80, access=last_required),
        text("FirstName", "First Name", 40),
        pick("Salutation", "Salutation", choices("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx.")),
    )
    whole = Field(
        "Name", "Full Name", FieldType.STRING, length=121, name_field=True,
        access=Access(createable=False, updateable=False, nillable=False),
        extra_type="personname",
    )  # fmt: skip
    named = (
        but(replace(part, compound="Name", extra_type="personname"), permissionable=False)
        for part in parts
    )
    return (*named, whole)
