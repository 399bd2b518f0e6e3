"""Record ids: 15 characters that mean case, and the 18-character form that does not need to."""

from typing import Final

_SUFFIX: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_id(id: str) -> str:
    """The 18-character form. Each added character tells which of five are capital letters.

    The algorithm is in the Salesforce help article "Convert 15-character Id to 18-character Id".
    Anything but 15 characters is returned as it is.
    """
    if len(id) != 15:
        return id
    chunks = (id[0:5], id[5:10], id[10:15])
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
