"""`Sforce-Limit-Info`, which every answer of the REST API carries that got past the session check.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm has
`api-usage` and, in orgs that meter apps, `per-app-api-usage`. A recorded 401 has neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from local.salesforce.http.messages import Answer, Call
from local.salesforce.org import Org

_REST: Final = "/services/data/"
_HTML: Final = "text/html"


def usage(org: Org, call: Call, found: Answer) -> Mapping[str, str]:
    """The header, or nothing for pages of the web server and for who was not let in."""
    rest = call.path.lower().startswith(_REST) and call.path.rstrip("/").lower() != _REST[:-1]
    if not rest or found.media.startswith(_HTML) or found.status == HTTPStatus.UNAUTHORIZED:
        return {}
    value = f"api-usage={org.requests_used}/{org.settings.daily_api_requests}"
    return {"Sforce-Limit-Info": value}
