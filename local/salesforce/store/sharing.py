# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Shared Activities: rows of TaskRelation and EventRelation for all an activity is related to.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_taskrelation.htm
https://help.salesforce.com/s/articleView?id=sales.activities_shared_considerations.htm
"""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.ids import mint
from local.salesforce.store.database import Database, Value
from local.salesforce.store.intake import Row

MOST_CONTACTS: Final = 50
#: The prefix of the relation's ids by activity.
_PREFIXES: Final = {"Task": "0RT", "Event": "0RE"}
_LEAD: Final = "00Q"


def check_people(ids: list[str]) -> None:
    """One lead, or up to 50 contacts; what the refusal says is not documented."""
    leads = sum(each.startswith(_LEAD) for each in ids)
    if leads and len(ids) > 1:
        text = "An activity related to a lead can't be related to other people"
        raise ApiError(Kind.FIELD_INTEGRITY, fields=("WhoId",), text=text)
    if len(ids) > MOST_CONTACTS:
        text = f"An activity can't be related to more than {MOST_CONTACTS} contacts"
        raise ApiError(Kind.FIELD_INTEGRITY, fields=("WhoId",), text=text)


def people_of(database: Database, activity: str, record_id: str) -> list[str]:
    """Contacts or the lead of an activity, the primary one first."""
    invited = ' AND r."IsInvitee" = 0' if activity == "Event" else ""
    found = database.rows(
        f'SELECT r."RelationId" FROM "{activity}Relation" r JOIN "{activity}" a'
        f' ON a."Id" = r."{activity}Id" WHERE r."{activity}Id" = ? AND r."IsWhat" = 0'
        f' AND r."IsDeleted" = 0{invited}'
        ' ORDER BY r."RelationId" IS NOT a."WhoId", r."Id"',
        (record_id,),
    )
    return [str(row[0]) for row in found]


def keep_relations(database: Database, activity: str, row: Row, *, stamped: Row) -> None:
    """Make the rows say what WhoId, WhatId and the list of people say."""
    record_id, who, what = str(row["Id"]), row.get("WhoId"), row.get("WhatId")
    given = row.get(f"{activity}WhoIds")
    if isinstance(given, str):
        people = [each for each in given.split(",") if each]
    else:
        others = people_of(database, activity, record_id)
        people = list(dict.fromkeys([*([str(who)] if who else []), *(others if who else [])]))
    wanted: dict[str, int] = dict.fromkeys(people, 0)
    if what:
        wanted[str(what)] = 1
    _write(database, activity, record_id, wanted, stamped)
    database.run(
        f'UPDATE "{activity}" SET "WhoCount" = ?, "WhatCount" = ? WHERE "Id" = ?',
        (len(people), int(bool(what)), record_id),
    )


def _write(
    database: Database, activity: str, record_id: str, wanted: dict[str, int], stamped: Row
) -> None:
    table, key = f"{activity}Relation", f"{activity}Id"
    mine = ' AND "IsInvitee" = 0' if activity == "Event" else ""
    found = database.rows(
        f'SELECT "RelationId", "Id" FROM "{table}" WHERE "{key}" = ? AND "IsDeleted" = 0{mine}',
        (record_id,),
    )
    there = {str(relation): str(each) for relation, each in found}
    for relation in there.keys() - wanted.keys():
        database.run(f'DELETE FROM "{table}" WHERE "Id" = ?', (there[relation],))
        database.run(
            'INSERT OR REPLACE INTO "_deleted" (sobject, id, deleted, root) VALUES (?, ?, ?, ?)',
            (table, there[relation], stamped["SystemModstamp"], there[relation]),
        )
    for relation, is_what in wanted.items():
        if relation not in there:
            number = database.reserve(_PREFIXES[activity])
            row: Row = {"Id": mint(_PREFIXES[activity], number), key: record_id,
                        "RelationId": relation, "IsWhat": is_what, **stamped}  # fmt: skip
            if activity == "Event":
                row["IsParent"], row["Status"] = 1, "New"
            insert(database, table, row)


def insert(database: Database, table: str, row: Row) -> None:
    """One row as it is."""
    columns = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    database.run(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', tuple(row.values()))


def related(database: Database, activity: str, record_id: str) -> None:
    """After a relation was made or removed: count again, and promote when the primary is gone."""
    people = people_of(database, activity, record_id)
    first: Value = people[0] if people else None
    database.run(
        f'UPDATE "{activity}" SET "WhoCount" = ?, "WhoId" = ? WHERE "Id" = ?',
        (len(people), first, record_id),
    )
