"""Who is on an event beside its own WhoId: the rows of EventRelation.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventattendee.htm
says: without Shared Activities the rows are invitees (contacts, leads, users, resources); with it
also the related people (IsParent) and what the event is about (IsWhat). That related rows give a
person's e-mail as `Relation.Email` is seen in queries of public projects.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from syncline.errors import ConfigurationError
from syncline.ports import ObjectDescription
from syncline.salesforce.describe import Descriptions
from syncline.salesforce.session import OrgSession
from syncline.salesforce.soql import Query, canonical_path

EVENTS_AT_ONCE: Final = 400
"""Events in one query: 27 bytes each in a URL of at most 12,000."""
_EVENT: Final = "event"
_RELATION: Final = "EventRelation"
_CONTACTS: Final = ("003", "00Q")
_PERSONS: Final = (*_CONTACTS, "005")
_ASKED: Final = ("isparent", "status")
_REFUSED: Final = ("Declined", "Uninvited")


class Guests:
    """Contacts, leads and users of events; rooms and other resources are nobody.

    Whoever declined an invitation, or had it taken back, does not take part, unless the event is
    related to that person as well. By their ids only contacts and leads are told, because WhoId,
    where such ids go back to, can hold nobody else.
    """

    def __init__(self, session: OrgSession, descriptions: Descriptions) -> None:
        self._session = session
        self._descriptions = descriptions
        self._hidden = False

    def of(self, object: str, field: str, ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Event id → that field of each, in the order of the rows' ids."""
        if object.lower() != _EVENT or not ids or self._hidden:
            return {}
        try:
            description = self._descriptions.recent(_RELATION)
        except ConfigurationError as exc:
            if exc.code != "unknown_object":
                raise
            self._hidden = True
            return {}
        return self._found(description, field, sorted(set(ids)))

    def _found(
        self, description: ObjectDescription, field: str, ids: Sequence[str]
    ) -> dict[str, list[str]]:
        by_id = field.lower() == "id"
        path = "RelationId" if by_id else f"Relation.{field}"
        name = canonical_path(path, description)
        rows: list[tuple[str, str, str]] = []
        for at in range(0, len(ids), EVENTS_AT_ONCE):
            query = _query(description, name, ids[at : at + EVENTS_AT_ONCE])
            for record in self._records(query):
                value = _value(record, name)
                person = str(record["RelationId"])
                known = person.startswith(_CONTACTS if by_id else _PERSONS)
                if known and value and _takes_part(record):
                    rows.append((str(record["EventId"]), str(record["Id"]), str(value)))
        found: dict[str, list[str]] = {}
        for event, _, value in sorted(rows):
            found.setdefault(event, []).append(value)
        return found

    def _records(self, query: Query) -> Iterator[Mapping[str, Any]]:
        page = self._session.query(query.text(ordered=False))
        yield from page.records
        while page.next is not None:
            page = self._session.query_more(page.next)
            yield from page.records


def _query(description: ObjectDescription, name: str, ids: Sequence[str]) -> Query:
    flags = {"isdeleted": "IsDeleted = false", "iswhat": "IsWhat = false"}
    conditions = [text for field, text in flags.items() if field in description.fields]
    asked = [description.fields[each].name for each in _ASKED if each in description.fields]
    columns = dict.fromkeys(("Id", "EventId", "RelationId", name, *asked))
    return Query(description.name, tuple(columns), tuple(conditions)).among(ids, field="EventId")


def _value(record: Mapping[str, Any], path: str) -> Any:
    found: Any = record
    for step in path.split("."):
        found = found.get(step) if found else None
    return found


def _takes_part(record: Mapping[str, Any]) -> bool:
    return bool(record.get("IsParent")) or record.get("Status") not in _REFUSED
