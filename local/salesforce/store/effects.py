# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""What a saved record does to others: dates, counts and accounts that follow from it.

None of it moves the stamp of the other record. LastActivityDate is documented not to
(https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_account.htm);
of the rest nothing is documented, and the silent form is the harder one for those who replicate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from local.salesforce.schema.types import ACTIVITIES
from local.salesforce.store.counting import count_members
from local.salesforce.store.intake import Row
from local.salesforce.store.invitees import follow_group, invite
from local.salesforce.store.rules.activities import account_column
from local.salesforce.store.rules.saving import Ground, Saving
from local.salesforce.store.sharing import keep_relations, related

Effect = Callable[[Saving], None]


def after_save(saved: Saving) -> None:
    """Run the effects of the object."""
    for effect in _EFFECTS.get(saved.ground.sobject.name, _OTHERS):
        effect(saved)


def last_activity(saved: Saving) -> None:
    """The newest due date of closed tasks and of events, on all the activity is related to.

    It never goes back, unlike in Salesforce, where deleting the newest activity lowers it.
    """
    row, latest = saved.row, saved.ground.latest
    day = str(row.get("ActivityDate") or "")
    if not day or not (row.get("IsClosed") or saved.ground.sobject.name == "Event"):
        return
    for parent in (row.get("AccountId"), row.get("WhoId"), row.get("WhatId")):
        if parent is not None and latest.get(str(parent), "") < day:
            latest[str(parent)] = day
            _active(saved.ground, str(parent), day)


def _active(ground: Ground, parent: str, day: str) -> None:
    known = ground.references.sobject(parent)
    if known is not None and known.has("LastActivityDate"):
        ground.database.run(
            f'UPDATE "{known.name}" SET "LastActivityDate" = ? WHERE "Id" = ?'
            " AND ifnull(\"LastActivityDate\", '') < ?",
            (day, parent, day),
        )


def account_of_activities(saved: Saving) -> None:
    """Activities about a record whose account changed go to the new account."""
    sobject, database = saved.ground.sobject, saved.ground.database
    person = sobject.name == "Contact"
    column = "AccountId" if person else account_column(sobject)
    if saved.before is None or column is None or not saved.changes(column):
        return
    where = '"WhoId" = ? AND "WhatId" IS NULL' if person else '"WhatId" = ?'
    for name in sorted(ACTIVITIES):
        database.index_parents(f'"{name}" {where}')
        database.run(
            f'UPDATE "{name}" SET "AccountId" = ? WHERE {where}',
            (saved.row.get(column), saved.row["Id"]),
        )


def members(saved: Saving) -> None:
    """Leads, contacts and responses of a campaign."""
    count_members(saved.ground.database, [str(saved.row["Id"])])


def share(saved: Saving) -> None:
    """With Shared Activities every relation has a row of its own."""
    ground = saved.ground
    if ground.policies.shared_activities:
        keep_relations(ground.database, ground.sobject.name, saved.row, stamped=_signed(ground))


def group(saved: Saving) -> None:
    """Invitees have copies of the event, which follow it."""
    if saved.before is not None and saved.row.get("IsGroupEvent"):
        follow_group(saved.ground.database, saved.ground.sobject, saved.row)


def invited(saved: Saving) -> None:
    """A relation of an event invites somebody, or with Shared Activities relates a person."""
    ground = saved.ground
    if saved.before is not None:
        return
    if saved.row.get("IsInvitee") or not ground.policies.shared_activities:
        event = ground.schema.require("Event")
        invite(ground.database, event, saved.row, stamped=_signed(ground))
    else:
        related(ground.database, "Event", str(saved.row["EventId"]))


def joined(saved: Saving) -> None:
    """A relation of a task counts at once."""
    related(saved.ground.database, "Task", str(saved.row["TaskId"]))


def _signed(ground: Ground) -> Row:
    return {
        "CreatedDate": ground.now, "CreatedById": ground.user_id, "LastModifiedDate": ground.now,
        "LastModifiedById": ground.user_id, "SystemModstamp": ground.now,
    }  # fmt: skip


#: Objects whose records change others of the same object: group events have copies.
REACHING: Final = frozenset({"Event"})
_OTHERS: Final[tuple[Effect, ...]] = (account_of_activities,)
_EFFECTS: Final[Mapping[str, tuple[Effect, ...]]] = {
    "Account": (),
    "Lead": (),
    "CampaignMember": (members,),
    "Task": (last_activity, share),
    "Event": (last_activity, share, group),
    "EventRelation": (invited,),
    "TaskRelation": (joined,),
}
