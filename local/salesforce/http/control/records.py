"""What an admin or Apex does to records: merge, convert, undelete, purge, archive."""

from __future__ import annotations

from collections.abc import Mapping

from local.salesforce.http.control.asking import asked_ids, asked_object, asked_sobject, routes
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.org import Org, moment_of
from local.salesforce.schema.types import ACTIVITIES
from local.salesforce.store.bin import RecycleBin
from local.salesforce.store.conversion import Conversion, Wanted
from local.salesforce.store.incoming import WrongJsonError
from local.salesforce.store.merging import Merging


def merge(org: Org, call: Call) -> Answer:
    """`POST merge`: {"sobject", "winner", "losers": [id, id], "fields": {...}}."""
    asked = asked_object(call)
    losers = asked_ids({"ids": asked.get("losers")}) or []
    fields = asked.get("fields") or {}
    if not isinstance(fields, dict):
        raise TypeError("fields must be an object")
    acting = org.acting()
    merging = Merging(acting.writer(), acting.removal())
    try:
        with org.database.transaction():
            merging.merge(asked_sobject(org, asked), str(asked.get("winner")), losers, fields)
    except WrongJsonError as error:
        raise error.placed(call.body) from error
    return NO_CONTENT


def convert(org: Org, call: Call) -> Answer:
    """`POST convert`: {"lead", "status", "account", "contact", "opportunity": name or false}."""
    asked = asked_object(call)
    acting = org.acting()
    with org.database.transaction():
        made = Conversion(acting.writer(), acting.removal()).convert(_wanted(asked))
    return Answer(200, made)


def _wanted(asked: Mapping[str, object]) -> Wanted:
    def text(name: str) -> str | None:
        value = asked.get(name)
        return None if value is None or value is False else str(value)

    return Wanted(
        lead=str(asked.get("lead")),
        status=text("status"),
        account=text("account"),
        contact=text("contact"),
        opportunity=text("opportunity"),
    )


def undelete(org: Org, call: Call) -> Answer:
    """`POST undelete`: {"ids"}; what was deleted along comes back too."""
    ids = asked_ids(asked_object(call)) or []
    recycled = RecycleBin(org.acting().removal())
    with org.database.transaction():
        back = [each for given in ids for each in recycled.undelete(given)]
    return Answer(200, {"undeleted": back})


def purge(org: Org, call: Call) -> Answer:
    """`POST purge`: {"sobject", "ids"}; without ids the whole bin of the object."""
    asked = asked_object(call)
    removal, sobject = org.acting().removal(), asked_sobject(org, asked)
    return Answer(200, {"purged": removal.purge(sobject, asked_ids(asked))})


def archive(org: Org, call: Call) -> Answer:
    """`POST archive`: {"sobject", "ids"}; without ids what is older than 365 days."""
    asked = asked_object(call)
    recycled, sobject = RecycleBin(org.acting().removal()), asked_sobject(org, asked)
    return Answer(200, {"archived": recycled.archive(sobject, asked_ids(asked))})


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
    org.log_cut = moment_of(str(asked_object(call).get("before")))
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
