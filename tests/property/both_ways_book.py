"""What people did since the sides last agreed, and what must therefore hold when they agree again.

No more is asked than promises are made for: a value survives where one side alone has set the
field; where both did, one of the two; where nobody did, the value stays. A deletion is carried out
unless the other side has worked on the record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from syncline.engine.records import Value
from tests.worlds.two_sides import FIELDS, TwoSides

Edits = dict[str, dict[str, Value]]
_PARENT: Final = "account_id"


@dataclass(slots=True)
class Book:
    """`here` and `there`: id on the platform or in the CRM → attribute → value last set. `agreed`
    has the values of each CRM id when both sides last agreed. `mixed` are CRM ids that a merge or
    an undelete gave values nobody set, `torn` ids of both sides that one side has deleted and the
    other keeps."""

    here: Edits = field(default_factory=dict)
    there: Edits = field(default_factory=dict)
    agreed: dict[str, Mapping[str, Value]] = field(default_factory=dict)
    mixed: set[str] = field(default_factory=set)
    torn: set[str] = field(default_factory=set)

    def check(self, sides: TwoSides) -> None:
        """What must hold when all jobs have run to their ends."""
        for object in FIELDS:
            pairs = sides.pairs(object)
            self._check_there(sides, object, pairs)
            self._check_here(sides, object, {own: crm_id for crm_id, own in pairs.items()})
            for crm_id, own in _live(sides, object, pairs):
                self._check_values(sides.both(object, crm_id, own), crm_id, own)

    def close(self, sides: TwoSides) -> None:
        """The sides agree: a new page is begun."""
        for object in FIELDS:
            pairs = sides.pairs(object)
            there, here = sides.there(object), sides.here(object)
            for crm_id, own in pairs.items():
                self.here.pop(own, None)
                self.there.pop(crm_id, None)
                if (crm_id in there) != (own in here):
                    self.torn |= {crm_id, own}
            for crm_id, own in _live(sides, object, pairs):
                values = sides.both(object, crm_id, own).items()
                self.agreed[crm_id] = {name: value for name, (value, _) in values}
        self.mixed.clear()

    def _check_there(self, sides: TwoSides, object: str, pairs: Mapping[str, str]) -> None:
        """Each record of the CRM has its counterpart, if its account has one."""
        here, accounts = sides.here(object), sides.pairs("account")
        for crm_id, row in sides.there(object).items():
            if object == "task" and row.get("accountid") not in accounts:
                continue
            own = pairs.get(crm_id)
            kept = crm_id in self.torn or (own and (crm_id in self.there or crm_id in self.mixed))
            assert own in here or kept, f"{crm_id} is there, {own} is not here"

    def _check_here(self, sides: TwoSides, object: str, pairs: Mapping[str, str]) -> None:
        there = sides.there(object)
        for own, values in sides.here(object).items():
            if not _can_be_sent(sides, object, values):
                continue
            crm_id = pairs.get(own)
            kept = own in self.torn or (crm_id and own in self.here)
            assert crm_id in there or kept, f"{own} is here, {crm_id} is not there"
            if object == "task" and crm_id in there:
                parent = sides.parent(str(values[_PARENT]))
                assert there[crm_id]["accountid"] == parent, f"{own} is of another account"

    def _check_values(
        self, values: Mapping[str, tuple[Value, Value]], crm_id: str, own: str
    ) -> None:
        mine, theirs = self.here.get(own, {}), self.there.get(crm_id, {})
        if {crm_id, own} & self.torn:
            return
        for name, (crm, platform) in values.items():
            what = f"{name} of {own} and {crm_id}: {platform!r} and {crm!r}"
            assert crm == platform, what
            allowed = [each[name] for each in (mine, theirs) if name in each]
            if crm_id in self.mixed:
                continue
            if allowed:
                assert crm in allowed, f"{what}, not of {allowed}"
            elif crm_id in self.agreed:
                assert crm == self.agreed[crm_id][name], f"{what}, which nobody set"


def _can_be_sent(sides: TwoSides, object: str, values: Mapping[str, Value]) -> bool:
    """A task whose account is not linked waits; an account with an External Id that leads to no
    record is refused, one that was merged away is held."""
    if object == "task":
        return sides.parent(str(values.get(_PARENT))) is not None
    external = values.get("external_id")
    return external is None or external in {each.lower() for each in sides.there("account")}


def _live(sides: TwoSides, object: str, pairs: Mapping[str, str]) -> list[tuple[str, str]]:
    there, here = sides.there(object), sides.here(object)
    return [(crm_id, own) for crm_id, own in pairs.items() if crm_id in there and own in here]
