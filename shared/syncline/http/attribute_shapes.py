"""What the API answers about attributes, as models for the document."""

from typing import Literal

from syncline.config.attribute import Attribute
from syncline.http.shapes import FindingShown, Result, Shown


class TargetShown(Shown):
    """Where an inbound job says that an attribute goes: the path that it reads, and what writing
    means there."""

    connection: str
    job: str
    salesforce_object: str
    path: str
    mode: Literal["field", "update_reference", "edit_value"]


class AttributeShown(Shown):
    """An attribute, named `object.attribute`, and the places that it is written to if it is."""

    name: str
    attribute: Attribute
    targets: list[TargetShown]


class SavedAttribute(AttributeShown):
    result: Result
    findings: list[FindingShown]


class AttributeList(Shown):
    items: list[AttributeShown]
    next: str | None
