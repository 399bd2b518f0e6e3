"""Ordinary tasks and events about an account, before anything awkward is done to them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Final

from local.seed.foundation import Account, Foundation
from local.seed.identity import day, stamp
from local.seed.text import Author
from local.seed.words import Scenario, Words

Fields = dict[str, object]

#: Nothing is younger, so that a run's overlap re-reads few of them.
_QUIET: Final = timedelta(hours=3)
_OPEN: Final = ("Not Started", "Not Started", "In Progress", "Waiting on someone else", "Deferred")
_PRIORITIES: Final = ("Normal",) * 6 + ("High", "High", "Low")
_CALL_TYPES: Final = ("Outbound", "Outbound", "Inbound", "Internal")


class Diary:
    """Draws one activity after the other; the same seed and moment give the same diary."""

    def __init__(self, words: Words, found: Foundation, now: datetime, *, seed: str) -> None:
        self._words = words
        self._now = now.astimezone(UTC).replace(microsecond=0)
        self._pick = random.Random(seed)
        self.author = Author(words, found, self._pick, now)

    def working_moment(self, *, oldest: int, newest: int = 0) -> datetime:
        """A moment on a working day between 07:00 and 18:00, so many days ago."""
        ago = timedelta(days=self._pick.uniform(newest, oldest))
        found = (self._now - ago).replace(hour=self._pick.randrange(7, 18),
                                          minute=self._pick.randrange(60),
                                          second=self._pick.randrange(60))  # fmt: skip
        found -= timedelta(days=max(0, found.weekday() - 4))
        return min(found, self._latest())

    def _latest(self) -> datetime:
        """Before the quiet hours, and seldom the same second twice."""
        return self._now - _QUIET - timedelta(seconds=self._pick.randrange(20_000))

    def task(self, account: Account, *, oldest: int = 330, newest: int = 0) -> Fields:
        """A task; closed when it was due some time ago, mostly."""
        author, pick = self.author, self._pick
        contact = pick.choice(account.contacts)
        scenario = author.scenario(self._words.tasks, account)
        names = author.names(account, contact)
        owner = author.owner(scenario, account)
        created = self.working_moment(oldest=oldest, newest=newest)
        due = created + timedelta(days=pick.choice((0, 1, 2, 3, 5, 7, 7, 10, 14, 21, 30, 45)))
        closed = pick.random() < (0.9 if due < self._now - timedelta(days=10) else 0.2)
        changed = self._changed(created, due, closed=closed)
        call = scenario.type == "Call" and closed
        return {
            "WhoId": contact.id if pick.random() < 0.6 else None, "WhatId": account.id,
            "AccountId": account.id, "Subject": author.subject(scenario, names),
            "Description": author.note(scenario, names),
            "ActivityDate": day(due) if pick.random() < 0.94 else None,
            "Status": "Completed" if closed else pick.choice(_OPEN),
            "Priority": pick.choice(_PRIORITIES), "Type": scenario.type, "OwnerId": owner.id,
            "TaskSubtype": {"Call": "Call", "Email": "Email"}.get(scenario.type, "Task"),
            "CallDurationInSeconds": pick.randrange(40, 2_900) if call else None,
            "CallType": pick.choice(_CALL_TYPES) if call else None,
            "IsClosed": closed, "CompletedDateTime": stamp(changed) if closed else None,
            "IsDeleted": False, "IsArchived": False,
            **self._audit(owner.id, created, changed),
        }  # fmt: skip

    def event(self, account: Account, *, oldest: int = 330, newest: int = 0) -> Fields:
        """A meeting, in the past or up to two months ahead."""
        author, pick = self.author, self._pick
        contact = pick.choice(account.contacts)
        scenario = author.scenario(self._words.events, account)
        names = author.names(account, contact)
        owner = author.owner(scenario, account)
        created = self.working_moment(oldest=oldest, newest=newest)
        start = created + timedelta(days=pick.randrange(1, 60))
        start = start.replace(minute=pick.choice((0, 0, 15, 30)), second=0)
        start -= timedelta(days=max(0, start.weekday() - 4))
        changed = self._changed(created, start, closed=start < self._now)
        return {
            "WhoId": contact.id if pick.random() < 0.8 else None, "WhatId": account.id,
            "AccountId": account.id, "Subject": author.subject(scenario, names),
            "Description": author.note(scenario, names), "Location": author.place(scenario, names),
            "OwnerId": owner.id, "IsPrivate": pick.random() < 0.02, "EventSubtype": "Event",
            "ShowAs": "OutOfOffice" if scenario.all_day else pick.choice(("Busy", "Busy", "Free")),
            **_times(scenario, start, pick.choice(scenario.minutes)),
            "IsChild": False, "IsGroupEvent": False, "GroupEventType": "0",
            "IsDeleted": False, "IsArchived": False,
            **self._audit(owner.id, created, changed),
        }  # fmt: skip

    def _changed(self, created: datetime, due: datetime, *, closed: bool) -> datetime:
        if closed:
            around = due + timedelta(hours=self._pick.uniform(-30, 50))
            return max(created, min(around, self._latest()))
        if self._pick.random() < 0.4:
            return created
        changed = created + (self._now - _QUIET - created) * self._pick.random()
        return max(created, changed)

    def _audit(self, owner: str, created: datetime, changed: datetime) -> Fields:
        """Now and then an automation touches a record after its last editor."""
        pick = self._pick
        touched = changed
        if pick.random() < 0.03:
            touched = min(changed + timedelta(days=pick.randrange(1, 20)), self._latest())
        by = owner if pick.random() < 0.7 else self.author.colleague().id
        return {
            "CreatedDate": stamp(created), "CreatedById": by, "LastModifiedDate": stamp(changed),
            "LastModifiedById": owner if pick.random() < 0.8 else by,
            "SystemModstamp": stamp(max(touched, changed)),
        }  # fmt: skip


def _times(scenario: Scenario, start: datetime, minutes: int) -> Fields:
    """All fields that say when, in agreement; an all-day event is at midnight UTC.

    The end of an all-day event is its last day (Salesforce object reference, Event).
    """
    if scenario.all_day:
        start = start.replace(hour=0, minute=0)
        end = start + timedelta(minutes=minutes - 1_440)
    else:
        end = start + timedelta(minutes=minutes)
    return {
        "IsAllDayEvent": scenario.all_day, "ActivityDate": day(start),
        "ActivityDateTime": None if scenario.all_day else stamp(start),
        "StartDateTime": stamp(start), "EndDateTime": stamp(end), "EndDate": day(end),
        "DurationInMinutes": minutes,
    }  # fmt: skip
