"""A line of a default mapping."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DefaultLine:
    """`crm` is a field path (`Owner.Email`), `platform` an attribute; `key` marks the lines that
    identify the record or its parent."""

    crm: str
    platform: str
    key: bool = False
