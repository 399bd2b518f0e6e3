"""The filter of an outbound job: conditions on the platform's own attributes (T9)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from syncline.engine.coercion import coercer
from syncline.engine.records import Value, Values

Operator = Literal[
    "equals",
    "not_equals",
    "in",
    "not_in",
    "contains",
    "greater",
    "less",
    "is_empty",
    "is_not_empty",
]
Plain = Annotated[str, StringConstraints(max_length=1000)] | bool | int | FiniteFloat
Included = Callable[[Values], bool]
Test = Callable[[Value], bool]

_SHAPES: Final = {"is_empty": "no", "is_not_empty": "no", "in": "list", "not_in": "list"}
_ORDERED: Final = frozenset({"number", "date", "datetime"})
_READ_AS: Final = {
    "text": ("string", "text"),
    "number": ("double", "number"),
    "boolean": ("boolean", "boolean"),
    "date": ("date", "date"),
    "datetime": ("datetime", "datetime"),
}
_FITTING: Final[Mapping[str, frozenset[str]]] = {
    "contains": frozenset({"text"}),
    "greater": _ORDERED,
    "less": _ORDERED,
}
"""Operators that not every type has."""


class Condition(BaseModel):
    """One condition; a record goes out when all of a job's hold.

    Texts are compared without regard to case, dates and instants in time order. `in` and `not_in`
    take a list. An empty attribute equals nothing, and is in no list.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    attribute: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    operator: Operator
    value: Plain | Annotated[tuple[Plain, ...], Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Condition":
        wanted = _SHAPES.get(self.operator, "one")
        given = _shape(self.value)
        if wanted != given:
            raise PydanticCustomError(
                "value_does_not_fit",
                "'{operator}' needs {wanted}",
                {
                    "operator": self.operator,
                    "wanted": _WORDS[wanted],
                    "field": "value",
                    "remedy": f"Give {_WORDS[wanted]} as 'value', or use another operator.",
                },
            )
        return self


_WORDS: Final = {"no": "no value", "one": "one value", "list": "a list of values"}


def _shape(value: object) -> str:
    if value is None:
        return "no"
    return "list" if isinstance(value, tuple) else "one"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with condition number `index`; `part` is its field at fault."""

    index: int
    part: str
    code: str
    message: str
    remedy: str
    value: Value


def flaws_of(conditions: Sequence[Condition], types: Mapping[str, str]) -> Iterator[Flaw]:
    """The conditions against the attributes (name → type) of the platform's object."""
    for index, each in enumerate(conditions):
        type = types.get(each.attribute)
        if type is None:
            known = ", ".join(sorted(types))
            message = f"the platform's object has no attribute '{each.attribute}'"
            remedy = f"Use one of {known}, or declare the attribute in the workspace."
            yield Flaw(index, "attribute", "unknown_attribute", message, remedy, each.attribute)
        elif type not in _FITTING.get(each.operator, _READ_AS.keys()):
            message = f"'{each.operator}' does not fit '{each.attribute}', which is a {type}"
            fitting = ", ".join(name for name in _OPERATORS if type in _fitting(name))
            remedy = f"Use one of {fitting}."
            yield Flaw(index, "operator", "operator_does_not_fit", message, remedy, each.operator)
        else:
            yield from _unreadable(index, each, type)


def _fitting(operator: str) -> frozenset[str]:
    return _FITTING.get(operator, frozenset(_READ_AS))


def _unreadable(index: int, condition: Condition, type: str) -> Iterator[Flaw]:
    for value in _listed(condition.value):
        try:
            _read(type, value)
        except ValueError as exc:
            message = f"the value for '{condition.attribute}' is not {exc}"
            remedy = f"Give {exc}: '{condition.attribute}' is a {type}."
            yield Flaw(index, "value", "value_does_not_fit", message, remedy, value)


def _listed(value: object) -> tuple[Value, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _read(type: str, value: Value) -> Value:
    """In the form records hold, texts folded. ValueError says what was needed."""
    read = coercer(*_READ_AS[type])(value)
    return read.lower() if isinstance(read, str) and type == "text" else read


def included(conditions: Sequence[Condition], types: Mapping[str, str]) -> Included:
    """Whether a record's values pass all conditions. KeyError and ValueError for conditions that
    `flaws_of` tells of."""
    tests = [(each.attribute, types[each.attribute], _test(each, types)) for each in conditions]

    def passes(values: Values) -> bool:
        return all(test(_folded(type, values.get(name))) for name, type, test in tests)

    return passes


def matches(conditions: Sequence[Condition], values: Values, types: Mapping[str, str]) -> bool:
    """The same for one record."""
    return included(conditions, types)(values)


def _folded(type: str, value: Value) -> Value:
    return value.lower() if type == "text" and isinstance(value, str) else value


def _test(condition: Condition, types: Mapping[str, str]) -> Test:
    type = types[condition.attribute]
    wanted = [_read(type, each) for each in _listed(condition.value)]
    return _OPERATORS[condition.operator](wanted)


def _one_of(wanted: Sequence[Value]) -> Test:
    present = [each for each in wanted if each is not None]
    return lambda value: value is not None and value in present


def _none_of(wanted: Sequence[Value]) -> Test:
    found = _one_of(wanted)
    return lambda value: not found(value)


def _contains(wanted: Sequence[Value]) -> Test:
    part = str(wanted[0] or "")
    return lambda value: value is not None and part in str(value)


def _greater(wanted: Sequence[Value]) -> Test:
    bound = wanted[0]
    return lambda value: None not in (value, bound) and value > bound  # type: ignore[operator]


def _less(wanted: Sequence[Value]) -> Test:
    bound = wanted[0]
    return lambda value: None not in (value, bound) and value < bound  # type: ignore[operator]


def _is_empty(_: Sequence[Value]) -> Test:
    return lambda value: value is None


def _is_not_empty(_: Sequence[Value]) -> Test:
    return lambda value: value is not None


_OPERATORS: Final[Mapping[str, Callable[[Sequence[Value]], Test]]] = {
    "equals": _one_of,
    "not_equals": _none_of,
    "in": _one_of,
    "not_in": _none_of,
    "contains": _contains,
    "greater": _greater,
    "less": _less,
    "is_empty": _is_empty,
    "is_not_empty": _is_not_empty,
}
