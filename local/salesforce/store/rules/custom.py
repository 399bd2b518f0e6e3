"""Validation rules an admin made: a write is refused when the condition holds of the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.store.database import Value
from local.salesforce.store.policies import ValidationRule
from local.salesforce.store.rules.saving import Saving

Compare = Callable[[Value, Value], bool]


def _number(value: Value) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def _less(left: Value, right: Value) -> bool:
    """Numbers as numbers, all else as text, which is right for dates and moments."""
    if left is None or right is None:
        return False
    first, second = _number(left), _number(right)
    if first is not None and second is not None:
        return first < second
    return str(left) < str(right)


#: The operators of a rule that look at the value alone.
OPERATORS: Final[Mapping[str, Compare]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": _less,
    ">": lambda left, right: _less(right, left),
    "contains": lambda left, right: left is not None and str(right) in str(left),
    "blank": lambda left, _: left is None,
}
#: And the one that looks at what it was.
CHANGED: Final = "changed"


def check_rules(sobject: str, saving: Saving) -> None:
    """All rules that hold refuse together: the answer lists each (jsforce issue 861)."""
    broken = [
        ApiError(
            Kind.CUSTOM_VALIDATION,
            fields=(rule.error_field,) if rule.error_field else (),
            text=rule.message,
        )
        for rule in saving.ground.policies.validations
        if rule.sobject == sobject and _holds(rule, saving)
    ]
    if broken:
        broken[0].others = tuple(broken[1:])
        raise broken[0]


def _holds(rule: ValidationRule, saving: Saving) -> bool:
    if rule.op == CHANGED:
        return saving.before is not None and saving.changes(rule.field)
    value = rule.value
    wanted = int(value) if isinstance(value, bool) else value
    return OPERATORS[rule.op](saving.row.get(rule.field), wanted)
