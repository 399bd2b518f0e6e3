"""Results that are read in pages."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import datetime

from local.salesforce.soql.planned import Plan


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows of a statement as they were when it ran; their values are read page by page."""

    plan: Plan
    rows: array[int]
    everything: bool
    size: int
    opened: datetime
    user_id: str
