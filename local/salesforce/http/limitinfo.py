"""`Sforce-Limit-Info`, which every answer of the REST API carries that got past the session check.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm has
`api-usage` and, in orgs that meter apps, `per-app-api-usage`. A recorded 401 has neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.signin.forms import bearer
from local.salesforce.org import Org

_VERSIONS: Final = "/services/data"
_HTML: Final = "text/html"


def usage(org: Org, call: Call, found: Answer) -> Mapping[str, str]:
    """The header, or nothing for pages of the web server and for who was not let in."""
    path = call.path.lower().rstrip("/")
    if not path.startswith(f"{_VERSIONS}/") or found.status == HTTPStatus.UNAUTHORIZED:
        return {}
    if found.media.startswith(_HTML):
        return {}
    value = f"api-usage={org.requests_used}/{org.settings.daily_api_requests}"
    return {"Sforce-Limit-Info": value + _by_app(org, call)}


def _by_app(org: Org, call: Call) -> str:
    """The app's own share, where the setting gives it one."""
    most = org.settings.per_app_api_requests
    session = org.sessions.find(bearer(call), minutes=org.settings.session_timeout_minutes)
    app = org.apps.known(session.client_id or "") if session is not None else None
    if not most or app is None:
        return ""
    return f"; per-app-api-usage={org.apps.calls[app.client_id]}/{most}(appName={app.name})"
