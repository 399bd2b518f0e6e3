"""What a batch of write-back is decided by, read in batches beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from syncline.engine.dialect import Dialect
from syncline.engine.edited import Edited, EditPlace
from syncline.engine.outgoing_values import Found
from syncline.engine.write_lines import People, WriteLine


@dataclass(frozen=True, slots=True)
class WriteView:
    """What was read to decide a batch.

    `found` has what was fetched of the CRM, by CRM id; `fetched` are the ids asked for, so one that
    is not in `found` is gone; what was not fetched is its baseline. `references`: CRM id →
    reference field in lower case → the id that it holds; `touched` likewise, when the record that
    it leads to was last changed; `edited`, what we wrote there. `policy` and `whole_record` are the
    inbound job's.
    """

    lines: Mapping[str, WriteLine]
    policy: str
    dialect: Dialect
    found: Mapping[str, Found] = field(default_factory=dict)
    fetched: frozenset[str] = frozenset()
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    touched: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    edited: Mapping[EditPlace, Edited] = field(default_factory=dict)
    people: People = field(default_factory=dict)
    whole_record: bool = False
