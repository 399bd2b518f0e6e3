"""From Salesforce's describe answer to what the use cases know of an object.

Field-level security removes hidden fields from the answer, so absent and hidden look the same.
"""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, Final

from syncline.errors import ConfigurationError
from syncline.ports import FieldDescription, ObjectDescription
from syncline.salesforce.session import OrgSession
from syncline.salesforce.soql import is_name

RECENT: Final = 600.0
"""Seconds for which the legs of a run in this process do without another describe."""
_PROCESS: Final[dict[tuple[str, str], tuple[float, ObjectDescription]]] = {}


def forget_descriptions() -> None:
    """Empties the cache of this process."""
    _PROCESS.clear()


class Descriptions:
    """The objects of one connection as its user sees them.

    `known` asks once for the life of a connection object, which is a validation or a leg: a hidden
    field is noticed by the next one. `recent` also takes what another leg in this process asked.
    """

    def __init__(self, session: OrgSession) -> None:
        self._session = session
        self._known: dict[str, ObjectDescription] = {}

    def known(self, object: str) -> ObjectDescription:
        """ConfigurationError(code="unknown_object") if it is absent or hidden."""
        found = self._known.get(object.lower())
        if found is None:
            found = self._asked(object)
            self._known[object.lower()] = found
            _PROCESS[self._session.sessions.key, object.lower()] = (monotonic(), found)
        return found

    def recent(self, object: str) -> ObjectDescription:
        """For names and types that the run has validated before."""
        if object.lower() in self._known:
            return self._known[object.lower()]
        asked, found = _PROCESS.get((self._session.sessions.key, object.lower()), (-RECENT, None))
        if found is None or monotonic() - asked > RECENT:
            return self.known(object)
        return found

    def _asked(self, object: str) -> ObjectDescription:
        if not is_name(object):
            raise _unknown(object)
        try:
            body = self._session.get(f"sobjects/{object}/describe")
        except ConfigurationError as exc:
            if exc.code != "not_found":
                raise
            raise _unknown(object) from exc
        return object_description(body)


def _unknown(object: str) -> ConfigurationError:
    return ConfigurationError(
        f"Salesforce knows no object '{object}', or hides it from the connected user.",
        code="unknown_object",
        field="salesforce_object",
        remedy="Correct the object's API name, or give the user access to it.",
    )


def object_description(body: Mapping[str, Any]) -> ObjectDescription:
    """Reads the body of `sobjects/X/describe`."""
    fields = {each["name"].lower(): _field(each) for each in body["fields"]}
    return ObjectDescription(
        name=body["name"],
        label=body["label"],
        key_prefix=body.get("keyPrefix"),
        fields=fields,
        mergeable=bool(body.get("mergeable")),
        createable=bool(body.get("createable")),
        updateable=bool(body.get("updateable")),
        deletable=bool(body.get("deletable")),
        replicateable=bool(body.get("replicateable")),
        relationships={
            each.relationship_name.lower(): name
            for name, each in fields.items()
            if each.relationship_name
        },
    )


def _field(body: Mapping[str, Any]) -> FieldDescription:
    return FieldDescription(
        name=body["name"],
        type=body["type"],
        label=body["label"],
        length=int(body.get("length") or 0),
        nillable=bool(body.get("nillable")),
        createable=bool(body.get("createable")),
        updateable=bool(body.get("updateable")),
        defaulted_on_create=bool(body.get("defaultedOnCreate")),
        filterable=bool(body.get("filterable")),
        sortable=bool(body.get("sortable")),
        reference_to=tuple(body.get("referenceTo") or ()),
        relationship_name=body.get("relationshipName"),
        picklist=_values(body.get("picklistValues") or ()),
        restricted=bool(body.get("restrictedPicklist")),
        external_id=bool(body.get("externalId")),
        case_sensitive=bool(body.get("caseSensitive")),
        unique=bool(body.get("unique")),
    )


def _values(picklist: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The API speaks of values, people see labels."""
    return tuple(str(each["value"]) for each in picklist if each.get("active", True))
