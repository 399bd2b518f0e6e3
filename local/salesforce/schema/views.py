"""The schema as requests meet it: with or without Shared Activities, and as one user sees it.

Each is worked out once and kept until the schema or a right changes, so that a request costs no
more than a look-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from local.salesforce.schema.permissions import (
    ALL_FIELD,
    FieldRights,
    Grant,
    Grants,
    ObjectRights,
    Permissions,
)
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import Field, SObject

#: When the schema of a new org was last changed.
_BORN: Final = datetime(2020, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


class Views:
    """Keeps one view for each state of Shared Activities and for each user."""

    def __init__(self, permissions: Permissions | None = None) -> None:
        self.permissions = permissions or Permissions()
        self._whole: dict[bool, tuple[Schema, int, Schema]] = {}
        self._seen: dict[str, tuple[Schema, int, str | None, Schema]] = {}
        self._state: object = None
        self._changed = _BORN

    def __getstate__(self) -> Permissions:
        """What a snapshot keeps; the views are worked out again."""
        return self.permissions

    def __setstate__(self, state: Permissions) -> None:
        self.__init__(state)  # type: ignore[misc]  # a restored one starts like a new one
        self._state = ()

    def changed(self, whole: Schema, now: datetime) -> datetime:
        """When what describe answers was last changed, in whole seconds; never the same twice.

        A change counts from the first answer that shows it.
        """
        state = (whole, self.permissions, self.permissions.version)
        if self._state is not None and self._state != state:
            self._changed = max(now.replace(microsecond=0), self._changed + _SECOND)
        self._state = state
        return self._changed

    def whole(self, schema: Schema, *, shared: bool) -> Schema:
        """Everything the org has, whoever looks: what rules and cascades work on."""
        kept = self._whole.get(shared)
        if kept is None or kept[0] is not schema or kept[1] != schema.version:
            kept = (schema, schema.version, Schema(tuple(_switched(schema, shared=shared))))
            self._whole[shared] = kept
        return kept[2]

    def seen(self, whole: Schema, *, user_id: str, profile_id: str | None) -> Schema:
        """What a user may see and write."""
        kept = self._seen.get(user_id)
        state = (whole, self.permissions.version, profile_id)
        if kept is None or kept[0] is not whole or kept[1:3] != state[1:]:
            grants = self.permissions.effective(user_id, profile_id)
            view = Schema(tuple(_granted(whole, grants))) if grants else whole
            kept = (*state, view)
            self._seen[user_id] = kept
        return kept[3]


def _switched(schema: Schema, *, shared: bool) -> Iterator[SObject]:
    for sobject in schema.objects():
        if shared or not sobject.traits.shared_activities:
            yield replace(sobject, fields=tuple(_fields(sobject, shared=shared)))


def _fields(sobject: SObject, *, shared: bool) -> Iterator[Field]:
    for field in sobject.fields:
        reference = field.reference
        if shared and reference is not None and reference.shared_targets:
            targets = tuple(sorted({*reference.targets, *reference.shared_targets}))
            yield replace(field, reference=replace(reference, targets=targets))
        elif shared or not field.shared_activities:
            yield field


def _granted(whole: Schema, grants: Grants) -> Iterator[SObject]:
    for sobject in whole.objects():
        grant = grants.get(sobject.name.lower())
        if grant is None:
            yield sobject
        elif grant.rights.read:
            yield _narrowed(sobject, grant)


def _narrowed(sobject: SObject, grant: Grant) -> SObject:
    rights: ObjectRights = grant.rights
    traits = replace(
        sobject.traits,
        createable=sobject.traits.createable and rights.create,
        updateable=sobject.traits.updateable and rights.edit,
        deletable=sobject.traits.deletable and rights.delete,
    )
    fields = (_limited(field, _rights(field, grant)) for field in sobject.fields)
    return replace(sobject, traits=traits, fields=tuple(each for each in fields if each))


def _rights(field: Field, grant: Grant) -> FieldRights:
    """A part of an address shares the rights of the whole."""
    own = grant.fields.get(field.name.lower(), ALL_FIELD)
    whole = grant.fields.get((field.compound or "").lower(), ALL_FIELD)
    return FieldRights(own.read and whole.read, own.edit and whole.edit)


def _limited(field: Field, rights: FieldRights) -> Field | None:
    if not rights.read:
        return None
    if rights.edit:
        return field
    return replace(field, access=replace(field.access, createable=False, updateable=False))
