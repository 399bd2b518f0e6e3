"""What an outbound batch is decided from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from syncline.engine.outgoing_values import Found, Known
from syncline.engine.records import Link


@dataclass(frozen=True, slots=True)
class OutgoingView:
    """What was read to decide a batch.

    `links`: platform id → its live link. `carried`: platform id → the CRM id that a record without
    a live link carries as its External Id; `known`: platform id → the link of that CRM id. `found`:
    what was fetched of the CRM, by CRM id; `fetched` are the ids asked for, so one that is not in
    `found` is gone. `unclear`: platform id → why nobody can tell whether what it carries is there.
    `orphans`: CRM ids of `known` links whose platform record was deleted. `remade`: platform ids of
    deleted records whose External Id a record without a live link has now.
    """

    links: Mapping[str, Link]
    known: Mapping[str, Link]
    carried: Mapping[str, str]
    resolved: Known
    found: Mapping[str, Found]
    fetched: frozenset[str]
    unclear: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    orphans: frozenset[str] = frozenset()
    remade: frozenset[str] = frozenset()
