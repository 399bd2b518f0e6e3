"""Follows a field path (`Owner.Manager.Name`) through live describes, checking every level."""

from dataclasses import dataclass
from difflib import get_close_matches

from syncline.errors import ConfigurationError
from syncline.ports import Crm, FieldDescription, ObjectDescription


@dataclass(frozen=True, slots=True)
class FieldEnd:
    """The field at the end of a path. `type` is the CRM's own word, lower case."""

    type: str
    createable: bool = False
    updateable: bool = False


@dataclass(frozen=True, slots=True)
class Referenced:
    """The end of a one-step path: the reference field, the object that it leads to, its field."""

    reference: FieldDescription
    object: ObjectDescription
    field: FieldDescription


class PathError(Exception):
    """A level of the path does not exist for the connected user."""

    def __init__(self, message: str, *, code: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.remedy = remedy


def end_of(path: str, described: ObjectDescription, crm: Crm) -> FieldEnd:
    """PathError names the level at fault.

    A reference may point to several objects (the owner of a task is a user or a queue): the field
    must exist on one that can be described. Where none can, the query that is checked afterwards
    decides.
    """
    *steps, leaf = path.split(".")
    reached = [described]
    for step in steps:
        reached = _follow(step, reached, crm, path)
        if not reached:
            return FieldEnd("string")
    for each in reversed(reached):
        found = each.fields.get(leaf.lower())
        if found is not None:
            return FieldEnd(found.type.lower(), found.createable, found.updateable)
    raise _no_field(leaf, reached, path)


def referenced(path: str, described: ObjectDescription, crm: Crm) -> Referenced:
    """What a one-step path (`Owner.Email`) leads to; of several objects that have the field the one
    of people. PathError names what is not there, or hidden from the connected user."""
    step, leaf = path.split(".")
    reached = _follow(step, [described], crm, path)
    having = [each for each in reached if leaf.lower() in each.fields]
    if not reached:
        message = f"'{path}': nothing that {step} leads to can be seen by the connected user"
        remedy = "Give the connected user access to the object."
        raise PathError(message, code="unknown_object", remedy=remedy)
    if not having:
        raise _no_field(leaf, reached, path)
    people = (each for each in having if each.name in crm.dialect.people)
    found = next(people, having[-1])
    reference = described.fields[described.relationships[step.lower()]]
    return Referenced(reference, found, found.fields[leaf.lower()])


def _follow(
    step: str, reached: list[ObjectDescription], crm: Crm, path: str
) -> list[ObjectDescription]:
    for each in reached:
        reference = each.fields.get(each.relationships.get(step.lower(), ""))
        if reference is not None:
            return _described(reference, crm)
    raise _no_relationship(step, reached[0], path)


def _described(reference: FieldDescription, crm: Crm) -> list[ObjectDescription]:
    found = []
    for name in reference.reference_to:
        try:
            found.append(crm.describe(name))
        except ConfigurationError as exc:
            if exc.code != "unknown_object":
                raise
    return found


def _no_relationship(step: str, described: ObjectDescription, path: str) -> PathError:
    field = described.fields.get(step.lower())
    if field is not None and field.relationship_name:
        better = path.replace(step, field.relationship_name, 1)
        remedy = f"Write '{better}': a path goes through the relationship, not through its field."
    else:
        remedy = _suggestion(step, [*described.relationships])
    return PathError(
        f"'{path}': {described.name} has no relationship '{step}' that the connected user can see",
        code="unknown_field",
        remedy=remedy,
    )


def _no_field(leaf: str, reached: list[ObjectDescription], path: str) -> PathError:
    names = " or ".join(each.name for each in reached)
    fields = [field.name for each in reached for field in each.fields.values()]
    return PathError(
        f"'{path}': {names} has no field '{leaf}' that the connected user can see",
        code="unknown_field",
        remedy=_suggestion(leaf, fields),
    )


def _suggestion(name: str, names: list[str]) -> str:
    by_lower = {each.lower(): each for each in names}
    close = get_close_matches(name.lower(), by_lower, n=1)
    hint = f"Did you mean '{by_lower[close[0]]}'? " if close else ""
    return f"{hint}Correct the API name, or give the connected user access to the field."
