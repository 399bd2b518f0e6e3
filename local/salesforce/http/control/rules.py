"""What an admin sets up about writes: duplicate and validation rules, assignment, locked rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from local.salesforce.http.control.asking import (
    BadRequestError,
    Name,
    Order,
    Positive,
    RecordId,
    asked_model,
    asked_object,
    asked_record,
    asked_sobject,
    routes,
)
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.org import Org
from local.salesforce.store.policies import DuplicateRule, Lock, ValidationRule
from local.salesforce.store.rules.custom import CHANGED, OPERATORS

R = TypeVar("R", DuplicateRule, ValidationRule)

_OPERATORS: Final = sorted({*OPERATORS, CHANGED})


def _operator(given: str) -> str:
    if given not in _OPERATORS:
        remedy = f"one of {', '.join(_OPERATORS)}"
        raise PydanticCustomError("operator", "no such operator", {"remedy": remedy})
    return given


class ConditionOrder(Order):
    """What must hold of a record for it to be refused."""

    field: Name
    op: Annotated[str, AfterValidator(_operator)]
    value: str | int | float | bool | None = None


class ValidationOrder(Order):
    """A validation rule; `field` is where its message stands."""

    sobject: Name
    name: Name
    when: ConditionOrder
    message: Name
    field: Name | None = None


class LockOrder(Order):
    """Rows, and how many writes to them fail."""

    ids: Annotated[list[RecordId], Field(min_length=1)]
    times: Positive = 1


class AssignmentOrder(Order):
    """Whom records of an object go to; nobody when it is left out."""

    sobject: Literal["Case", "Lead"]
    owner: RecordId | None = None


def put_duplicate_rule(org: Org, call: Call) -> Answer:
    """`PUT duplicate-rules`: {"sobject", "name", "fields": [...], "action", "message"}.

    `action` is `block` (the default), `alert`, which a header can overrule, or `allow`.
    """
    rule = asked_record(asked_object(call), DuplicateRule)
    _known(org, rule.sobject, "fields", rule.fields)
    _replace(org.policies.duplicates, rule)
    return NO_CONTENT


def put_validation_rule(org: Org, call: Call) -> Answer:
    """`PUT validation-rules`: {"sobject", "name", "when": {"field","op","value"}, "message"}.

    `op` is one of `=`, `!=`, `<`, `>`, `contains`, `blank`, `changed`; `field` beside `message`
    is where the message stands.
    """
    asked = asked_model(call, ValidationOrder)
    rule = ValidationRule(
        sobject=asked.sobject,
        name=asked.name,
        field=asked.when.field,
        op=asked.when.op,
        value=asked.when.value,
        message=asked.message,
        error_field=asked.field,
    )
    _known(org, rule.sobject, "when.field", (rule.field,))
    _replace(org.policies.validations, rule)
    return NO_CONTENT


def _known(org: Org, name: str, key: str, fields: tuple[str, ...]) -> None:
    sobject = asked_sobject(org, name)
    if sobject.name != name:
        raise BadRequestError("sobject", name, "no such object", f"write {sobject.name}")
    stored = {field.name for field in sobject.stored}
    for field in fields:
        if field not in stored:
            remedy = "name one it has, in its own letters"
            raise BadRequestError(key, field, f"{name} has no such field", remedy)


def _replace(rules: list[R], rule: R) -> None:
    """The rule of that name on that object, or a new one at the end."""
    for at, each in enumerate(rules):
        if (each.sobject, each.name) == (rule.sobject, rule.name):
            rules[at] = rule
            return
    rules.append(rule)


def put_locks(org: Org, call: Call) -> Answer:
    """`PUT locks`: {"ids", "times"}: writes to these rows and their children fail so often."""
    asked = asked_model(call, LockOrder)
    if len(set(asked.ids)) < len(asked.ids):
        raise BadRequestError("ids", asked.ids, "one is there twice", "name each once")
    org.policies.locks.append(Lock(frozenset(asked.ids), asked.times))
    return NO_CONTENT


def put_assignment(org: Org, call: Call) -> Answer:
    """`PUT assignment-rules`: {"sobject": "Lead" or "Case", "owner": id or null for none."""
    asked = asked_model(call, AssignmentOrder)
    org.policies.assignment.pop(asked.sobject, None)
    if asked.owner is not None:
        org.policies.assignment[asked.sobject] = asked.owner
    return NO_CONTENT


def rules(org: Org, _call: Call) -> Answer:
    """`GET rules`: everything that is set up."""
    policies = org.policies
    shown: dict[str, Any] = {
        "duplicate-rules": [asdict(each) for each in policies.duplicates],
        "validation-rules": [asdict(each) for each in policies.validations],
        "assignment-rules": policies.assignment,
        "locks": [{"ids": sorted(each.ids), "times": each.times} for each in policies.locks],
    }
    return Answer(200, shown)


def forget_rules(org: Org, _call: Call) -> Answer:
    """`DELETE rules`: no rule, no assignment, no lock."""
    policies = org.policies
    policies.duplicates.clear()
    policies.validations.clear()
    policies.assignment.clear()
    policies.locks.clear()
    return NO_CONTENT


ROUTES = routes(
    (
        ("GET", "rules", rules),
        ("DELETE", "rules", forget_rules),
        ("PUT", "duplicate-rules", put_duplicate_rule),
        ("PUT", "validation-rules", put_validation_rule),
        ("PUT", "assignment-rules", put_assignment),
        ("PUT", "locks", put_locks),
    )
)
