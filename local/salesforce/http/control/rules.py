"""What an admin sets up about writes: duplicate and validation rules, assignment, locked rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter

from local.salesforce.http.control.asking import asked_ids, asked_object, known_keys, routes
from local.salesforce.http.messages import NO_CONTENT, Answer, Call
from local.salesforce.ids import normalise
from local.salesforce.org import Org
from local.salesforce.schema.types import SObject
from local.salesforce.store.policies import DuplicateRule, Lock, ValidationRule
from local.salesforce.store.rules.custom import CHANGED, OPERATORS

_DUPLICATE: Final = TypeAdapter(DuplicateRule)
_VALIDATION: Final = TypeAdapter(ValidationRule)

R = TypeVar("R", DuplicateRule, ValidationRule)


def put_duplicate_rule(org: Org, call: Call) -> Answer:
    """`PUT duplicate-rules`: {"sobject", "name", "fields": [...], "action", "message"}.

    `action` is `block` (the default), `alert`, which a header can overrule, or `allow`.
    """
    rule = _DUPLICATE.validate_python(known_keys(call, DuplicateRule))
    _known(org, rule.sobject, *rule.fields)
    _replace(org.policies.duplicates, rule)
    return NO_CONTENT


def put_validation_rule(org: Org, call: Call) -> Answer:
    """`PUT validation-rules`: {"sobject", "name", "when": {"field","op","value"}, "message"}.

    `op` is one of `=`, `!=`, `<`, `>`, `contains`, `blank`, `changed`; `field` beside `message`
    is where the message stands.
    """
    asked = asked_object(call)
    when = asked.get("when")
    if not isinstance(when, dict) or when.get("op") not in {*OPERATORS, CHANGED}:
        raise ValueError(f"when: field, op (one of {sorted({*OPERATORS, CHANGED})}) and value")
    rule = _VALIDATION.validate_python(
        {
            "sobject": asked.get("sobject"),
            "name": asked.get("name"),
            "field": when.get("field"),
            "op": when["op"],
            "value": when.get("value"),
            "message": asked.get("message"),
            "error_field": asked.get("field"),
        }
    )
    _known(org, rule.sobject, rule.field)
    _replace(org.policies.validations, rule)
    return NO_CONTENT


def _known(org: Org, name: str, *fields: str) -> SObject:
    sobject = org.schema.get(name)
    if sobject is None or sobject.name != name:
        raise ValueError(f"unknown object {name}")
    stored = {field.name for field in sobject.stored}
    if unknown := [field for field in fields if field not in stored]:
        raise ValueError(f"{name} has no field {unknown[0]}")
    return sobject


def _replace(rules: list[R], rule: R) -> None:
    """The rule of that name on that object, or a new one at the end."""
    for at, each in enumerate(rules):
        if (each.sobject, each.name) == (rule.sobject, rule.name):
            rules[at] = rule
            return
    rules.append(rule)


def put_locks(org: Org, call: Call) -> Answer:
    """`PUT locks`: {"ids", "times"}: writes to these rows and their children fail so often."""
    asked = asked_object(call)
    ids = [normalise(each) for each in asked_ids(asked) or []]
    known = frozenset(each for each in ids if each is not None)
    if len(known) != len(ids) or not known:
        raise ValueError("ids must be a list of different record ids")
    org.policies.locks.append(Lock(known, int(str(asked.get("times", 1)))))
    return NO_CONTENT


def put_assignment(org: Org, call: Call) -> Answer:
    """`PUT assignment-rules`: {"sobject": "Lead" or "Case", "owner": id or null for none."""
    asked = asked_object(call)
    name = str(asked.get("sobject"))
    if name not in _ASSIGNED:
        raise ValueError(f"only {sorted(_ASSIGNED)} have assignment rules")
    org.policies.assignment.pop(name, None)
    if asked.get("owner") is not None:
        owner = normalise(str(asked["owner"]))
        if owner is None:
            raise ValueError("owner must be the id of a user or queue")
        org.policies.assignment[name] = owner
    return NO_CONTENT


_ASSIGNED: Final = frozenset({"Case", "Lead"})


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
