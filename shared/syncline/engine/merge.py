"""Field-level three-way merge of one record: baseline, CRM and platform.

Only fields that both sides changed to different values are contested; a policy decides those and
nothing else, so an uncontested edit on either side survives (promise 3).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from syncline.engine.moments import to_the_second
from syncline.engine.outbox import was_announced
from syncline.engine.records import PlatformRecord, Value, Values, fed_at

CONTESTED: Final = "contested"
"""The reason of what both sides changed: held for a person, or decided by a policy."""


@dataclass(frozen=True, slots=True)
class Contest:
    """Both sides changed this attribute. `winner` is "crm", "platform" or "hold"."""

    attribute: str
    crm: Value
    platform: Value
    winner: str
    why: str


@dataclass(slots=True)
class Merge:
    """What the platform record becomes: `changes` are (attribute, before, after)."""

    changes: tuple[tuple[str, Value, Value], ...]
    contests: tuple[Contest, ...]
    agreed: frozenset[str]
    """Edited attributes on which both sides have the same value now: their edit times can go."""


_NOTHING: Final[Values] = MappingProxyType({})

Policy = Callable[[str, str, str], tuple[str, str]]
"""(the CRM's time, the platform's time, the CRM's title) → (winner, why). Both are counted in whole
seconds: a CRM tells no more of its edits."""


def _latest(crm: str, platform: str, title: str) -> tuple[str, str]:
    crm, platform = to_the_second(crm), to_the_second(platform)
    if platform > crm:
        return "platform", f"the platform's edit of {platform} is later than {crm}"
    return "crm", f"the {title} edit of {crm} is not earlier than {platform}"


def _crm(_crm: str, _platform: str, title: str) -> tuple[str, str]:
    return "crm", f"the job lets {title} win"


def _platform(_crm: str, _platform: str, _title: str) -> tuple[str, str]:
    return "platform", "the job lets the platform win"


def _hold(_crm: str, _platform: str, _title: str) -> tuple[str, str]:
    return "hold", "the job holds contested fields for a person"


POLICIES: Final[dict[str, Policy]] = {
    "latest": _latest,
    "crm": _crm,
    "salesforce": _crm,
    "platform": _platform,
    "hold": _hold,
}
"""`salesforce` is the older name of `crm`."""


def merge_record(  # noqa: PLR0913  all that a merge depends on
    *,
    baseline: Values | None,
    crm: Values,
    modified: str,
    record: PlatformRecord,
    attributes: Sequence[str],
    policy: str,
    title: str = "CRM",
    whole_record: bool = False,
    settled: Values = _NOTHING,
) -> Merge:
    """Decides each attribute against the baseline; with `whole_record` all of them as one, by the
    record's own last update, wherever both sides changed anything.

    Without a baseline (a first match) differing values are contested, but an empty side always
    yields: filling a gap loses nothing. `settled` are the platform's values that the baseline
    stands for: an address in capitals, or a time where the CRM has a day, is nobody's change.
    `title` is what people call the CRM.
    """
    changes: list[tuple[str, Value, Value]] = []
    contests: list[Contest] = []
    values = record.values
    differing = _differing(baseline, crm, attributes)
    if record.outbox:
        differing = [
            name
            for name in differing
            if not _is_ours(name, crm, baseline=baseline, record=record, settled=settled)
        ]
    whole = whole_record and any(
        _platform_changed(baseline, name, record, settled) for name in attributes
    )
    for name in _unsettled(attributes, differing, record, settled) if whole else differing:
        ours, theirs = values.get(name), crm.get(name)
        if ours == theirs or (baseline is None and theirs is None):
            continue
        if whole or _platform_changed(baseline, name, record, settled):
            time = fed_at(record) if whole else record.edits.get(name, record.updated_at)
            winner, why = POLICIES[policy](modified, time, title)
            contests.append(Contest(name, theirs, ours, winner, why))
            if winner != "crm":
                continue
        changes.append((name, ours, theirs))
    mapped = {*attributes, *crm, *(baseline or ())} if record.edits else ()
    return Merge(tuple(changes), tuple(contests), _agreed(record, crm, changes, mapped))


def _is_settled(name: str, record: PlatformRecord, settled: Values) -> bool:
    return name in settled and settled[name] == record.values.get(name)


def _unsettled(
    attributes: Sequence[str], differing: Sequence[str], record: PlatformRecord, settled: Values
) -> Sequence[str]:
    """All that may differ, if the CRM changed anything."""
    if not differing:
        return ()
    return [n for n in attributes if n in differing or not _is_settled(n, record, settled)]


def _platform_changed(
    baseline: Values | None, name: str, record: PlatformRecord, settled: Values
) -> bool:
    """Whether a person changed it. A value that differs but that no person edited was written by a
    sync that did not come to its end: it is no edit to lose."""
    ours = record.values.get(name)
    by_a_person = record.sync is None or name in record.edits
    differs = ours is not None if baseline is None else baseline.get(name) != ours
    return differs and by_a_person and not _is_settled(name, record, settled)


def _is_ours(
    name: str, crm: Values, *, baseline: Values | None, record: PlatformRecord, settled: Values
) -> bool:
    """Whether the CRM has it from a write-back that did not come to its end, before a person's
    later edit."""
    announced = was_announced(record, name, crm.get(name))
    return announced and _platform_changed(baseline, name, record, settled)


def _differing(baseline: Values | None, crm: Values, attributes: Sequence[str]) -> Sequence[str]:
    """What the CRM changed; everything where there is no baseline to tell."""
    if baseline is None:
        return attributes
    theirs, before = crm.get, baseline.get
    return [name for name in attributes if theirs(name) != before(name)]


def _agreed(
    record: PlatformRecord,
    crm: Values,
    changes: list[tuple[str, Value, Value]],
    mapped: Collection[str],
) -> frozenset[str]:
    """An attribute that is empty on both sides because nobody maps it is not agreed on."""
    edited = [name for name in record.edits if name in mapped]
    after = {**record.values, **{name: value for name, _, value in changes}}
    return frozenset(name for name in edited if after.get(name) == crm.get(name))
