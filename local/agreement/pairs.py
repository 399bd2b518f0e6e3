"""Which fields must say the same: written from the requirements, not from what the product maps.

Left out on purpose, because a working sync may differ there: what only arrives (assigner, creator,
create and last update date: a write of the sync itself changes them in Salesforce and costs no
write on the platform) and participants, which later changes do not move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Plain = str | None
Read = Callable[[Any], Plain]
Made = Callable[[Mapping[str, Any]], Any]


def text(value: Any) -> Plain:
    """Blanks around it and the kind of line ends mean nothing; an empty text is no text."""
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip() or None if value else None


def day(value: Any) -> Plain:
    """The date, also of a moment that was made from one."""
    return str(value)[:10] if value else None


def mail(value: Any) -> Plain:
    """Letters of an address have no case that matters."""
    found = text(value)
    return found.lower() if found else None


@dataclass(frozen=True, slots=True)
class Line:
    """One field on both sides, and how either is read; `made` makes what the platform's record
    stands for where no attribute holds it."""

    salesforce: str
    platform: str
    read: Read = text
    made: Made | None = None

    def of_platform(self, stored: Mapping[str, Any]) -> Plain:
        """The platform's value as both sides are compared."""
        return self.read(self.made(stored) if self.made else stored.get(self.platform))


@dataclass(frozen=True, slots=True)
class Pair:
    """An object on both sides.

    `account`: the platform's attribute that names the account record, against AccountId. `needs`:
    each a choice of Salesforce fields of which one must be filled for the record to be taken over.
    `condition` is what of the sObject belongs to the pair. The platform's external_id is the
    Salesforce field `matched_by`, in lower case.
    `once`: a platform attribute whose values the caller knows to be different from each other.
    """

    platform: str
    salesforce: str
    lines: tuple[Line, ...]
    account: str | None = None
    needs: tuple[tuple[str, ...], ...] = ()
    condition: str = ""
    matched_by: str = "Id"
    once: str | None = None

    def columns(self) -> tuple[str, ...]:
        """The Salesforce fields to ask for."""
        wanted = [line.salesforce for line in self.lines]
        wanted += [name for choice in self.needs for name in choice]
        wanted += ["AccountId"] if self.account else []
        return tuple(dict.fromkeys(["Id", self.matched_by, *wanted]))


ACCOUNT: Final = Pair(
    platform="account",
    salesforce="Account",
    lines=(
        Line("Name", "name"),
        Line("Website", "domain"),
        Line("Phone", "phone"),
        Line("Industry", "industry"),
        Line("Owner.Email", "owner", mail),
    ),
    needs=(("Name",),),
)
TASK: Final = Pair(
    platform="task",
    salesforce="Task",
    lines=(
        Line("Subject", "title"),
        Line("Description", "description"),
        Line("Priority", "priority"),
        Line("Status", "status"),
        Line("ActivityDate", "due_date", day),
        Line("Owner.Email", "assigned_to", mail),
    ),
    account="account_id",
    needs=(("Subject",),),
)
TOUCHPOINT: Final = Pair(
    platform="touchpoint",
    salesforce="Event",
    lines=(
        Line("Subject", "subject"),
        Line("Description", "content"),
        Line("ActivityDate", "touchpoint_date", day),
    ),
    account="account_id",
    needs=(("Subject", "Description"),),
)


def sent_subject(touch: Mapping[str, Any]) -> str:
    """What the event of a campaign touch is called (T18)."""
    kind = "One time" if touch.get("campaign_type") == "one_time" else "Ongoing"
    said = f'{kind} campaign "{touch["campaign_name"]}" was sent to {touch["recipients"]:g} users.'
    return f"{said} From: {touch['sender']}"


def campaign_touch(field: str) -> Pair:
    """Campaign touches against the events whose custom field holds a touch's id."""
    return Pair(
        platform="campaign_touch",
        salesforce="Event",
        lines=(
            Line("Subject", "subject", made=sent_subject),
            Line("Description", "description"),
            Line("ActivityDate", "start_date", day),
        ),
        account="account_id",
        condition=f"{field} != null",
        matched_by=field,
    )


PAIRS: Final[Mapping[str, Pair]] = {pair.platform: pair for pair in (ACCOUNT, TASK, TOUCHPOINT)}
