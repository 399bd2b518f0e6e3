"""Field-level security and object permissions, as profiles and permission sets would give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from local.salesforce.http.control.asking import (
    BadRequestError,
    asked_object,
    asked_record,
    routes,
)
from local.salesforce.http.messages import Answer, Call
from local.salesforce.ids import normalise
from local.salesforce.org import Org
from local.salesforce.schema.permissions import FieldRights, Grant, ObjectRights
from local.salesforce.schema.types import SObject


@dataclass(frozen=True, slots=True)
class Asked:
    """What may be done by a user, or by all of a profile, with one object and its fields."""

    sobject: str
    user: str | None = None
    profile: str | None = None
    object: Mapping[str, bool] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)


def permit(org: Org, call: Call) -> Answer:
    """`PUT permissions`: {"user" or "profile", "sobject", "object", "fields"}."""
    asked = asked_record(asked_object(call), Asked)
    sobject = org.schema.get(asked.sobject)
    if sobject is None:
        raise BadRequestError("sobject", asked.sobject, "no such object", "name one of this org")
    fields: dict[str, FieldRights] = {}
    for name, given in asked.fields.items():
        rights = asked_record(given, FieldRights)
        fields[_field(sobject, name, rights).lower()] = rights
    grant = Grant(asked_record(asked.object, ObjectRights), fields)
    org.views.permissions.put(_subject(org, asked), sobject.name, grant)
    return told(org, call)


def _subject(org: Org, asked: Asked) -> str:
    """The user, by id or username, or the profile, by id or name."""
    if (asked.user is None) == (asked.profile is None):
        raise BadRequestError("user", asked.user, "user or profile is needed", "give one of them")
    kind, key, given = (
        ("User", "Username", asked.user) if asked.user else ("Profile", "Name", asked.profile)
    )
    given = str(given)
    row = org.database.one(
        f'SELECT "Id" FROM "{kind}" WHERE "Id" = ? OR "{key}" = ?',  # noqa: S608  names of ours
        (normalise(given) or given, given),
    )
    if row is None:
        raise BadRequestError(kind.lower(), given, "there is none", f"give its id or {key}")
    return str(row[0])


def _field(sobject: SObject, name: str, rights: FieldRights) -> str:
    """The name as the schema has it; what the system needs cannot be taken away."""
    found = sobject.get(name)
    if found is None:
        raise BadRequestError(
            f"fields.{name}", name, f"{sobject.name} has no such field", "name one it has"
        )
    if not found.permissionable and not (rights.read and rights.edit):
        raise BadRequestError(
            f"fields.{name}", asdict(rights), "is seen by everyone (permissionable is false)",
            "leave it out",
        )  # fmt: skip
    return found.name


def told(org: Org, _call: Call) -> Answer:
    """`GET permissions`: all that is said, by the id of the user or profile and by object."""
    said = org.views.permissions
    return Answer(
        200,
        {
            subject: {
                org.schema.require(name).name: {
                    "object": asdict(grant.rights),
                    "fields": {
                        org.schema.require(name).by_name[each].name: asdict(rights)
                        for each, rights in grant.fields.items()
                        if each in org.schema.require(name).by_name
                    },
                }
                for name, grant in said.of(subject).items()
            }
            for subject in said.subjects()
        },
    )


ROUTES = routes((("PUT", "permissions", permit), ("GET", "permissions", told)))
