"""From the platform's canonical value to the CRM's, by type: the way back of `coercion`.

A value that cannot be made what its field needs is refused here, with what is needed named, before
anything is sent (W13). Each pair of types has one function; a pair that is not in the table cannot
be mapped outbound.
"""

from collections.abc import Callable
from typing import Final

from syncline.engine.coercion import coercer
from syncline.engine.records import Value

Outcoercer = Callable[[Value], Value]

_TEXTS: Final = (
    "string",
    "textarea",
    "picklist",
    "multipicklist",
    "combobox",
    "email",
    "phone",
    "url",
    "encryptedstring",
    "anytype",
    "id",
    "reference",
)
_NUMBERS: Final = ("double", "currency", "percent")


def _same(value: Value) -> Value:
    return value


def _whole(value: Value) -> Value:
    number = coercer("double", "number")(value)
    if number is not None and int(number) != number:
        raise ValueError("a whole number")
    return number


_OUTCOERCERS: Final[dict[tuple[str, str], Outcoercer]] = {
    **{("text", kind): _same for kind in _TEXTS},
    **{("number", kind): coercer("double", "text") for kind in _TEXTS},
    **{("boolean", kind): coercer("boolean", "text") for kind in _TEXTS},
    **{("date", kind): _same for kind in _TEXTS},
    **{("datetime", kind): _same for kind in _TEXTS},
    **{
        (type, kind): coercer("double", "number")
        for kind in _NUMBERS
        for type in ("number", "text")
    },
    **{(type, kind): _whole for kind in ("int", "long") for type in ("number", "text")},
    ("boolean", "boolean"): _same,
    ("text", "boolean"): coercer("boolean", "boolean"),
    ("date", "date"): _same,
    ("text", "date"): coercer("date", "date"),
    ("datetime", "date"): coercer("datetime", "date"),
    ("datetime", "datetime"): _same,
    ("text", "datetime"): coercer("datetime", "datetime"),
    ("date", "datetime"): coercer("date", "datetime"),
}


def sendable(attribute_type: str, crm_type: str) -> bool:
    """Whether an attribute of that platform type can be written to a field of that CRM type."""
    return (attribute_type, crm_type.lower()) in _OUTCOERCERS


def outcoercer(attribute_type: str, crm_type: str) -> Outcoercer:
    """Canonical platform value → canonical CRM value; ValueError saying what is needed. KeyError
    for a pair that validation refuses."""
    return _OUTCOERCERS[(attribute_type, crm_type.lower())]
