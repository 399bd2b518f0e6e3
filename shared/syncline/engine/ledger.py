"""The counts of a run. Every record read is in exactly one bucket, or the run fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from syncline.errors import InvariantError

BUCKETS: Final = (
    "created",
    "updated",
    "linked",
    "deleted",
    "left",
    "skipped",
    "parked",
    "held",
    "rejected",
)
WRITTEN: Final = ("records", "cross_references")
TROUBLE: Final = frozenset({"held", "rejected"})
"""Buckets that make a run a partial success: somebody should look."""
_IN_PART: Final = "updated:written_in_part"
"""Written but for some fields, which were refused: as much a trouble as a refused record."""


@dataclass(slots=True)
class Ledger:
    """`reasons` splits each bucket: `bucket:reason` → count; `examples` names a record of each that
    somebody should look at."""

    read: int = 0
    buckets: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BUCKETS, 0))
    reasons: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    outside: dict[str, int] = field(default_factory=dict)
    """Records that a rule keeps out of the totals (T16): reason → count. Their actions are in the
    journal as all others."""
    written: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WRITTEN, 0))
    """How many platform records and cross-references the run has written; write-back counts under
    `crm` the records that it has written there."""
    refused: dict[str, int] = field(default_factory=dict)
    """Of write-back, why `bucket:reason` came about: `bucket:reason:attribute:why` → records."""

    def count(self, bucket: str, reason: str, number: int = 1, *, example: str = "") -> None:
        """Puts `number` records into a bucket, the first example of a trouble beside them. KeyError
        for a bucket that does not exist."""
        if not number:
            return
        self.buckets[bucket] += number
        key = f"{bucket}:{reason}"
        self.reasons[key] = self.reasons.get(key, 0) + number
        if example and is_trouble(key):
            self.examples.setdefault(key, example)

    def refuse(self, place: str, attribute: str, why: str, *, example: str) -> None:
        """An attribute of a record that is counted in `place`, `bucket:reason`, was refused, or is
        held."""
        key = f"{place}:{attribute}:{why}"
        self.refused[key] = self.refused.get(key, 0) + 1
        self.examples.setdefault(key, example)

    def leave_out(self, reason: str, number: int = 1) -> None:
        """Takes records that were counted as read out of the totals."""
        self.read -= number
        self.outside[reason] = self.outside.get(reason, 0) + number

    def add(self, other: "Ledger") -> None:
        """Takes over all counts of another ledger."""
        self.read += other.read
        for mine, more in ((self.written, other.written), (self.refused, other.refused)):
            for what, number in more.items():
                mine[what] = mine.get(what, 0) + number
        for key in other.refused:
            self.examples.setdefault(key, other.examples[key])
        for reason, number in other.outside.items():
            self.outside[reason] = self.outside.get(reason, 0) + number
        for key, number in other.reasons.items():
            bucket, _, reason = key.partition(":")
            self.count(bucket, reason, number, example=other.examples.get(key, ""))

    def check(self) -> None:
        """InvariantError if a record is missing from the buckets or counted twice."""
        placed = sum(self.buckets.values())
        explained = sum(self.reasons.values())
        if not self.read == placed == explained:
            raise InvariantError(
                f"the ledger does not balance: {self.read} read, {placed} in buckets, "
                f"{explained} explained",
                code="ledger_unbalanced",
            )

    @property
    def trouble(self) -> int:
        """How many records a person should look at."""
        return sum(number for key, number in self.reasons.items() if is_trouble(key))

    def to_json(self) -> dict[str, Any]:
        """As stored in the run."""
        reasons = dict(sorted(self.reasons.items()))
        return {
            "read": self.read,
            **self.buckets,
            "reasons": reasons,
            "examples": dict(sorted(self.examples.items())),
            "outside": dict(sorted(self.outside.items())),
            "written": self.written,
            **({"refused": dict(sorted(self.refused.items()))} if self.refused else {}),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Ledger":
        """The ledger of a run that goes on; an empty mapping is a new one."""
        ledger = cls(read=int(stored.get("read", 0)))
        ledger.buckets.update({name: int(stored.get(name, 0)) for name in BUCKETS})
        ledger.reasons.update(stored.get("reasons", {}))
        ledger.examples.update(stored.get("examples", {}))
        ledger.outside.update(stored.get("outside", {}))
        ledger.written.update(stored.get("written", {}))
        ledger.refused.update(stored.get("refused", {}))
        return ledger


def is_trouble(key: str) -> bool:
    """Whether somebody should look at the records of that `bucket:reason`."""
    return key == _IN_PART or key.partition(":")[0] in TROUBLE
