# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""What a saved record does to others: dates, counts and accounts that follow from it.

None of it moves the stamp of the other record. LastActivityDate is documented not to
(https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_account.htm);
of the rest nothing is documented, and the silent form is the harder one for those who replicate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import ACTIVITIES, SObject
from local.salesforce.store.counting import count_members
from local.salesforce.store.database import Database
from local.salesforce.store.intake import Row
from local.salesforce.store.invitees import follow_group, invite
from local.salesforce.store.references import References
from local.salesforce.store.rules.activities import account_column
from local.salesforce.store.sharing import keep_relations, related


@dataclass(slots=True)
class Saved:
    """A record as it is now in the database, and as it was; `shared` is the org switch.

    `latest` remembers for one request the newest activity of each parent.
    """

    database: Database
    schema: Schema
    references: References
    latest: dict[str, str]
    sobject: SObject
    row: Row
    before: Row | None
    shared: bool
    now: str
    user_id: str

    def changed(self, name: str) -> bool:
        """Whether a field has another value than it had."""
        return self.before is None or self.before.get(name) != self.row.get(name)


Effect = Callable[[Saved], None]


def after_save(saved: Saved) -> None:
    """Run the effects of the object."""
    for effect in _EFFECTS.get(saved.sobject.name, _OTHERS):
        effect(saved)


def last_activity(saved: Saved) -> None:
    """The newest due date of closed tasks and of events, on all the activity is related to.

    It never goes back, unlike in Salesforce, where deleting the newest activity lowers it.
    """
    row = saved.row
    day = str(row.get("ActivityDate") or "")
    if not day or not (saved.sobject.name == "Event" or row.get("IsClosed")):
        return
    for parent in (row.get("AccountId"), row.get("WhoId"), row.get("WhatId")):
        if parent is not None and saved.latest.get(str(parent), "") < day:
            saved.latest[str(parent)] = day
            _active(saved, str(parent), day)


def _active(saved: Saved, parent: str, day: str) -> None:
    known = saved.references.sobject(parent)
    if known is not None and known.has("LastActivityDate"):
        saved.database.run(
            f'UPDATE "{known.name}" SET "LastActivityDate" = ? WHERE "Id" = ?'
            " AND ifnull(\"LastActivityDate\", '') < ?",
            (day, parent, day),
        )


def account_of_activities(saved: Saved) -> None:
    """Activities about a record whose account changed go to the new account."""
    column = "AccountId" if saved.sobject.name == "Contact" else account_column(saved.sobject)
    if saved.before is None or column is None or not saved.changed(column):
        return
    person = saved.sobject.name == "Contact"
    where = '"WhoId" = ? AND "WhatId" IS NULL' if person else '"WhatId" = ?'
    for name in sorted(ACTIVITIES):
        saved.database.index_parents(f'"{name}" {where}')
        saved.database.run(
            f'UPDATE "{name}" SET "AccountId" = ? WHERE {where}',
            (saved.row.get(column), saved.row["Id"]),
        )


def members(saved: Saved) -> None:
    """Leads, contacts and responses of a campaign."""
    count_members(saved.database, [str(saved.row["Id"])])


def share(saved: Saved) -> None:
    """With Shared Activities every relation has a row of its own."""
    if saved.shared:
        keep_relations(saved.database, saved.sobject.name, saved.row, stamped=_signed(saved))


def group(saved: Saved) -> None:
    """Invitees have copies of the event, which follow it."""
    if saved.before is not None and saved.row.get("IsGroupEvent"):
        follow_group(saved.database, saved.sobject, saved.row)


def invited(saved: Saved) -> None:
    """A relation of an event invites somebody, or with Shared Activities relates a person."""
    if saved.before is None and (saved.row.get("IsInvitee") or not saved.shared):
        invite(saved.database, saved.schema.require("Event"), saved.row, stamped=_signed(saved))
    elif saved.before is None:
        related(saved.database, "Event", str(saved.row["EventId"]))


def joined(saved: Saved) -> None:
    """A relation of a task counts at once."""
    related(saved.database, "Task", str(saved.row["TaskId"]))


def _signed(saved: Saved) -> Row:
    return {
        "CreatedDate": saved.now, "CreatedById": saved.user_id, "LastModifiedDate": saved.now,
        "LastModifiedById": saved.user_id, "SystemModstamp": saved.now,
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
