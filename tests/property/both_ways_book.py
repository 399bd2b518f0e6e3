"""What people did since the sides last agreed, and what must therefore hold when they agree again.

No more is asked than promises are made for: a value survives where one side alone has set the
field, on its own side as it was set; where both did, one of the two; where nobody did, the value
stays. A deletion is carried out unless the other side has worked on the record.

A record that names somebody whom Salesforce does not know is refused until that is mended: till
then the platform keeps what people said there, and nothing more is asked of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from syncline.engine.records import Value
from tests.property.both_ways_directions import check_directions
from tests.worlds.two_sides import ACTIVITIES, SOBJECTS, TwoSides
from tests.worlds.two_sides_fields import Field, can_be_found, person

Edits = dict[str, dict[str, Value]]
Agreed = dict[str, dict[str, tuple[Value, Value]]]
_PARENT: Final = "account_id"
NAMES: Final = {"task": "assigned_to", "touchpoint": "creator"}
"""Whom a new record must name rightly."""


@dataclass(slots=True)
class Book:
    """`here`: id on the platform → attribute → value last set, as the platform keeps it; `there`:
    id in the CRM → attribute → value last set, as it is compared. `agreed` has of each CRM id both
    sides' values when they last agreed. `mixed` are CRM ids that a merge or an undelete gave values
    nobody set, `torn` ids of both sides that one side has deleted and the other keeps. `named`:
    id on the platform → all whom people named there as the creator of a touchpoint; `owners`: id in
    the CRM → whose event it has been from the beginning (T20)."""

    here: Edits = field(default_factory=dict)
    there: Edits = field(default_factory=dict)
    agreed: Agreed = field(default_factory=dict)
    mixed: set[str] = field(default_factory=set)
    torn: set[str] = field(default_factory=set)
    named: dict[str, set[Value]] = field(default_factory=dict)
    owners: dict[str, Value] = field(default_factory=dict)

    def check(self, sides: TwoSides) -> None:
        """What must hold when all jobs have run to their ends."""
        for object in SOBJECTS:
            pairs = sides.pairs(object)
            self._check_there(sides, object, pairs)
            self._check_here(sides, object, {own: crm_id for crm_id, own in pairs.items()})
            here = sides.here(object)
            for crm_id, own in _live(sides, object, pairs):
                if not {crm_id, own} & self.torn:
                    self._check_values(sides, object, crm_id, own)
                    named = self.named.get(own, ())
                    check_directions(sides, object, crm_id, own, here[own], named)
                if object == "touchpoint":
                    owner = sides.said(object, crm_id, "OwnerId")
                    assert self.owners.setdefault(crm_id, owner) == owner, f"{crm_id} changed hands"

    def close(self, sides: TwoSides) -> None:
        """The sides agree: a new page is begun."""
        for object in SOBJECTS:
            pairs = sides.pairs(object)
            there, here = sides.there(object), sides.here(object)
            for crm_id, own in pairs.items():
                if crm_id in there and own in here and is_refused(sides, object, crm_id, own):
                    continue
                self.here.pop(own, None)
                self.there.pop(crm_id, None)
                if (crm_id in there) != (own in here):
                    self.torn |= {crm_id, own}
            for crm_id, own in _live(sides, object, pairs):
                meant = sides.meant(object, crm_id).items()
                self.agreed[crm_id] = {name: (v, here[own].get(name)) for name, v in meant}
        self.mixed.clear()

    def _check_there(self, sides: TwoSides, object: str, pairs: Mapping[str, str]) -> None:
        """Each record of the CRM has its counterpart, if its account has one."""
        here, accounts = sides.here(object), sides.pairs("account")
        for crm_id, row in sides.there(object).items():
            if object in ACTIVITIES and row.get("accountid") not in accounts:
                continue
            own = pairs.get(crm_id)
            kept = crm_id in self.torn or (own and (crm_id in self.there or crm_id in self.mixed))
            assert own in here or kept, f"{crm_id} is there, {own} is not here"

    def _check_here(self, sides: TwoSides, object: str, pairs: Mapping[str, str]) -> None:
        there = sides.there(object)
        for own, values in sides.here(object).items():
            crm_id = pairs.get(own)
            if not _can_be_sent(sides, object, values, new=crm_id is None):
                continue
            kept = own in self.torn or (crm_id and own in self.here)
            assert crm_id in there or kept, f"{own} is here, {crm_id} is not there"
            if object in ACTIVITIES and crm_id in there:
                parent = sides.parent(str(values[_PARENT]))
                assert there[crm_id]["accountid"] == parent, f"{own} is of another account"

    def _check_values(self, sides: TwoSides, object: str, crm_id: str, own: str) -> None:
        values, refused = sides.here(object)[own], is_refused(sides, object, crm_id, own)
        mine, theirs = self.here.get(own, {}), self.there.get(crm_id, {})
        for name, crm in sides.meant(object, crm_id).items():
            field, platform = sides.fields[object][name], values.get(name)
            before = self.agreed.get(crm_id, {}).get(name)
            what = f"{name} of {own} and {crm_id}: {platform!r} and {crm!r}"
            meant = field.means(platform)
            assert refused or meant == crm or _is_cleared(field, platform), what
            if crm_id in self.mixed:
                continue
            if name in theirs:
                allowed = [theirs[name], *([field.means(mine[name])] if name in mine else [])]
                assert meant in allowed, f"{what}, not of {allowed}"
            elif name in mine and not (mine[name] is None and _is_given(field, before)):
                assert platform == mine[name], f"{what}, not {mine[name]!r}"
                assert (before and crm == before[0]) or _can_be_sent_as(field, platform), (
                    f"{what}, sent"
                )
            elif before is not None:
                assert (crm, platform) == before, f"{what}, which nobody set: {before}"


def is_refused(sides: TwoSides, object: str, crm_id: str, own: str) -> bool:
    """Whether a person gave the record to somebody whom nobody can find."""
    name = NAMES.get(object, "")
    if name not in sides.fields[object]:
        return False
    address = sides.here(object)[own].get(name)
    known = address is None or can_be_found(address)
    return not known and person(address) != sides.meant(object, crm_id)[name]


def _is_given(field: Field, before: tuple[Value, Value] | None) -> bool:
    """What is created without an owner is given one by Salesforce."""
    return field.means is person and before is None


def _can_be_sent_as(field: Field, platform: Value) -> bool:
    return field.means is not person or platform is None or can_be_found(platform)


def _is_cleared(field: Field, platform: Value) -> bool:
    """An owner cannot be taken away: the CRM keeps the last one."""
    return field.means is person and platform is None


def _can_be_sent(sides: TwoSides, object: str, values: Mapping[str, Value], *, new: bool) -> bool:
    """An activity whose account is not linked waits, a new one of somebody unknown is refused; an
    account with an External Id that leads to no record is refused, one that was merged away is
    held."""
    if object in ACTIVITIES:
        name = values.get(NAMES[object])
        unknown = new and name is not None and not can_be_found(name)
        return not unknown and sides.parent(str(values.get(_PARENT))) is not None
    external = values.get("external_id")
    return external is None or external in {each.lower() for each in sides.there("account")}


def _live(sides: TwoSides, object: str, pairs: Mapping[str, str]) -> list[tuple[str, str]]:
    there, here = sides.there(object), sides.here(object)
    return [(crm_id, own) for crm_id, own in pairs.items() if crm_id in there and own in here]
