"""Requests that got no whole answer: unreachable hosts, cut connections, damaged bodies."""

import ssl
from collections.abc import Iterator
from typing import Final

import requests

from syncline.errors import ConfigurationError, RetryableError, SyncError

NOT_AT_ONCE: Final = frozenset({"daily_limit", "read_timed_out", "login_rate", "query_locator"})
"""Retryable, but not within this start of the program."""


def broken(exc: requests.RequestException, host: str) -> SyncError:
    """The error for a request that got no whole answer."""
    if _has_cause(exc, ssl.SSLCertVerificationError):
        return ConfigurationError(
            f"The certificate of {host} is not trusted.",
            code="certificate_refused",
            field="login_url",
            remedy="Correct the address, or give the private authority's certificates.",
        )
    if isinstance(exc, requests.ReadTimeout):
        return RetryableError(f"{host} did not answer in time.", code="read_timed_out")
    if isinstance(exc, requests.ConnectionError):
        return RetryableError(f"{host} cannot be reached.", code="org_unreachable")
    if isinstance(exc, ValueError) and not isinstance(exc, requests.JSONDecodeError):
        return ConfigurationError(
            f"{host} is no address that can be called.",
            code="login_url_wrong",
            field="login_url",
            remedy="Give the org's My Domain address, such as https://example.my.salesforce.com.",
        )
    return RetryableError(f"The answer of {host} was cut short or damaged.", code="answer_damaged")


def at_once(error: SyncError) -> bool:
    """Whether the same call may be tried again within seconds."""
    return isinstance(error, RetryableError) and error.code not in NOT_AT_ONCE


def _has_cause(exc: BaseException, wanted: type[BaseException]) -> bool:
    return any(isinstance(each, wanted) for each in _causes(exc, set()))


def _causes(exc: BaseException, seen: set[int]) -> Iterator[BaseException]:
    """The exception and all that it was made from; urllib3 hides causes in `reason` and args."""
    if id(exc) in seen:
        return
    seen.add(id(exc))
    yield exc
    for each in (exc.__cause__, exc.__context__, getattr(exc, "reason", None), *exc.args):
        if isinstance(each, BaseException):
            yield from _causes(each, seen)
