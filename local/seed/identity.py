"""Ids, addresses and stamps of made-up records, as Salesforce would print them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Final

from local.salesforce.ids import checksum

Row = tuple[str, dict[str, object]]

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#: Another pod than the emulator's own, so that a record made there never gets an id from here.
_POD: Final = "Kx0"
_WIDTH: Final = 9
_LETTERS: Final = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "\u0131": "i", "ł": "l"})


def record_id(prefix: str, number: int) -> str:
    """The 18-character id of the n-th record of a key prefix; ids sort as their numbers."""
    digits = ""
    for _ in range(_WIDTH):
        number, rest = divmod(number, len(_DIGITS))
        digits = _DIGITS[rest] + digits
    short = prefix + _POD + digits
    return short + checksum(short)


def plain(text: str, *, joint: str = "") -> str:
    """ASCII letters and digits only, lower case: for mail addresses and host names."""
    folded = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    ascii_only = folded.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", joint, ascii_only).strip(joint or None)


def stamp(moment: datetime) -> str:
    """A moment to the second, which is as exact as Salesforce's stamps are in practice."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.000Z"


def day(moment: date) -> str:
    """A date field."""
    return f"{moment:%Y-%m-%d}"
