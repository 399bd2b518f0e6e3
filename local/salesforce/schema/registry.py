"""The org's schema: lookup by any case, by key prefix, and custom fields added at run time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from local.salesforce.schema.activities import EVENT, TASK
from local.salesforce.schema.crm import ACCOUNT, CONTACT, ORGANIZATION, RECORD_TYPE
from local.salesforce.schema.leads import LEAD
from local.salesforce.schema.people import GROUP, NAME, USER
from local.salesforce.schema.relations import EVENT_RELATION, TASK_RELATION
from local.salesforce.schema.sales import (
    CAMPAIGN,
    CAMPAIGN_MEMBER,
    CAMPAIGN_MEMBER_STATUS,
    OPPORTUNITY,
    OPPORTUNITY_CONTACT_ROLE,
)
from local.salesforce.schema.service import CASE
from local.salesforce.schema.setup import GROUP_MEMBER, PROFILE, QUEUE_SOBJECT, USER_ROLE
from local.salesforce.schema.statuses import (
    CASE_STATUS,
    LEAD_STATUS,
    OPPORTUNITY_STAGE,
    TASK_PRIORITY,
    TASK_STATUS,
)
from local.salesforce.schema.types import Field, Reference, SObject

STANDARD: Final = (
    ACCOUNT, CONTACT, LEAD, OPPORTUNITY, OPPORTUNITY_CONTACT_ROLE, CASE, CAMPAIGN,
    CAMPAIGN_MEMBER, CAMPAIGN_MEMBER_STATUS, USER, GROUP, GROUP_MEMBER, QUEUE_SOBJECT, PROFILE,
    USER_ROLE, TASK, EVENT, TASK_RELATION, EVENT_RELATION, TASK_STATUS, TASK_PRIORITY,
    CASE_STATUS, LEAD_STATUS, OPPORTUNITY_STAGE, ORGANIZATION, RECORD_TYPE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Child:
    """A relation seen from the parent."""

    sobject: SObject
    field: Field
    name: str | None
    cascade: bool
    listed: bool = True
    restricted: bool = False


class Schema:
    """Objects by name; an object is replaced as a whole when it changes, so readers keep theirs.

    `version` counts the changes.
    """

    def __init__(self, objects: tuple[SObject, ...] = STANDARD) -> None:
        self._objects = {each.name.lower(): each for each in objects}
        self.version = 0

    def __iter__(self) -> Iterator[SObject]:
        return iter(sorted(self._objects.values(), key=lambda each: each.name))

    def get(self, name: str) -> SObject | None:
        """The object of a name in any case."""
        return self._objects.get(name.lower())

    def require(self, name: str) -> SObject:
        """The object of a name that is known to exist."""
        return self._objects[name.lower()]

    def of_id(self, record_id: str) -> SObject | None:
        """The object an id belongs to, told by its first three characters."""
        prefix = record_id[:3]
        return next((each for each in self._objects.values() if each.prefix == prefix), None)

    def targets(self, field: Field) -> tuple[SObject, ...]:
        """The parents of a reference that this org has."""
        names = field.reference.targets if field.reference else ()
        return tuple(found for name in names if (found := self.get(name)) is not None)

    def parent(self, sobject: SObject, relationship: str) -> tuple[Field, SObject] | None:
        """The reference of a relationship name and what it leads to."""
        wanted = relationship.lower()
        for field in sobject.fields:
            reference = field.reference
            if reference and reference.relationship and reference.relationship.lower() == wanted:
                targets = self.targets(field)
                if reference.polymorphic:
                    return field, NAME
                return (field, targets[0]) if targets else None
        return None

    def children(self, parent: SObject) -> tuple[Child, ...]:
        """All references to an object, in the order of child objects."""
        return tuple(
            _child(each, field, field.reference)
            for each in self
            for field in each.fields
            if field.reference and parent.name in field.reference.targets
        )

    def put(self, sobject: SObject) -> None:
        """A new object, or one in place of the one that had its name."""
        self._objects[sobject.name.lower()] = sobject
        self.version += 1

    def objects(self) -> tuple[SObject, ...]:
        """Every object as it stands, for a snapshot."""
        return tuple(self._objects.values())


def _child(sobject: SObject, field: Field, reference: Reference) -> Child:
    return Child(
        sobject, field, reference.child_name, reference.cascade,
        listed=reference.listed, restricted=reference.restricted,
    )  # fmt: skip
