"""The demo org, and as many more tasks of its kind as a benchmark wants.

Everything follows from a seed and from `now`: the same moment gives the same org.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from local.seed.activities import Diary, Fields
from local.seed.awkward import EVENTS, TASKS, World, disturb, set_traps
from local.seed.foundation import Account, Foundation, foundation
from local.seed.identity import Row, record_id, stamp
from local.seed.words import words

TASK_COUNT: Final = 5_000
EVENT_COUNT: Final = 2_000
_FIRST: Final = 5_300_000
_FIRST_OF_VOLUME: Final = 900_000_000
_DRAFTS: Final = 500
#: Rows of a volume that share a second: one batch of a load, so pages end inside a tie.
_TIE: Final = 200
_FOUNDATION: Final = frozenset({"User", "Group", "Account", "Contact"})


@dataclass(frozen=True, slots=True)
class DemoOrg:
    """An org to load.

    `records`: (sObject, fields) in an order in which every reference is there before it is used,
    but for the late account. `late_account`: an account some tasks are about already; it carries
    no stamps, so it is as new as the moment it is loaded. `awkward`: kind → ids of those records.
    """

    records: tuple[Row, ...]
    late_account: Row
    counts: Mapping[str, int]
    awkward: Mapping[str, tuple[str, ...]]

    @property
    def foundation(self) -> tuple[Row, ...]:
        """Users, queues, accounts and contacts alone: what `tasks` refers to."""
        return tuple(row for row in self.records if row[0] in _FOUNDATION)

    def ndjson(self) -> Iterator[bytes]:
        """The records as the emulator's load route takes them."""
        return lines(self.records)


def lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Rows as NDJSON, each line with its end."""
    for sobject, fields in rows:
        line = {"sobject": sobject, "fields": fields}
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def demo_org(now: datetime) -> DemoOrg:
    """About 200 accounts, 40 users, 5,000 tasks and 2,000 events, as of `now`."""
    now = now.astimezone(UTC).replace(microsecond=0)
    found = foundation(words(), now)
    diary = Diary(words(), found, now, seed="larkspur-diary")
    world = World(words(), found, diary, now)
    tasks = [diary.task(account) for account in busy(found.accounts, TASK_COUNT)]
    events = [diary.event(account) for account in busy(found.accounts, EVENT_COUNT)]
    tasks, events = _numbered("00T", tasks), _numbered("00U", events)
    awkward = dict(disturb(world, tasks, TASKS)) | dict(disturb(world, events, EVENTS))
    awkward |= set_traps(world, _untouched(tasks, awkward))
    awkward |= {
        "deleted_account": found.deleted_accounts,
        "case_twins": _case_twins(tasks),
        "all_day_event": _all_day(events),
    }
    records = (
        *found.rows,
        *(("Task", fields) for fields in tasks),
        *(("Event", fields) for fields in events),
    )
    counts = dict(Counter(sobject for sobject, _ in records))
    return DemoOrg(records, found.late_account, counts, awkward)


def tasks(count: int, now: datetime, *, first: int = 0, edition: int = 0) -> Iterator[Row]:
    """Tasks number `first` to `first + count`, one at a time, about as large as the demo's.

    They belong to the accounts, contacts and users of `demo_org(now)`, whose `foundation` must be
    loaded before. `edition` 1 and more are later versions of the same tasks: same ids, another
    status and a longer note, stamped shortly before `now`. Stamps rise with the numbers, and every
    200 tasks share one.
    """
    now = now.astimezone(UTC).replace(microsecond=0)
    drafts = _drafts(foundation(words(), now), now)
    start = now - timedelta(days=300)
    for number in range(first, first + count):
        fields = dict(drafts[number % _DRAFTS])
        fields["Id"] = record_id("00T", _FIRST_OF_VOLUME + number)
        fields["Subject"] = f"{fields['Subject']} #{number}"[:255]
        moment = stamp(start + timedelta(seconds=number // _TIE * 97 % 24_000_000))
        fields.update(CreatedDate=moment, LastModifiedDate=moment, SystemModstamp=moment)
        if edition:
            _revise(fields, now - timedelta(hours=2), edition=edition)
        yield "Task", fields


def events(count: int, now: datetime, *, first: int = 0) -> Iterator[Row]:
    """Events, as `tasks` gives tasks; there are no later editions of them."""
    now = now.astimezone(UTC).replace(microsecond=0)
    found = foundation(words(), now)
    diary = Diary(words(), found, now, seed="larkspur-volume-events")
    drafts = [{"Id": "", **diary.event(account)} for account in busy(found.accounts, _DRAFTS)]
    start = now - timedelta(days=300)
    for number in range(first, first + count):
        fields = dict(drafts[number % _DRAFTS])
        fields["Id"] = record_id("00U", _FIRST_OF_VOLUME + number)
        fields["Subject"] = f"{fields['Subject']} #{number}"[:255]
        moment = stamp(start + timedelta(seconds=number // _TIE * 97 % 24_000_000))
        fields.update(CreatedDate=moment, LastModifiedDate=moment, SystemModstamp=moment)
        yield "Event", fields


def _revise(fields: Fields, moment: datetime, *, edition: int) -> None:
    fields["Status"] = ("In Progress", "Completed")[edition % 2]
    fields["IsClosed"] = fields["Status"] == "Completed"
    fields["Description"] = f"{fields['Description'] or ''}\nUpdate {edition}: spoke again.".strip()
    fields.update(
        LastModifiedDate=stamp(moment + timedelta(minutes=edition)),
        SystemModstamp=stamp(moment + timedelta(minutes=edition)),
    )


def _drafts(found: Foundation, now: datetime) -> tuple[Fields, ...]:
    diary = Diary(words(), found, now, seed="larkspur-volume")
    return tuple({"Id": "", **diary.task(account)} for account in busy(found.accounts, _DRAFTS))


def busy(accounts: Sequence[Account], count: int) -> Iterator[Account]:
    """Accounts for so many activities: every one has some, a tenth of them many."""
    few = len(accounts) // 10
    for number in range(count):
        step = number // 3
        yield accounts[step % few * 10] if number % 3 == 0 else accounts[number % len(accounts)]


def _numbered(prefix: str, drawn: Sequence[Fields]) -> list[Fields]:
    """Ids in the order of creation, as an org gives them."""
    order = sorted(drawn, key=lambda fields: str(fields["CreatedDate"]))
    return [{"Id": record_id(prefix, _FIRST + at), **fields} for at, fields in enumerate(order)]


def _untouched(
    activities: Sequence[Fields], awkward: Mapping[str, tuple[str, ...]]
) -> list[Fields]:
    touched = {each for ids in awkward.values() for each in ids}
    return [fields for fields in activities if fields["Id"] not in touched]


def _case_twins(activities: Sequence[Fields]) -> tuple[str, ...]:
    """Two ids whose first fifteen characters differ in case alone."""
    seen: dict[str, str] = {}
    for fields in activities:
        key = str(fields["Id"])
        twin = seen.setdefault(key[:15].lower(), key)
        if twin != key:
            return (twin, key)
    return ()


def _all_day(events: Sequence[Fields]) -> tuple[str, ...]:
    return tuple(str(fields["Id"]) for fields in events if fields["IsAllDayEvent"])
