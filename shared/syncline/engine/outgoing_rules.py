"""What governs the decisions of an outbound job, and how values look on the other side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from syncline.engine.coercion import coercer, compatible
from syncline.engine.dialect import Dialect
from syncline.engine.outcoercion import outcoercer
from syncline.engine.records import Value, Values

_IDS: Final = frozenset({"id", "reference"})
Form = Callable[[Value], Value]
Prepare = Callable[[Values, Mapping[str, Value], bool], Values]
"""(the record's values, the CRM values so far, whether it is a creation) → what is sent."""


@dataclass(frozen=True, slots=True)
class OutgoingLine:
    """One mapped pair with both types resolved. `create` and `update` say when it is written.

    `person` marks a reference whose value is found by an e-mail; `strict` that a record is refused
    when nobody is found, instead of going out without; `clears` that the field may be empty.
    """

    crm: str
    attribute: str
    crm_type: str
    type: str
    create: bool = True
    update: bool = True
    person: bool = False
    strict: bool = True
    clears: bool = True


@dataclass(frozen=True)
class OutgoingRules:
    """`paired` has the attributes that the inbound job of the pair maps, each with the CRM type
    that it reads them from: for those the link's baseline is what the CRM holds. `shown` has those
    that only this job maps and whose fields can be read back, each with the CRM type. `frozen` are
    those that the other direction never changes. `parent_not` begins the ids that `parent_field`
    never takes; `passes_over` says why `prepare` leaves somebody out."""

    object: str
    lines: tuple[OutgoingLine, ...]
    paired: Mapping[str, str]
    dialect: Dialect
    shown: Mapping[str, str] = field(default_factory=dict)
    key_prefix: str | None = None
    mandatory: tuple[tuple[str, ...], ...] = ()
    parent: str | None = None
    parent_field: str | None = None
    parent_not: str | None = None
    create: bool = True
    deletes: bool = False
    policy: str = "latest"
    whole_record: bool = False
    always_new: bool = False
    apply_parent_rule: bool = True
    frozen: frozenset[str] = frozenset()
    prepare: Prepare | None = None
    passes_over: str = ""
    included: Callable[[Values], bool] | None = None

    @cached_property
    def written(self) -> tuple[str, ...]:
        """The attributes that an update may send, each once."""
        return tuple(dict.fromkeys(line.attribute for line in self.lines if line.update))

    @cached_property
    def kept(self) -> frozenset[str]:
        """Attributes that stay on the platform as they are, whatever the CRM says (T6, T21)."""
        return self.frozen | {self.parent} if self.parent else self.frozen

    @cached_property
    def people(self) -> Mapping[str, OutgoingLine]:
        """The lines that name somebody, by attribute."""
        return {line.attribute: line for line in self.lines if line.person}

    @cached_property
    def carries_crm_id(self) -> bool:
        """Whether the External Id of a record is the id that it has in the CRM (T4)."""
        keys = [line.crm for line in self.lines if line.attribute == "external_id"]
        return any(map(self.dialect.is_id_field, keys)) and not self.always_new

    def reads_id(self, attribute: str) -> bool:
        """Whether the pair reads the attribute back as an id."""
        return self.paired.get(attribute, "").lower() in _IDS

    def reads(self, attribute: str) -> bool:
        """Whether the CRM's value is known of a record that was fetched."""
        return attribute in self.paired or attribute in self.shown

    @cached_property
    def _forms(self) -> Mapping[str, Form]:
        read = {**self.shown, **self.paired}
        return {
            line.attribute: _form(line.type, read.get(line.attribute, line.crm_type))
            for line in self.lines
        }

    def form(self, attribute: str, value: Value) -> Value:
        """The value as it would be read back; ValueError if it cannot be sent."""
        return None if value is None else self._forms[attribute](value)


def _form(type: str, crm_type: str) -> Form:
    """Where a field's values cannot be those of the attribute again, what is sent is all that is
    known: a number that goes to a text, say."""
    send = outcoercer(type, crm_type)
    if not compatible(crm_type, type):
        return send
    read = coercer(crm_type, type)
    return lambda value: read(send(value))


def named(value: Value) -> Sequence[str]:
    """The e-mail addresses in a value that names people, in order."""
    parts = str(value or "").replace(";", ",").split(",")
    return [part.strip() for part in parts if part.strip()]
