"""Who may do what: rights on objects and fields, said of a user or of a profile.

Everything is allowed until something is said. What is said of a user counts for that user in
place of what is said of their profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class ObjectRights:
    """What may be done with the records of an object; without `read` the object is not there."""

    create: bool = True
    read: bool = True
    edit: bool = True
    delete: bool = True


@dataclass(frozen=True, slots=True)
class FieldRights:
    """Without `read` the field is not there; without `edit` it cannot be written."""

    read: bool = True
    edit: bool = True


@dataclass(frozen=True, slots=True)
class Grant:
    """All that is said of one object; fields by name in lower case."""

    rights: ObjectRights = ObjectRights()
    fields: Mapping[str, FieldRights] = field(default_factory=dict)


ALL_FIELD: Final = FieldRights()
Grants = Mapping[str, Grant]


class Permissions:
    """Grants by subject, the id of a user or profile, and by object in lower case."""

    def __init__(self, said: Mapping[str, Grants] | None = None, *, version: int = 0) -> None:
        self._said = {subject: dict(grants) for subject, grants in (said or {}).items()}
        self.version = version

    def put(self, subject: str, sobject: str, grant: Grant) -> None:
        """Say something new of an object; fields that are not named keep what was said."""
        grants = self._said.setdefault(subject, {})
        before = grants.get(sobject.lower(), Grant())
        grants[sobject.lower()] = Grant(grant.rights, {**before.fields, **grant.fields})
        self.version += 1

    def of(self, subject: str) -> Grants:
        """What is said of a user or profile."""
        return self._said.get(subject, {})

    def effective(self, user_id: str, profile_id: str | None) -> Grants:
        """What counts for a user, object by object."""
        return {**self.of(profile_id or ""), **self.of(user_id)}

    @property
    def silent(self) -> bool:
        """Whether nothing is said of anyone."""
        return not self._said

    def subjects(self) -> tuple[str, ...]:
        """Everyone something is said of."""
        return tuple(self._said)

    def copy(self) -> Permissions:
        """The same, for a snapshot."""
        return Permissions(self._said, version=self.version)
