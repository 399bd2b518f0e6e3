"""What makes an org real: the records that break careless software, each kind under a name.

Each function changes some of the given activities in place and returns which ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from local.seed.activities import Diary, Fields
from local.seed.foundation import Foundation
from local.seed.identity import day, stamp
from local.seed.text import DESCRIPTION_LIMIT, SUBJECT_LIMIT
from local.seed.words import Words

LATE: Final = "late_account"
LONG_SIZES: Final = (DESCRIPTION_LIMIT, 31_999, 24_000, 16_384, 12_000)
_LATE_SUBJECTS: Final = (
    "Welcome call: {}", "Onboarding: kick-off with {}", "Send contract to {}", "Quote for {}",
)  # fmt: skip
_LEGACY_STATUS: Final = "Escalated (old CRM)"


@dataclass(frozen=True, slots=True)
class World:
    """What the changes need besides the records."""

    words: Words
    found: Foundation
    diary: Diary
    now: datetime

    def ago(self, **span: float) -> str:
        return stamp(self.now - timedelta(**span))


Change = Callable[[World, Sequence[Fields]], None]


def _no_subject(_world: World, chosen: Sequence[Fields]) -> None:
    for fields in chosen:
        fields["Subject"] = None


def _deleted(world: World, chosen: Sequence[Fields]) -> None:
    """Within the fifteen days that the recycle bin keeps."""
    for at, fields in enumerate(chosen):
        gone = world.now - timedelta(days=1 + at % 12, minutes=37 * (at % 31))
        fields.update(IsDeleted=True, SystemModstamp=stamp(gone), LastModifiedDate=stamp(gone))
        created = gone - timedelta(days=20 + at)
        fields["CreatedDate"] = stamp(created)


def _queue_owned(world: World, chosen: Sequence[Fields]) -> None:
    queues = world.found.queues
    for at, fields in enumerate(chosen):
        fields["OwnerId"] = queues[at % len(queues)]


def _bulk_loaded(world: World, chosen: Sequence[Fields]) -> None:
    """One load of an old CRM: one second for all of them."""
    moment, loader = world.ago(days=40), world.found.loader.id
    for fields in chosen:
        fields.update(CreatedDate=moment, LastModifiedDate=moment, SystemModstamp=moment,
                      CreatedById=loader, LastModifiedById=loader)  # fmt: skip
        if fields.get("CompletedDateTime"):
            fields["CompletedDateTime"] = moment


def _reassigned(world: World, chosen: Sequence[Fields]) -> None:
    """A mass change of owner stamps them all, and leaves the last editor's date alone."""
    moment = world.ago(days=12, hours=5)
    for fields in chosen:
        fields["SystemModstamp"] = max(moment, str(fields["LastModifiedDate"]))
        if str(fields["LastModifiedDate"]) > moment:
            fields["LastModifiedDate"] = fields["SystemModstamp"] = moment
        fields["CreatedDate"] = min(str(fields["CreatedDate"]), str(fields["LastModifiedDate"]))


def _inactive_owner(world: World, chosen: Sequence[Fields]) -> None:
    gone = [user for user in world.found.users if not user.active]
    for at, fields in enumerate(chosen):
        fields["OwnerId"] = gone[at % len(gone)].id


def _contact_only(_world: World, chosen: Sequence[Fields]) -> None:
    """On a contact: Salesforce takes the account from there."""
    for fields in chosen:
        fields["WhatId"] = None


def _stray_contact(world: World, chosen: Sequence[Fields]) -> None:
    for fields in chosen:
        fields.update(WhoId=world.found.stray_contact.id, WhatId=None, AccountId=None)


def _no_account(_world: World, chosen: Sequence[Fields]) -> None:
    for fields in chosen:
        fields.update(WhoId=None, WhatId=None, AccountId=None)


def _late(world: World, chosen: Sequence[Fields]) -> None:
    """Visible before their account is: that one is created later."""
    account = world.found.late
    for fields in chosen:
        fields.update(WhoId=None, WhatId=account.id, AccountId=account.id)
    for fields, subject in zip(chosen, _LATE_SUBJECTS, strict=True):
        fields["Subject"] = subject.format(account.company.name)


def _long(world: World, chosen: Sequence[Fields]) -> None:
    account = world.found.accounts[0]
    names = world.diary.author.names(account, account.contacts[0])
    for fields, size in zip(chosen, LONG_SIZES, strict=True):
        fields["Description"] = world.diary.author.minutes_of_meeting(names, size)


def _long_subject(_world: World, chosen: Sequence[Fields]) -> None:
    for fields in chosen:
        text = f"FW: RE: FW: {fields['Subject']} / " * 12
        fields["Subject"] = text[:SUBJECT_LIMIT].rstrip().ljust(SUBJECT_LIMIT, ".")


def _legacy_status(_world: World, chosen: Sequence[Fields]) -> None:
    """The list of statuses is not restricted: a value that no list has is legal."""
    for fields in chosen:
        fields.update(Status=_LEGACY_STATUS, IsClosed=False, CompletedDateTime=None)


def _no_text(_world: World, chosen: Sequence[Fields]) -> None:
    for fields in chosen:
        fields.update(Subject=None, Description=None)


def _content_only(_world: World, chosen: Sequence[Fields]) -> None:
    for fields in chosen:
        fields["Subject"] = None
        fields["Description"] = fields["Description"] or "Notes are in the shared document."


def _invitations(_world: World, chosen: Sequence[Fields]) -> None:
    """Copies that invited colleagues see of a meeting."""
    for fields in chosen:
        fields.update(IsChild=True, IsGroupEvent=True, GroupEventType="1")


def _archived_tasks(world: World, chosen: Sequence[Fields]) -> None:
    """Closed and due over a year ago: only queryAll sees them."""
    for at, fields in enumerate(chosen):
        due = world.now - timedelta(days=380 + at * 2)
        closed = stamp(due + timedelta(hours=4))
        fields.update(
            IsArchived=True, IsClosed=True, Status="Completed", ActivityDate=day(due),
            CompletedDateTime=closed, LastModifiedDate=closed, SystemModstamp=closed,
            CreatedDate=stamp(due - timedelta(days=9)),
        )  # fmt: skip


def _archived_events(world: World, chosen: Sequence[Fields]) -> None:
    """Ended over a year ago: the whole meeting moves back."""
    for at, fields in enumerate(chosen):
        start = (world.now - timedelta(days=400 + at * 3)).replace(minute=0, second=0)
        timed = not fields["IsAllDayEvent"]
        start = start.replace(hour=10 if timed else 0)
        end = start + timedelta(minutes=int(str(fields["DurationInMinutes"])) - 1440 * (not timed))
        changed = stamp(start - timedelta(days=2))
        fields.update(
            IsArchived=True, StartDateTime=stamp(start), EndDateTime=stamp(end),
            EndDate=day(end), ActivityDate=day(start),
            ActivityDateTime=stamp(start) if timed else None, LastModifiedDate=changed,
            SystemModstamp=changed, CreatedDate=stamp(start - timedelta(days=15)),
        )  # fmt: skip


#: Name, how many, what is done. Those named here never overlap.
TASKS: Final[tuple[tuple[str, int, Change], ...]] = (
    ("no_subject", 12, _no_subject),
    ("deleted", 60, _deleted),
    ("archived", 240, _archived_tasks),
    ("queue_owned", 90, _queue_owned),
    ("tied_stamps", 420, _bulk_loaded),
    ("reassigned", 150, _reassigned),
    ("inactive_owner", 45, _inactive_owner),
    ("contact_only", 150, _contact_only),
    ("contact_without_account", 5, _stray_contact),
    ("no_account", 40, _no_account),
    (LATE, 4, _late),
    ("long_description", len(LONG_SIZES), _long),
    ("long_subject", 3, _long_subject),
    ("legacy_status", 3, _legacy_status),
)
EVENTS: Final[tuple[tuple[str, int, Change], ...]] = (
    ("no_subject_event", 6, _content_only),
    ("no_text_event", 3, _no_text),
    ("deleted_event", 15, _deleted),
    ("archived_event", 120, _archived_events),
    ("tied_stamps_event", 110, _bulk_loaded),
    ("child_event", 20, _invitations),
    ("no_account_event", 12, _no_account),
)


def disturb(
    world: World, activities: Sequence[Fields], changes: Sequence[tuple[str, int, Change]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Make every n-th activity awkward, kind after kind; yields each kind and its ids."""
    spread = iter(_spread(activities))
    for name, count, change in changes:
        chosen = [next(spread) for _ in range(count)]
        if name == "contact_only":
            for fields in chosen:
                fields["WhoId"] = _contact_of(world, str(fields["AccountId"]))
        change(world, chosen)
        yield name, tuple(str(fields["Id"]) for fields in chosen)


def set_traps(world: World, activities: Sequence[Fields]) -> Mapping[str, tuple[str, ...]]:
    """Put each text of the list of traps on one task, from the end of the given ones."""
    found: dict[str, tuple[str, ...]] = {}
    for fields, (name, texts) in zip(reversed(activities), world.words.traps.items(), strict=False):
        account = next(each for each in world.found.accounts if each.id == fields["WhatId"])
        names = world.diary.author.names(account, account.contacts[0])
        fields["Subject"], fields["Description"] = world.diary.author.trap(texts, names)
        found[f"text_{name}"] = (str(fields["Id"]),)
    return found


def _spread(activities: Sequence[Fields]) -> Iterator[Fields]:
    """All of them, far apart from each other: strides of a prime over the list."""
    size, stride = len(activities), 1_009
    return (activities[at * stride % size] for at in range(size))


def _contact_of(world: World, account: str) -> str:
    found = next(each for each in world.found.accounts if each.id == account)
    return found.contacts[0].id
