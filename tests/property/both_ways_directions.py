"""What is mapped in one direction only, compared in that direction (T4, T14, T17, T20)."""

from collections.abc import Collection, Mapping

from syncline.engine.records import Value
from tests.worlds.two_sides import SOBJECTS, TwoSides
from tests.worlds.two_sides_fields import CREATED, OWNED, moment, person


def check_directions(
    sides: TwoSides,
    object: str,
    crm_id: str,
    own: str,
    values: Mapping[str, Value],
    named: Collection[Value],
) -> None:
    """Of one pair that lives on both sides. `named` are whom people named as the creator of a
    touchpoint: that goes out when the event is created, and never after."""
    what = f"{own} and {crm_id} ({SOBJECTS[object]})"
    assert values.get("external_id") == crm_id.lower(), f"{what}: {values.get('external_id')}"
    for name, path in OWNED.get(object, {}).items():
        said = sides.said(object, crm_id, path)
        assert values.get(name) == said, f"{name} of {what}: {values.get(name)!r}, not {said!r}"
    for name, path in CREATED[object].items():
        said = sides.said(object, crm_id, path)
        allowed = (said, *named, *([None] if own.startswith("p") else []))
        assert values.get(name) in allowed, f"{name} of {what}: {values.get(name)!r}, not {said!r}"
    told = values.get("last_update_date")
    changed = moment(sides.said(object, crm_id, "LastModifiedDate"))
    assert told is None or str(told) <= str(changed), f"{what}: {told}, changed {changed}"
    if object == "touchpoint" and own.startswith("p") and None not in named:
        owner = sides.said(object, crm_id, "Owner.Email")
        assert owner in map(person, named), f"{what}: of {owner}, not {named}"
