"""What the headers of a request say about saving, and the writer that does as they say.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm
"""

from __future__ import annotations

from local.salesforce.acting import Acting
from local.salesforce.http.messages import Call
from local.salesforce.org import Org
from local.salesforce.store.policies import SaveOptions
from local.salesforce.store.writer import Writer


def options_of(call: Call) -> SaveOptions:
    """Assignment rules run unless the request forbids it; duplicates are saved if it allows."""
    duplicates = call.headers.get("sforce-duplicate-rule-header", "").replace(",", ";")
    pairs = [each.partition("=") for each in duplicates.split(";")]
    said = {name.strip().lower(): value.strip().lower() for name, _, value in pairs}
    return SaveOptions(
        allow_duplicates=said.get("allowsave") == "true",
        auto_assign=call.headers.get("sforce-auto-assign", "").strip().lower() != "false",
    )


def writer_of(org: Org, call: Call) -> Writer:
    """The writer of a request over REST."""
    return acting_writer(org.acting(call.user_id), call)


def acting_writer(acting: Acting, call: Call) -> Writer:
    """The same where the acting user is at hand."""
    return acting.writer(options=options_of(call))
