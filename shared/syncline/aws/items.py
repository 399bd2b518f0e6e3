"""What an item of a table may be: its JSON text, its size by DynamoDB's rules, its limits.

Pure, so that memory refuses what DynamoDB would refuse.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from syncline.errors import RecordRejectedError

ITEM_LIMIT_BYTES: Final = 400 * 1024
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""

_CONTAINER_BYTES: Final = 3
_ELEMENT_BYTES: Final = 1


def compact(value: Any) -> str:
    """JSON text without blanks, keys in order: equal values give equal text.

    RecordRejectedError(code="not_storable") for what JSON or UTF-8 cannot hold.
    """
    try:
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
        )
        text.encode()
    except (TypeError, ValueError) as exc:
        raise RecordRejectedError(
            f"a value cannot be stored: {type(exc).__name__}", code="not_storable"
        ) from exc
    return text


def value_bytes(value: Any) -> int:
    """Size of one attribute value as DynamoDB counts it.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html:
    text is its UTF-8 length, a number about half a byte per significant digit plus one, null and
    boolean one byte, a list or map three bytes plus one for each element.
    """
    if value is None or isinstance(value, bool):
        return 1
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, (bytes, bytearray)):
        return len(value)
    if isinstance(value, (int, float, Decimal)):
        return number_bytes(value)
    if isinstance(value, Mapping):
        return _CONTAINER_BYTES + item_bytes(value) + _ELEMENT_BYTES * len(value)
    return _CONTAINER_BYTES + sum(value_bytes(each) + _ELEMENT_BYTES for each in value)


def number_bytes(value: float | Decimal) -> int:
    """One byte for two significant digits, plus one; one more for a negative number."""
    digits = str(abs(Decimal(str(value)))).partition("E")[0].replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + (value < 0)


def item_bytes(item: Mapping[str, Any]) -> int:
    """Size of an item: the names of its attributes and their values."""
    return sum(len(name.encode()) + value_bytes(value) for name, value in item.items())


def check_size(item: Mapping[str, Any], what: str) -> None:
    """RecordRejectedError(code="too_large") above DynamoDB's limit for one item."""
    size = item_bytes(item)
    if size > ITEM_LIMIT_BYTES:
        raise RecordRejectedError(
            f"{what} has {size:,} bytes; at most {ITEM_LIMIT_BYTES:,} can be stored",
            code="too_large",
        )
