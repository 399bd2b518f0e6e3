"""Who else takes part in a record that is created from the CRM (T21)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from syncline.engine.outgoing_rules import named
from syncline.engine.plan import Action, Verb
from syncline.ports import Crm
from syncline.usecases.resolve_job import JobSetup

_SEPARATOR: Final = ", "


@dataclass(frozen=True, slots=True)
class FurtherPeople:
    """`attribute` takes everybody's `field`, the one named on the record itself first.

    The link's baseline keeps what the record itself says: so nobody who comes or goes later is a
    change, and an outbound job sends no more than the first.
    """

    crm: Crm
    object: str
    attribute: str
    field: str

    def __call__(self, actions: Sequence[Action]) -> list[Action]:
        """The actions, creations with everybody in them; few requests for all, none for none."""
        made = [action.key for action in actions if action.verb is Verb.CREATE]
        found = self.crm.people_of(self.object, self.field, made) if made else {}
        return [
            self._joined(action, found[action.key])
            if action.verb is Verb.CREATE and action.key in found
            else action
            for action in actions
        ]

    def _joined(self, action: Action, people: Sequence[str]) -> Action:
        if action.record is None:
            return action
        first = named(action.record.values.get(self.attribute))
        everybody: dict[str, str] = {}
        for name in (*first, *people):
            everybody.setdefault(name.lower(), name)
        told = _SEPARATOR.join(everybody.values())
        changes = [each for each in action.changes if each[0] != self.attribute]
        values = {**action.record.values, self.attribute: told}
        return replace(
            action,
            record=replace(action.record, values=values),
            changes=(*changes, (self.attribute, None, told)),
        )


def further_people(setup: JobSetup, crm: Crm, frame: Mapping[str, Any]) -> FurtherPeople | None:
    """None where the job maps no participants, or takes them from a field of its own."""
    if setup.kind.participants is None:
        return None
    attribute, reference = setup.kind.participants
    for path, name, *_ in frame["lines"]:
        owner, _, leaf = path.partition(".")
        if name == attribute and path.lower() == f"{reference}id".lower():
            return FurtherPeople(crm, setup.crm_object, attribute, crm.dialect.id_field)
        if name == attribute and owner.lower() == reference.lower() and leaf and "." not in leaf:
            return FurtherPeople(crm, setup.crm_object, attribute, leaf)
    return None
