"""Record ids of Salesforce: 15 characters that mean case, and the 18 that do not need to.

The algorithm is in the Salesforce help article "Convert 15-character Id to 18-character Id".
"""

from dataclasses import dataclass
from typing import Final

_SUFFIX: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
"""Place n stands for the capitals of five characters, the first of them in the lowest bit."""
_SHORT: Final = (
    "short_external_id",
    "its External Id has 15 characters, whose case is lost in lower case; give all 18",
)


def long_id(id: str) -> str:
    """The 18-character form. Each added character tells which of five are capital letters.

    Anything but 15 characters is returned as it is.
    """
    if len(id) != 15:
        return id
    chunks = (id[:5], id[5:10], id[10:])
    return id + "".join(
        _SUFFIX[sum(1 << at for at, each in enumerate(chunk) if "A" <= each <= "Z")]
        for chunk in chunks
    )


def is_id(id: str, prefix: str | None = None) -> bool:
    """Whether it can be the 18-character id of a record, of the object with that key prefix.

    Salesforce refuses a whole query for one id that cannot be.
    """
    if not (len(id) == 18 and id.isascii() and id.isalnum()):
        return False
    return long_id(id[:15]) == id and (prefix is None or id.startswith(prefix))


def restore_case(id: str) -> str | None:
    """The id that an 18-character one was before its case was lost, which the last three
    characters tell; None for what cannot have been an id. An id that kept its case stays."""
    if not (len(id) == 18 and id.isascii() and id.isalnum()):
        return None
    capitals = [_SUFFIX.find(each) for each in id[15:].upper()]
    restored = long_id(
        "".join(
            each.upper() if capitals[at // 5] >> at % 5 & 1 else each.lower()
            for at, each in enumerate(id[:15])
        )
    )
    return restored if restored.lower() == id.lower() else None


def unclear(id: str, prefix: str | None) -> tuple[str, str] | None:
    """15 characters without their case may stand for several records."""
    short = bool(prefix) and len(id) == 15 and id.lower().startswith(str(prefix).lower())
    return _SHORT if short else None


def alike(one: str, other: str) -> bool:
    """Ids of one object begin with the same three characters."""
    return one[:3] == other[:3]


@dataclass(frozen=True, slots=True)
class SalesforceIds:
    """The rules as the engine asks for them."""

    is_id = staticmethod(is_id)
    long_id = staticmethod(long_id)
    restore_case = staticmethod(restore_case)
    unclear = staticmethod(unclear)
    alike = staticmethod(alike)
