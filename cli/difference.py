"""What a file would change, field by field, as data. Secrets are never part of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cli.show import HIDDEN, is_secret, quoted, short

#: Found by the API at the first login; a file may repeat them, and need not.
FOUND_BY_API: Final = ("org_id", "username")


@dataclass(frozen=True, slots=True)
class Change:
    """One field. `before` and `after` are None for a field that was or will be without a value."""

    field: str
    before: Any
    after: Any

    def line(self) -> str:
        """For a person."""
        if self.before is None:
            return f"{self.field}: {quoted(self.after)}"
        return f"{self.field}: {quoted(self.before)} → {quoted(self.after)}"

    def to_json(self) -> dict[str, Any]:
        """For a program."""
        return {"field": self.field, "before": self.before, "after": self.after}


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> tuple[Change, ...]:
    """From what is stored to what is asked for; nothing stored: every field that has a value."""
    return tuple(_changes(before or {}, after, ""))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str) -> Iterator[Change]:
    for name in [*after, *(name for name in before if name not in after)]:
        yield from _field(f"{prefix}{name}", before.get(name), after.get(name))


def _field(name: str, before: Any, after: Any) -> Iterator[Change]:
    if same(before, after):
        return
    if isinstance(after, Mapping) and isinstance(before, Mapping | None):
        yield from _changes(before or {}, after, f"{name}.")
    elif is_secret(name.rpartition(".")[2]):
        yield Change(name, HIDDEN if before else None, HIDDEN)
    elif _is_mapping(after) and (before is None or _is_mapping(before)):
        yield from _lines(name, before or (), after)
    else:
        yield Change(name, before, after)


def same(before: Any, after: Any) -> bool:
    """Equal values; instants are equal however they are written."""
    if before == after and isinstance(before, bool) == isinstance(after, bool):
        return True
    if isinstance(before, str) and isinstance(after, str):
        first, second = _instant(before), _instant(after)
        return first is not None and first == second
    return False


def _instant(text: str) -> datetime | None:
    if "T" not in text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


# --- mapping lines ----------------------------------------------------------------------------


def _is_mapping(value: Any) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(isinstance(line, Mapping) and "salesforce" in line for line in value)
    )


def _lines(
    name: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    """By what a line maps, so that an inserted line is one change and not one for each below."""
    old, new = _labelled(before), _labelled(after)
    for label in [*new, *(label for label in old if label not in new)]:
        if old.get(label) != new.get(label):
            yield Change(f"{name}[{label}]", _shown(old.get(label)), _shown(new.get(label)))
    if old == new and list(old) != list(new):
        yield Change(f"{name} (order)", ", ".join(old), ", ".join(new))


def _labelled(lines: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for line in lines:
        label = f"{short(line['salesforce'])} → {short(line.get('platform'))}"
        while label in found:
            label += " (again)"
        found[label] = line
    return found


def _shown(line: Mapping[str, Any] | None) -> str | None:
    if line is None:
        return None
    more = {key: value for key, value in line.items() if key not in ("salesforce", "platform")}
    told = ", ".join(f"{key} {quoted(value)}" for key, value in more.items() if value)
    return told or "mapped"
