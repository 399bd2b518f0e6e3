"""What an admin or Apex does to records: merge, undelete, purge, archive."""

from __future__ import annotations

from local.salesforce.http.control.asking import asked_ids, asked_object, asked_sobject, routes
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.org import Org


def merge(org: Org, call: Call) -> Answer:
    """`POST merge`: {"sobject", "winner", "losers": [id, id]}."""
    asked = asked_object(call)
    losers = asked_ids({"ids": asked.get("losers")}) or []
    with org.database.transaction():
        org.acting().removal().merge(asked_sobject(org, asked), str(asked.get("winner")), losers)
    return NO_CONTENT


def undelete(org: Org, call: Call) -> Answer:
    """`POST undelete`: {"ids"}; what was deleted along comes back too."""
    ids = asked_ids(asked_object(call)) or []
    removal = org.acting().removal()
    with org.database.transaction():
        back = [each for given in ids for each in removal.undelete(given)]
    return Answer(200, {"undeleted": back})


def purge(org: Org, call: Call) -> Answer:
    """`POST purge`: {"sobject", "ids"}; without ids the whole bin of the object."""
    asked = asked_object(call)
    removal, sobject = org.acting().removal(), asked_sobject(org, asked)
    return Answer(200, {"purged": removal.purge(sobject, asked_ids(asked))})


def archive(org: Org, call: Call) -> Answer:
    """`POST archive`: {"sobject", "ids"}; without ids what is older than 365 days."""
    asked = asked_object(call)
    removal, sobject = org.acting().removal(), asked_sobject(org, asked)
    return Answer(200, {"archived": removal.archive(sobject, asked_ids(asked))})


ROUTES = routes(
    (
        ("POST", "merge", merge),
        ("POST", "undelete", undelete),
        ("POST", "purge", purge),
        ("POST", "archive", archive),
    )
)
