"""Sessions: logging in with OAuth, keeping the token for the process, renewing it once."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from syncline.config.models import Credentials
from syncline.errors import ConfigurationError, RetryableError
from syncline.kinds.salesforce_ids import long_id
from syncline.salesforce.breakage import broken
from syncline.salesforce.faults import LOGIN_FAULTS, answer, refusal
from syncline.salesforce.patience import Patience

StoreRefreshToken = Callable[[str], None]
"""Stores a rotated refresh token for good; called before the token is used."""
StoredRefreshToken = Callable[[], str | None]
"""What is stored now; asked for only when the token at hand is refused."""


@dataclass(frozen=True, slots=True)
class Token:
    """One session. `origin` is where all calls go; it may differ from the login address."""

    access_token: str = field(repr=False)
    origin: str
    org_id: str
    user_id: str


@dataclass(slots=True)
class _Known:
    """What the process knows of one connection; a refresh token only where it was rotated."""

    token: Token | None = None
    refresh_token: str | None = field(default=None, repr=False)


_PROCESS: Final[dict[str, _Known]] = {}
"""By a digest of address and credentials, so that changed credentials log in anew."""


def forget_sessions() -> None:
    """Empties the cache of this process."""
    _PROCESS.clear()


def origin_of(url: str) -> str:
    """`scheme://host:port` of an address. Plain HTTP is for loopback alone."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts.hostname or "")):
        return f"{parts.scheme}://{parts.netloc}"
    raise ConfigurationError(
        f"'{parts.netloc}' is not called without encryption.",
        code="login_url_wrong",
        field="login_url",
        remedy="Give an address that begins with https://.",
    )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class Sessions:
    """The token of one connection: from the process's cache, or by a login.

    Salesforce does not say how long a session lasts (the org's session policy does), so a token
    is used until an answer says that it has ended.
    """

    def __init__(  # noqa: PLR0913 what a login needs, each of another origin
        self,
        http: requests.Session,
        *,
        login_url: str,
        credentials: Credentials,
        store_refresh_token: StoreRefreshToken | None = None,
        stored_refresh_token: StoredRefreshToken | None = None,
        patience: Patience,
        timeout: tuple[float, float],
    ) -> None:
        self._http = http
        self._origin = origin_of(login_url)
        self._credentials = credentials
        self._store = store_refresh_token
        self._stored = stored_refresh_token
        self._patience = patience
        self._timeout = timeout
        self.key = self._digest()
        """Stands for this connection in caches of the process."""
        self._known = _PROCESS.setdefault(self.key, _Known())

    @property
    def origin(self) -> str:
        """Where calls go: the session's own instance, or the login address before there is one."""
        return self._known.token.origin if self._known.token else self._origin

    def current(self) -> Token:
        return self._known.token or self.renew(None)

    def renew(self, ended: Token | None) -> Token:
        """A session other than `ended`; another caller may have renewed it already."""
        if self._known.token is None or self._known.token is ended:
            self._known.token = None
            self._known.token = self._patience(self._login_as_stored)
        return self._known.token

    def _login_as_stored(self) -> Token:
        """Where refresh tokens rotate, another process may have used up the one we hold: the one
        that it stored is tried before a person is asked."""
        try:
            return self._login()
        except ConfigurationError:
            stored = self._stored() if self._stored else None
            if stored is None or stored == self._form().get("refresh_token"):
                raise
            self._known.refresh_token = stored
            return self._login()

    def _digest(self) -> str:
        secret = self._credentials.refresh_token or self._credentials.client_secret
        parts = (
            self._origin,
            self._credentials.flow,
            self._credentials.client_id,
            self._credentials.client_secret.get_secret_value(),
            secret.get_secret_value(),
        )
        return sha256("\n".join(parts).encode()).hexdigest()

    def _form(self) -> dict[str, str]:
        given = self._credentials
        form = {
            "grant_type": given.flow,
            "client_id": given.client_id,
            "client_secret": given.client_secret.get_secret_value(),
        }
        if given.flow == "refresh_token" and given.refresh_token is not None:
            form["refresh_token"] = (
                self._known.refresh_token or given.refresh_token.get_secret_value()
            )
        return form

    def _login(self) -> Token:
        host = urlsplit(self._origin).netloc
        try:
            response = self._http.request(
                "POST",
                f"{self._origin}/services/oauth2/token",
                data=self._form(),
                headers={"Accept": "application/json"},
                timeout=self._timeout,
                allow_redirects=False,
            )
            body = _json(response)
        except requests.RequestException as exc:
            raise broken(exc, host) from exc
        if response.status_code >= 300:
            raise refusal(answer(response.status_code, body, host), LOGIN_FAULTS)
        return self._accept(body, host)

    def _accept(self, body: Any, host: str) -> Token:
        """Salesforce rotates a refresh token by answering with another one; the old one is dead
        from then on, so the new one is stored before anything is done with the session."""
        if not isinstance(body, Mapping) or "access_token" not in body:
            raise RetryableError(f"{host} answered the login oddly.", code="odd_answer")
        rotated = body.get("refresh_token")
        if self._credentials.flow == "refresh_token" and rotated:
            if rotated != self._form()["refresh_token"] and self._store is not None:
                self._store(str(rotated))
            self._known.refresh_token = str(rotated)
        org, user = str(body.get("id", "//")).rstrip("/").split("/")[-2:]
        return Token(
            access_token=str(body["access_token"]),
            origin=origin_of(str(body.get("instance_url") or self._origin)),
            org_id=long_id(org),
            user_id=long_id(user),
        )


def _json(response: requests.Response) -> Any:
    """An error body need not be JSON; the answer to a login must."""
    try:
        return response.json()
    except requests.JSONDecodeError:
        if response.status_code < 300:
            raise
        return response.text
