"""Names that a caller chooses in a path."""

import re
from typing import Final

from syncline.http.problems import Flaw, RequestError

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")
_RECORD_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def checked_name(what: str, name: str) -> str:
    """RequestError 422 for what cannot be the name of a workspace, connection or job."""
    return _checked(_NAME, what, name, "lower-case letters, digits and hyphens, at most 48")


def checked_record_id(id: str) -> str:
    """RequestError 422 for what cannot be the id of a platform record."""
    return _checked(_RECORD_ID, "id", id, "letters, digits, dots, hyphens and underscores")


def _checked(pattern: re.Pattern[str], what: str, name: str, rule: str) -> str:
    if not pattern.fullmatch(name):
        message = f"'{name[:60]}' cannot be used here"
        flaw = Flaw("path", what, "invalid_name", message, f"Use {rule}.", name)
        raise RequestError(422, "invalid_name", message, flaws=[flaw])
    return name
