"""How long a request may be before the web server in front of the API refuses it.

Above 16,384 bytes the answer is 414 for the address alone and 431 with the headers, both as a page
of Jetty: https://help.salesforce.com/s/articleView?id=000386264&type=1 and, with the text,
https://github.com/airbytehq/airbyte/issues/20703. How Salesforce counts separators is not told.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from local.salesforce.http.messages import Answer

MOST_BYTES: Final = 16_384
_SEPARATORS: Final = len(": \r\n")
_MEDIA: Final = "text/html;charset=iso-8859-1"


def too_long(target: bytes, headers: Iterable[tuple[bytes, bytes]]) -> Answer | None:
    """The refusal of a request whose head is too long; None for all others."""
    if len(target) > MOST_BYTES:
        return _page(414, "URI Too Long")
    lines = sum(len(name) + len(value) + _SEPARATORS for name, value in headers)
    if len(target) + lines > MOST_BYTES:
        return _page(431, "Request Header Fields Too Large")
    return None


def _page(status: int, reason: str) -> Answer:
    body = f"<h1>Bad Message {status}</h1><pre>reason: {reason}</pre>"
    return Answer(status, raw=body.encode(), media=_MEDIA, headers={"Connection": "close"})
