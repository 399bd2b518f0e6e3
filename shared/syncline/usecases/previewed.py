"""What a preview answers: the same for both directions."""

from collections.abc import Mapping
from dataclasses import dataclass

from syncline.engine.records import Value
from syncline.kinds.kind import Direction


@dataclass(frozen=True, slots=True)
class PreviewField:
    """One field that would be written, by its name where it is written. `before` is what is there
    as far as it is known, as the platform shows it; None also where nothing is known."""

    field: str
    attribute: str | None
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One record: what a run would do with it and why. `values` by the platform's attribute: those
    of the CRM's record as mapped, or of the platform's record that would be sent."""

    crm_id: str | None
    platform_id: str | None
    verb: str
    reason: str
    detail: str
    values: Mapping[str, Value]
    fields: tuple[PreviewField, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """`total` is how many records a full run would read; None where that is not known."""

    direction: Direction
    rows: tuple[PreviewRow, ...]
    total: int | None
