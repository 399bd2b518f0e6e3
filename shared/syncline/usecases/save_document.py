"""Replaces a configuration document only where it differs, so that saving twice saves once."""

from typing import Literal

from syncline.ports import Configuration, JsonObject, Stored
from syncline.usecases.findings import changed_meanwhile

Result = Literal["created", "changed", "unchanged"]


def save_document(
    configuration: Configuration,
    *,
    place: tuple[str, str, str],
    stored: Stored | None,
    body: JsonObject,
) -> Result:
    """`place` is workspace, type, name; `stored` what the caller read there.

    ConflictError if it is no longer what is stored.
    """
    if stored is not None and stored.body == body:
        return "unchanged"
    expected = stored.version if stored else 0
    if configuration.put(*place, body, expected=expected) is None:
        raise changed_meanwhile(f"{place[1]} '{place[2]}'")
    return "changed" if stored else "created"
