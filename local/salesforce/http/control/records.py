"""What an admin or Apex does to records: merge, convert, undelete, purge, archive."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from local.salesforce.http.control.asking import (
    BadRequestError,
    Moment,
    Name,
    Order,
    RecordId,
    asked_model,
    asked_sobject,
    routes,
)
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.org import Org
from local.salesforce.schema.types import ACTIVITIES
from local.salesforce.store.bin import RecycleBin
from local.salesforce.store.conversion import Conversion, Wanted
from local.salesforce.store.incoming import WrongJsonError
from local.salesforce.store.merging import Merging

Ids = Annotated[list[RecordId], Field(min_length=1)]


def _no_false(given: object) -> object:
    return None if given is False else given


class MergeOrder(Order):
    """What becomes one, and what the winner takes over."""

    sobject: Name
    winner: RecordId
    losers: list[RecordId]
    fields: dict[str, object] = Field(default_factory=dict)


class ConvertOrder(Order):
    """A lead, and what of it is there already; false is the same as nothing."""

    lead: RecordId
    status: Annotated[Name | None, BeforeValidator(_no_false)] = None
    account: Annotated[RecordId | None, BeforeValidator(_no_false)] = None
    contact: Annotated[RecordId | None, BeforeValidator(_no_false)] = None
    opportunity: Annotated[Name | None, BeforeValidator(_no_false)] = None


class UndeleteOrder(Order):
    """Records in the bin."""

    ids: Ids


class SomeOrder(Order):
    """Records of an object, or what the route takes without any."""

    sobject: Name
    ids: list[RecordId] | None = None


class CutOrder(Order):
    """Since when the log of deletions knows."""

    before: Moment


def merge(org: Org, call: Call) -> Answer:
    """`POST merge`: {"sobject", "winner", "losers": [id, id], "fields": {...}}."""
    asked = asked_model(call, MergeOrder)
    sobject, acting = asked_sobject(org, asked.sobject), org.acting()
    merging = Merging(acting.writer(), acting.removal())
    try:
        with org.database.transaction():
            merging.merge(sobject, asked.winner, asked.losers, asked.fields)
    except WrongJsonError as error:
        raise error.placed(call.body) from error
    return NO_CONTENT


def convert(org: Org, call: Call) -> Answer:
    """`POST convert`: {"lead", "status", "account", "contact", "opportunity": name or false}."""
    wanted = Wanted(**asked_model(call, ConvertOrder).model_dump())
    acting = org.acting()
    with org.database.transaction():
        made = Conversion(acting.writer(), acting.removal()).convert(wanted)
    return Answer(200, made)


def undelete(org: Org, call: Call) -> Answer:
    """`POST undelete`: {"ids"}; what was deleted along comes back too."""
    ids = asked_model(call, UndeleteOrder).ids
    recycled = RecycleBin(org.acting().removal())
    with org.database.transaction():
        back = [each for given in ids for each in recycled.undelete(given)]
    return Answer(200, {"undeleted": back})


def purge(org: Org, call: Call) -> Answer:
    """`POST purge`: {"sobject", "ids"}; without ids the whole bin of the object."""
    asked = asked_model(call, SomeOrder)
    sobject = asked_sobject(org, asked.sobject)
    return Answer(200, {"purged": org.acting().removal().purge(sobject, asked.ids)})


def archive(org: Org, call: Call) -> Answer:
    """`POST archive`: {"sobject", "ids"}; without ids what is older than 365 days."""
    asked = asked_model(call, SomeOrder)
    sobject = asked_sobject(org, asked.sobject)
    if sobject.name not in ACTIVITIES:
        known = f"one of {', '.join(sorted(ACTIVITIES))}"
        raise BadRequestError("sobject", asked.sobject, "is never archived", known)
    recycled = RecycleBin(org.acting().removal())
    return Answer(200, {"archived": recycled.archive(sobject, asked.ids)})


def housekeeping(org: Org, _call: Call) -> Answer:
    """`POST housekeeping`: what Salesforce does at night, as of the org's clock.

    Old activities are archived and the bin forgets what is older than 15 days. It does not
    happen when the clock is set: when Salesforce does it is not told either.
    """
    recycled = RecycleBin(org.acting().removal())
    with org.database.transaction():
        archived = {
            name: recycled.archive(org.schema.require(name), None) for name in sorted(ACTIVITIES)
        }
        purged = recycled.expire()
    return Answer(200, {"archived": archived, "purged": purged})


def cut_log(org: Org, call: Call) -> Answer:
    """`POST delete-log/cut`: {"before": iso}; getDeleted knows nothing of what went earlier."""
    org.log_cut = asked_model(call, CutOrder).before
    return NO_CONTENT


ROUTES = routes(
    (
        ("POST", "merge", merge),
        ("POST", "convert", convert),
        ("POST", "housekeeping", housekeeping),
        ("POST", "delete-log/cut", cut_log),
        ("POST", "undelete", undelete),
        ("POST", "purge", purge),
        ("POST", "archive", archive),
    )
)
