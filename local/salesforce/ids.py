"""Record ids: 15 case-sensitive characters and 3 that make them safe where case is lost.

The checksum is described in Salesforce help article 000385008.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_SUFFIX: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ALLOWED: Final = frozenset(_DIGITS)
_FLAGS: Final = str.maketrans({each: str(int(each.isupper())) for each in _DIGITS})
#: Five flags, the first character's first, to the character that tells of them.
_CHECKS: Final = {f"{at:05b}"[::-1]: each for at, each in enumerate(_SUFFIX)}
_POD: Final = "5g0"
_SHORT: Final = 15
_LONG: Final = 18
_LOW: Final = len(_DIGITS) ** 2


def checksum(short: str) -> str:
    """The three characters that tell which of the fifteen are capitals."""
    flags = short.translate(_FLAGS)
    return _CHECKS[flags[:5]] + _CHECKS[flags[5:10]] + _CHECKS[flags[10:]]


@lru_cache(maxsize=65_536)
def normalise(text: str) -> str | None:
    """The 18-character form, or None for what can be no id (length, letters or checksum)."""
    if len(text) not in (_SHORT, _LONG) or not _ALLOWED.issuperset(text):
        return None
    short = text[:_SHORT]
    full = short + checksum(short)
    return full if len(text) == _SHORT or text == full else None


def mint(prefix: str, number: int) -> str:
    """The id of the n-th record of a key prefix; ids sort as they were made."""
    high, low = divmod(number, _LOW)
    first, rest = divmod(low, len(_DIGITS))
    short = _leading(prefix, high) + _DIGITS[first] + _DIGITS[rest]
    return short + checksum(short)


@lru_cache(maxsize=1_024)
def _leading(prefix: str, number: int) -> str:
    """All but the last two digits, which many ids made in a row share."""
    digits = ""
    for _ in range(_SHORT - len(prefix) - len(_POD) - 2):
        number, rest = divmod(number, len(_DIGITS))
        digits = _DIGITS[rest] + digits
    return prefix + _POD + digits
