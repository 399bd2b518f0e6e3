"""Which address a request came to: a login host, a My Domain, or this machine."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from local.salesforce.http.messages import Call
from local.salesforce.org import Org

LOGIN_HOSTS: Final = ("login.salesforce.com", "test.salesforce.com")
_SALESFORCE: Final = ".salesforce.com"
_SANDBOX: Final = ".sandbox"


def on_login_host(call: Call) -> bool:
    """Whether it is one of the hosts that all orgs share."""
    return _host(call) in LOGIN_HOSTS


def instance_url(org: Org, call: Call) -> str:
    """Where a client goes on: its My Domain, or the address it came to on this machine."""
    if on_login_host(call):
        return f"https://{org.settings.my_domain}.my.salesforce.com"
    return call.origin


def login_url(org: Org, call: Call) -> str:
    """What identity URLs begin with: the login host, also when the token came from a My Domain."""
    if not _host(call).endswith(_SALESFORCE):
        return call.origin
    return f"https://{LOGIN_HOSTS[is_sandbox(org)]}"


def is_sandbox(org: Org) -> bool:
    """A sandbox is known by its My Domain, as `acme--dev.sandbox`."""
    return org.settings.my_domain.endswith(_SANDBOX)


def identity_url(org: Org, call: Call, user_id: str) -> str:
    """`https://login.salesforce.com/id/{org}/{user}`."""
    return f"{login_url(org, call)}/id/{org.sessions.org_id}/{user_id}"


def _host(call: Call) -> str:
    """A Host header may hold anything."""
    try:
        return urlsplit(call.origin).hostname or ""
    except ValueError:
        return ""
