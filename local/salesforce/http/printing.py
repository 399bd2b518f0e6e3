"""Bodies for people: `X-PrettyPrint: 1` spreads JSON out as the Java library of Salesforce does.

Seen in every example of the REST guide: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_versions.htm
"""

from __future__ import annotations

import json
from typing import Final

_STEP: Final = "  "


def pretty(value: object) -> bytes:
    """Objects over several lines, lists on the line they begin in."""
    return _text(value, "").encode()


def _text(value: object, indent: str) -> str:
    if isinstance(value, dict):
        inner = indent + _STEP
        lines = ",\n".join(f"{inner}{_plain(key)} : {_text(each, inner)}"
                           for key, each in value.items())  # fmt: skip
        return f"{{\n{lines}\n{indent}}}" if value else "{ }"
    if isinstance(value, list | tuple):
        items = ", ".join(_text(each, indent) for each in value)
        return f"[ {items} ]" if value else "[ ]"
    return _plain(value)


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
