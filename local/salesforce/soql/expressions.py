"""Functions of SOQL over fields: what SQL computes and of which type the result is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.schema.types import DECIMAL_TYPES, Field, FieldType, PicklistValue
from local.salesforce.soql.calendar import Calendar
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.functions import DATE_FUNCTIONS, Function
from local.salesforce.soql.scope import Bound, Scope
from local.salesforce.soql.sql import quoted
from local.salesforce.soql.tree import Argument, Call, Number, Operand, Path, Text

_UTC: Final = "UTC"
_MOMENT_ONLY: Final = frozenset({Function.HOUR_IN_DAY, Function.DAY_ONLY})
_DAYS: Final = frozenset({FieldType.DATE, FieldType.DATETIME})


def bind(operand: Operand, scope: Scope, calendar: Calendar) -> Bound:
    """The SQL of a field or of a function of fields; raises SoqlError."""
    return (
        scope.column(operand) if isinstance(operand, Path) else _bind_call(operand, scope, calendar)
    )


def _bind_call(call: Call, scope: Scope, calendar: Calendar) -> Bound:
    if call.name is Function.DISTANCE:
        return _distance(call, scope)
    inner = call.arguments[0] if call.arguments else None
    if inner is None:
        raise SoqlError(Kind.MALFORMED_QUERY, f"unexpected token: '{call.name.value}'", call.at)
    if not isinstance(inner, Path | Call):
        raise TypeError(call.text)
    if isinstance(inner, Call) and inner.name is Function.CONVERT_TIMEZONE:
        return apply(call, scope.column(_field_of(inner)), calendar)
    return apply(call, bind(inner, scope, calendar), calendar)


def _field_of(call: Call) -> Path:
    if call.path is None:
        raise TypeError(call.text)
    return call.path


def apply(call: Call, bound: Bound, calendar: Calendar) -> Bound:
    """A function of what is bound already: a column, or what a group has found."""
    if call.name in DATE_FUNCTIONS:
        return _date_part(call, bound, calendar)
    handler = _HANDLERS.get(call.name)
    if handler is None:
        raise SoqlError(Kind.MALFORMED_QUERY, f"unexpected token: '{call.name.value}'", call.at)
    return handler(bound, calendar)


def in_user_zone(call: Call) -> bool:
    """Whether the function reads the clocks of the user instead of UTC."""
    inner = call.arguments[0] if call.arguments else None
    return isinstance(inner, Call) and inner.name is Function.CONVERT_TIMEZONE


def _date_part(call: Call, bound: Bound, calendar: Calendar) -> Bound:
    """Days in UTC, or in the user's zone within convertTimezone(), which takes moments only."""
    moment = bound.field.type is FieldType.DATETIME
    needs_moment = call.name in _MOMENT_ONLY or in_user_zone(call)
    if bound.field.type not in _DAYS or (needs_moment and not moment):
        raise SoqlError(
            Kind.MALFORMED_QUERY,
            f"field {bound.field.name} does not support date function {call.name.value}",
            call.at,
        )
    zone = calendar.zone_name if in_user_zone(call) else _UTC
    kind = FieldType.DATE if call.name is Function.DAY_ONLY else FieldType.INT
    sql = f"date_part('{call.name.value}', {bound.sql}, {quoted(zone)}, {calendar.fiscal_month})"
    return Bound(sql, result(call.text, kind), bound.names)


def result(name: str, kind: FieldType, *, scale: int = 0) -> Field:
    """The field that a computed column stands for."""
    return Field(name, name, kind, scale=scale)


def _labelled(bound: Bound, _: Calendar) -> Bound:
    """The label of a picklist's value; every other field is what it is.

    https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_tolabel.htm
    """
    values = bound.field.picklist
    if not any(each.value != each.label for each in values):
        return bound
    field = replace(bound.field, type=FieldType.STRING, picklist=())
    if bound.field.type is FieldType.MULTIPICKLIST:
        return Bound(_relabelled(bound.sql, values), field, bound.names)
    cases = " ".join(f"WHEN {quoted(each.value)} THEN {quoted(each.label)}" for each in values)
    return Bound(f"CASE {bound.sql} {cases} ELSE {bound.sql} END", field, bound.names)


def _relabelled(sql: str, values: tuple[PicklistValue, ...]) -> str:
    """Each of the values between the semicolons by its label."""
    text = f"';' || {sql} || ';'"
    for each in values:
        text = f"replace({text}, {quoted(f';{each.value};')}, {quoted(f';{each.label};')})"
    return f"trim({text}, ';')"


def _formatted(bound: Bound, calendar: Calendar) -> Bound:
    kinds = {FieldType.DATE: "date", FieldType.DATETIME: "datetime", FieldType.INT: "number",
             FieldType.DOUBLE: "number", FieldType.CURRENCY: "currency",
             FieldType.PERCENT: "percent"}  # fmt: skip
    kind = kinds.get(bound.field.type, "text")
    scale = bound.field.scale if bound.field.type in DECIMAL_TYPES else 0
    zone = quoted(calendar.zone_name)
    field = result(bound.field.name, FieldType.STRING)
    return Bound(f"formatted('{kind}', {scale}, {bound.sql}, {zone})", field, bound.names)


def _same(bound: Bound, _: Calendar) -> Bound:
    """convertCurrency() in an org of one currency."""
    return bound


_HANDLERS: Final[Mapping[Function, Callable[[Bound, Calendar], Bound]]] = {
    Function.TO_LABEL: _labelled,
    Function.FORMAT: _formatted,
    Function.CONVERT_CURRENCY: _same,
    Function.CONVERT_TIMEZONE: _same,
}


def _distance(call: Call, scope: Scope) -> Bound:
    place, point, unit = call.arguments
    if not isinstance(unit, Text):
        raise TypeError(call.text)
    coordinates = [*_coordinates(place, scope), *_coordinates(point, scope)]
    sql = f"distance({', '.join(coordinates)}, '{unit.value.lower()}')"
    return Bound(sql, result(call.text, FieldType.DOUBLE, scale=15), (call.text,))


_COORDINATES: Final = ("Latitude", "Longitude")


def _coordinates(place: Argument, scope: Scope) -> list[str]:
    """Of a field, or the numbers of GEOLOCATION()."""
    if isinstance(place, Path):
        return [scope.column(_part(place, name)).sql for name in _COORDINATES]
    if not isinstance(place, Call):
        raise TypeError(place)
    return [str(float(each.value)) for each in place.arguments if isinstance(each, Number)]


def _part(place: Path, name: str) -> Path:
    """`BillingAddress` is made of `BillingLatitude`, `Site__c` of `Site__Latitude__s`."""
    *before, last = place.parts
    custom = last.lower().endswith("__c")
    part = f"{last[:-3]}__{name}__s" if custom else last.removesuffix("Address") + name
    return Path((*before, part), place.at)
