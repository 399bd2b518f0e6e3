"""Bodies for people: `X-PrettyPrint: 1` spreads JSON out as the Java library of Salesforce does.

Seen in every example of the REST guide: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_versions.htm
simple-salesforce asks for it with every call, so it must not be slow.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Final

_STEP: Final = "  "


def pretty(value: object) -> bytes:
    """Objects over several lines, lists on the line they begin in."""
    return _text(value, "\n").encode()


def _text(value: object, line: str) -> str:
    """`line` is the line break and the blanks that a closing brace stands behind."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        inner = line + _STEP
        pairs = [f"{encode_basestring(key)} : {_text(each, inner)}" for key, each in value.items()]
        return f"{{{inner}{f',{inner}'.join(pairs)}{line}}}" if pairs else "{ }"
    if isinstance(value, list | tuple):
        items = ", ".join([_text(each, line) for each in value])
        return f"[ {items} ]" if items else "[ ]"
    return json.dumps(value)
