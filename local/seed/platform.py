"""Records that people make on the platform: tasks, touchpoints, campaign touches, and edits.

Everything follows from `now` and from a record's number, as on the Salesforce side: the same
accounts, colleagues and habits, other words.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from local.seed.activities import Diary, Fields
from local.seed.foundation import Foundation, foundation
from local.seed.org import busy
from local.seed.words import words

Values = dict[str, str | int | None]

_DRAFTS: Final = 500
_TITLE: Final = 255
_CAMPAIGNS: Final = (
    ("Spring release webinar", "one_time", "Invitation with the agenda and a link to sign up."),
    ("Onboarding, week by week", "ongoing", "The next three steps, with a short film for each."),
    ("Renewal reminder, 90 days", "ongoing", "What changes next year, and whom to ask."),
    ("User conference: early bird", "one_time", "Tickets are cheaper until the end of the month."),
    ("NPS survey", "ongoing", "One question, and room for a comment."),
)


@dataclass(frozen=True, slots=True)
class Born:
    """A record that somebody makes on the platform: what `PUT …/records/{object}/{id}` takes."""

    object: str
    id: str
    values: Values


@dataclass(frozen=True, slots=True)
class Office:
    """Who works there and with whom. `accounts` is Salesforce id in lower case → platform id."""

    now: datetime
    accounts: Mapping[str, str]

    def tasks(self, count: int, *, first: int = 0) -> Iterator[Born]:
        """Tasks number `first` to `first + count`; every title tells its number."""
        drafts = _drafts(self.now)
        for number in range(first, first + count):
            fields = drafts.tasks[number % _DRAFTS]
            due = fields["ActivityDate"]
            yield Born("task", record_key("task", number), {
                "account_id": self._account(fields),
                "title": _numbered(fields["Subject"], f"P{number}"),
                "description": _text(fields["Description"]),
                "priority": _text(fields["Priority"]),
                "status": _text(fields["Status"]),
                "due_date": _text(due),
                "assigned_to": drafts.mail[str(fields["OwnerId"])],
            })  # fmt: skip

    def touchpoints(self, count: int, *, first: int = 0) -> Iterator[Born]:
        """Touchpoints: a whole day each, as the platform knows no hours of a meeting."""
        drafts = _drafts(self.now)
        for number in range(first, first + count):
            fields = drafts.events[number % _DRAFTS]
            yield Born("touchpoint", record_key("touchpoint", number), {
                "account_id": self._account(fields),
                "subject": _numbered(fields["Subject"], f"P{number}"),
                "content": _text(fields["Description"]),
                "touchpoint_date": f"{fields['ActivityDate']}T00:00:00Z",
                "creator": drafts.mail[str(fields["OwnerId"])],
            })  # fmt: skip

    def campaign_touches(self, count: int, *, first: int = 0) -> Iterator[Born]:
        """What campaigns sent to an account's users; each touch has an id of its own."""
        drafts = _drafts(self.now)
        for number in range(first, first + count):
            fields = drafts.events[number % _DRAFTS]
            name, kind, text = _CAMPAIGNS[number % len(_CAMPAIGNS)]
            sender = drafts.mail[str(fields["OwnerId"])]
            sent = self.now - timedelta(days=number % 25)
            yield Born("campaign_touch", record_key("campaign_touch", number), {
                "account_id": self._account(fields),
                "external_id": f"touch-{number:06d}",
                "campaign_name": name,
                "campaign_type": kind,
                "recipients": 1 + number * 7 % 40,
                "sender": sender,
                "description": text,
                "start_date": f"{sent:%Y-%m-%d}",
                "created_by": sender,
            })  # fmt: skip

    def _account(self, fields: Fields) -> str:
        return self.accounts[str(fields["AccountId"]).lower()]


def second_thoughts(object: str, number: int, edition: int) -> Values:
    """What somebody changes of a task or touchpoint afterwards: another text in each edition, of a
    task every second time its status, too, and now and then a note is cleared."""
    pick = random.Random(f"{object}|{number}|{edition}")
    note = None if pick.random() < 0.1 else f"Update {edition} of {number}: spoke again."
    if object == "touchpoint":
        return {"content": note or f"Update {edition} of {number}: nothing new."}
    if pick.random() < 0.5:
        return {"description": note}
    return {"description": note, "status": pick.choice(("In Progress", "Completed"))}


def record_key(object: str, number: int) -> str:
    """The id that the platform gave the record with that number."""
    return hashlib.sha256(f"larkspur|{object}|{number}".encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class _Drafts:
    tasks: tuple[Fields, ...]
    events: tuple[Fields, ...]
    mail: Mapping[str, str]


@cache
def _drafts(now: datetime) -> _Drafts:
    now = now.astimezone(UTC).replace(microsecond=0)
    found = foundation(words(), now)
    diary = Diary(words(), found, now, seed="larkspur-platform")
    tasks = [diary.task(account) for account in busy(found.accounts, _DRAFTS)]
    events = [diary.event(account) for account in busy(found.accounts, _DRAFTS)]
    return _Drafts(tuple(tasks), tuple(events), _mail(found))


def _mail(found: Foundation) -> dict[str, str]:
    users = (fields for sobject, fields in found.rows if sobject == "User")
    return {str(fields["Id"]): str(fields["Email"]) for fields in users}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _numbered(text: object, tail: str) -> str:
    return f"{str(text)[: _TITLE - len(tail) - 2]} #{tail}"
