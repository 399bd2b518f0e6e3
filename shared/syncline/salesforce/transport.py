"""The requests.Session under simple-salesforce: what the library leaves out of every call.

The library calls `https://` whatever the address, sends no time-outs, renews sessions in some
calls only, asks for indented JSON, and lets netrc files replace the Authorization header.
"""

from typing import Any, Final
from urllib.parse import urlsplit

import requests

from syncline.errors import ConfigurationError
from syncline.salesforce.limits import Meter
from syncline.salesforce.tokens import Sessions, Token

SESSION_ENDED: Final = "INVALID_SESSION_ID"
NOT_FOR_RENEWAL: Final = (
    "This session is not valid for use with the REST API",
    "Connected app is not attached to Agent",
)
"""Texts of a 401 that a new session would meet again."""


def proxies_of(proxy: str | None) -> dict[str, str]:
    """For a session's `proxies`: one address for both schemes, or none."""
    return {"http": proxy, "https": proxy} if proxy else {}


def plain_session(*, ca_bundle: str | None, proxy: str | None = None) -> requests.Session:
    """A session that reads no netrc, no proxies and no certificates from the environment."""
    session = requests.Session()
    session.trust_env = False
    session.proxies.update(proxies_of(proxy))
    session.verify = ca_bundle or True
    return session


class ApiSession(requests.Session):
    """Sends the library's calls to the session's own instance, with time-outs and a live token.

    A 401 means that nothing was executed, so any call is repeated once with a renewed session.
    """

    def __init__(
        self,
        sessions: Sessions,
        meter: Meter,
        *,
        client_tag: str,
        timeout: tuple[float, float],
        ca_bundle: str | None,
        proxy: str | None = None,
    ) -> None:
        super().__init__()
        self.trust_env = False
        self.proxies.update(proxies_of(proxy))
        self.verify = ca_bundle or True
        self._sessions = sessions
        self._meter = meter
        self._timeout = timeout
        self._options = f"client={client_tag}"

    def request(  # type: ignore[override]
        self, method: str, url: str, *, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> requests.Response:
        token = self._sessions.current()
        response = self._send(method, url, token, headers or {}, kwargs)
        if response.status_code == 401 and _session_ended(response):
            response.close()
            token = self._sessions.renew(token)
            if hasattr(kwargs.get("data"), "seek"):
                kwargs["data"].seek(0)  # the file was sent with the session that had ended
            response = self._send(method, url, token, headers or {}, kwargs)
        return response

    def _send(
        self, method: str, url: str, token: Token, headers: dict[str, str], kwargs: dict[str, Any]
    ) -> requests.Response:
        ours = {k: v for k, v in headers.items() if k.lower() != "x-prettyprint"}
        ours["Authorization"] = f"Bearer {token.access_token}"
        ours["Sforce-Call-Options"] = self._options
        self._meter.requests += 1
        response = super().request(
            method,
            token.origin + _path(url),
            headers=ours,
            timeout=self._timeout,
            allow_redirects=False,
            **kwargs,
        )
        self._meter.hear(
            date=response.headers.get("Date"),
            limit_info=response.headers.get("Sforce-Limit-Info"),
        )
        return response


def _path(url: str) -> str:
    """Path and query: what the library prepends is a host that the session may have left."""
    parts = urlsplit(url)
    if not parts.path.startswith("/services/"):
        raise ConfigurationError(
            "Salesforce pointed to a place that is not its API.", code="odd_answer"
        )
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _session_ended(response: requests.Response) -> bool:
    text = response.text
    return SESSION_ENDED in text and not any(each in text for each in NOT_FOR_RENEWAL)
