# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Group events: users who are invited get a copy of the event, which follows it.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventattendee.htm
"""

from __future__ import annotations

from typing import Final

from local.salesforce.ids import mint
from local.salesforce.schema.types import SObject
from local.salesforce.store.database import Database
from local.salesforce.store.intake import Row
from local.salesforce.store.sharing import insert

_USER: Final = "005"
#: What a copy has of its own.
_OWN: Final = frozenset(
    {"Id", "OwnerId", "IsChild", "CreatedDate", "CreatedById", "ReminderDateTime", "IsReminderSet"}
)


def invite(database: Database, event: SObject, relation: Row, *, stamped: Row) -> None:
    """Make the event a group event, and a copy of it when the invitee is a user."""
    columns = [field.name for field in event.stored]
    names = ", ".join(f'"{name}"' for name in columns)
    found = database.one(f'SELECT {names} FROM "Event" WHERE "Id" = ?', (relation["EventId"],))
    parent: Row = dict(zip(columns, found or (), strict=True))
    grouped: Row = {"IsGroupEvent": 1, "GroupEventType": "1"}
    database.run(
        'UPDATE "Event" SET "IsGroupEvent" = 1, "GroupEventType" = ? WHERE "Id" = ?',
        ("1", parent["Id"]),
    )
    person = str(relation["RelationId"])
    if not person.startswith(_USER) or person == parent["OwnerId"]:
        return
    number = database.reserve(event.prefix)
    copy: Row = {**parent, **stamped, **grouped, "Id": mint(event.prefix, number),
                 "OwnerId": person, "IsChild": 1, "IsReminderSet": 0,
                 "ReminderDateTime": None}  # fmt: skip
    insert(database, "Event", copy)
    database.run(
        'INSERT INTO "_copies" (child, parent, relation) VALUES (?, ?, ?)',
        (copy["Id"], parent["Id"], relation["Id"]),
    )


def follow_group(database: Database, event: SObject, row: Row) -> None:
    """Copies take over what the event has now, stamps included."""
    names = [field.name for field in event.stored if field.name not in _OWN]
    columns = ", ".join(f'"{name}" = ?' for name in names)
    database.run(
        f'UPDATE "Event" SET {columns} WHERE "IsDeleted" = 0 AND "Id" IN'
        ' (SELECT child FROM "_copies" WHERE parent = ?)',
        (*(row.get(name) for name in names), row["Id"]),
    )


def copies_of(database: Database, ids: str) -> list[str]:
    """The live copies of some events, or of the relations that made them; a JSON list of ids."""
    found = database.rows(
        'SELECT child FROM "_copies" JOIN "Event" ON "Event"."Id" = child'
        ' WHERE "IsDeleted" = 0 AND (parent IN (SELECT value FROM json_each(?))'
        " OR relation IN (SELECT value FROM json_each(?)))",
        (ids, ids),
    )
    return [str(row[0]) for row in found]
