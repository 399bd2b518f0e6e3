"""Plans one batch of an outbound run: reads in batches what the engine must know."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from syncline.engine.coercion import coercer
from syncline.engine.outbox import seen_by
from syncline.engine.outgoing import decide_outgoing
from syncline.engine.outgoing_rules import OutgoingLine, OutgoingRules, named
from syncline.engine.outgoing_values import Found, Known
from syncline.engine.outgoing_view import OutgoingView
from syncline.engine.plan import Action, Plan, Verb
from syncline.engine.records import Link, LinkState, PlatformRecord, Value, fed_at
from syncline.ports import Crm, Links, PlatformRecords
from syncline.usecases.plan_batch import resolve_parents
from syncline.usecases.resolve_outgoing import fetch_request
from syncline.usecases.suspects import Suspects

_REMEMBERED: Final = 20_000
_WRITES: Final = frozenset({Verb.UPDATE, Verb.DELETE, Verb.HOLD})
"""Verbs that are decided anew once the CRM's record is known."""


@dataclass(frozen=True, slots=True)
class PlanOutgoing:
    """`people` is the kind's table of references that are found by a value; `key_path` the field
    that holds the External Id (the id itself, or the connection's account id field)."""

    links: Links
    records: PlatformRecords
    crm: Crm
    rules: OutgoingRules
    frame: Mapping[str, Any]
    people: Mapping[str, tuple[str, str]]
    parent_object: str | None
    key_path: str
    suspects: Suspects
    _people: dict[tuple[str, str], Sequence[tuple[str, str]]] = field(default_factory=dict)
    _parents: dict[str, str] = field(default_factory=dict)

    def __call__(self, ids: Collection[str], *, before: str | None = None) -> Plan:
        """The plan of the batch; each record is in exactly one place of it. What people edited at
        that time or later is left out."""
        found = self.records.get(self.rules.object, ids)
        late = {own for own, record in found.items() if before and fed_at(record) >= before}
        ids = set(ids) - late
        actions = self.decide([record for own, record in found.items() if own not in late])
        left = Counter({"not_there": len(ids) - len(actions)})
        left.update(a.reason for a in actions if a.verb is Verb.LEAVE and not a.contests)
        listed = [a for a in actions if a.verb is not Verb.LEAVE or a.contests]
        return Plan(read=len(ids), left=+left, actions=tuple(_by_parent(listed)))

    def decide(self, records: Sequence[PlatformRecord]) -> Sequence[Action]:
        """One action for each record, in their order."""
        records = [seen_by(record, self.frame["connection"]) for record in records]
        links = self._links([record.id for record in records])
        unlinked = [r for r in records if r.id not in links and not r.deleted]
        carried, unclear = self._carried(unlinked)
        known = self.links.get(carried.values()) if carried else {}
        view = OutgoingView(
            links=links,
            carried=carried,
            known={own: known[crm_id] for own, crm_id in carried.items() if crm_id in known},
            resolved=self._resolved(records, links),
            found={},
            fetched=frozenset(),
            unclear=unclear,
            orphans=self._orphans(known.values()),
            remade=self._remade([r for r in records if r.deleted], links),
        )
        first = [decide_outgoing(record, view, self.rules) for record in records]
        wanted = self._suspicious(first, view)
        if not wanted:
            return first
        view = self._with_fetched(view, wanted)
        return [
            decide_outgoing(record, view, self.rules)
            if _crm_id(action, carried) in wanted
            else action
            for record, action in zip(records, first, strict=True)
        ]

    def _links(self, ids: Sequence[str]) -> dict[str, Link]:
        claimed = self.links.claimed(self.rules.object, ids)
        found = self.links.get(claimed.values()) if claimed else {}
        return {
            own: link
            for own, crm_id in claimed.items()
            if (link := found.get(crm_id)) is not None and link.platform_id == own
        }

    def _orphans(self, known: Iterable[Link]) -> frozenset[str]:
        """CRM ids whose live link leads to a record that was deleted."""
        held = {
            link.platform_id: link.crm_id
            for link in known
            if link.state is LinkState.LINKED and link.object == self.rules.object
        }
        records = self.records.get(self.rules.object, [own for own in held if own]) if held else {}
        live = {own for own, record in records.items() if not record.deleted}
        return frozenset(crm_id for own, crm_id in held.items() if own not in live)

    def _remade(
        self, deleted: Sequence[PlatformRecord], links: Mapping[str, Link]
    ) -> frozenset[str]:
        """Platform ids of deleted records whose External Id another record carries by now."""
        ended = [links[each.id] for each in deleted if each.id in links]
        if not ended or not self.rules.deletes or self.rules.always_new:
            return frozenset()
        asked = {str(link.platform_id): _external_ids(link) for link in ended}
        found = self.records.find(
            self.rules.object, "external_id", {each for ids in asked.values() for each in ids}
        )
        taken = self.links.claimed(self.rules.object, set(found.values())) if found else {}
        free = {external for external, own in found.items() if own not in taken}
        return frozenset(own for own, ids in asked.items() if not free.isdisjoint(ids))

    def _carried(
        self, records: Sequence[PlatformRecord]
    ) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
        """T4: what the External Id of a record without a link leads to, and where it leads nowhere
        for sure."""
        if self.rules.always_new:
            return {}, {}
        values = {r.id: str(v) for r in records if (v := r.values.get("external_id")) is not None}
        if not self.rules.dialect.is_id_field(self.key_path):
            return self._carried_in_a_field({r.id: values.get(r.id) for r in records})
        prefix, ids = self.rules.key_prefix, self.rules.dialect.ids
        cased = {own: ids.restore_case(value) for own, value in values.items()}
        told = {own: ids.unclear(value, prefix) for own, value in values.items()}
        unclear = {own: why for own, why in told.items() if why is not None}
        return {own: id for own, id in cased.items() if id and ids.is_id(id, prefix)}, unclear

    def _carried_in_a_field(
        self, values: Mapping[str, str | None]
    ) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
        """By the External Id, else by the platform's own id, unless another record has that as its
        External Id."""
        wanted = {each for pair in values.items() for each in pair if each}
        folded = {own.lower() for own in values}
        taken = self.records.find(self.rules.object, "external_id", folded) if folded else {}
        found = self.crm.people(self.frame["object"], self.key_path, wanted) if wanted else {}
        carried: dict[str, str] = {}
        unclear: dict[str, tuple[str, str]] = {}
        for own, value in values.items():
            matches = found.get(value.lower(), ()) if value else ()
            if not matches and taken.get(own.lower(), own) == own:
                matches = found.get(own.lower(), ())
            if len(matches) == 1:
                carried[own] = matches[0].id
            elif matches:
                unclear[own] = _several(len(matches), self.rules.dialect.title)
        return carried, unclear

    def _suspicious(self, actions: Iterable[Action], view: OutgoingView) -> frozenset[str]:
        """The CRM ids to be fetched: of records that would be written and may have changed, that
        were set aside, which leaves their baseline behind, or whose baseline does not tell."""
        behind = {link.crm_id for link in view.links.values() if link.reason}
        ids = {
            action.crm_id
            for action in actions
            if action.verb in _WRITES
            and action.crm_id
            and (action.crm_id in behind or action.crm_id in self.suspects or self._blind(action))
        }
        return frozenset(ids | set(view.carried.values()))

    def _blind(self, action: Action) -> bool:
        """Whether it would overwrite what no inbound job reads: a change there is in no baseline,
        and no longer among the suspects once the inbound job has passed it."""
        return not self.rules.shown.keys().isdisjoint(action.values or ())

    def _with_fetched(self, view: OutgoingView, wanted: frozenset[str]) -> OutgoingView:
        request = fetch_request(self.frame, self.rules.dialect)
        found = self.crm.find(request, sorted(wanted))
        show = _reading(self.frame, request.fields)
        shown = {each.key: Found(each.stamp, each.modified, show(each.row)) for each in found}
        return replace(view, found=shown, fetched=wanted)

    def _resolved(self, records: Sequence[PlatformRecord], links: Mapping[str, Link]) -> Known:
        live = [record for record in records if not record.deleted]
        if self.parent_object and self.rules.parent:
            wanted = {
                str(parent)
                for record in live
                if (parent := record.values.get(self.rules.parent)) is not None
                and (record.id not in links or self.rules.parent in self.rules.written)
            }
            self._look_up_parents(wanted)
        for line in self.rules.people.values():
            self._look_up_people(line, live)
        return Known(self._people, self._parents)

    def _look_up_parents(self, wanted: Collection[str]) -> None:
        if len(self._parents) > _REMEMBERED:
            self._parents.clear()
        unknown = [each for each in wanted if each not in self._parents]
        if unknown and self.parent_object:
            claimed = self.links.claimed(self.parent_object, unknown)
            found = {own: crm_id for own, crm_id in claimed.items() if self._takes(crm_id)}
            lost = [each for each in unknown if each not in found]
            self._parents.update({**found, **self._winners(self.parent_object, lost)})

    def _takes(self, crm_id: str) -> bool:
        """What belongs to a record that cannot be its parent waits: until a lead is converted, say
        (T16)."""
        return not (self.rules.parent_not and crm_id.startswith(self.rules.parent_not))

    def _winners(self, object: str, lost: Sequence[str]) -> dict[str, str]:
        """X10: where an account was merged away, the account that its id leads to."""
        records = self.records.get(object, lost) if lost else {}
        restored = self.rules.dialect.ids.restore_case
        carried = {own: restored(str(r.values.get("external_id"))) for own, r in records.items()}
        known = self.links.get([id for id in carried.values() if id])
        losers = [id for id, link in known.items() if link.state is LinkState.ALIAS]
        winners = resolve_parents(self.links, losers) if losers else {}
        claims = self.links.claimed(object, winners.values()) if winners else {}
        found = {own: claims.get(winners.get(id or "", "")) for own, id in carried.items()}
        return {own: winner for own, winner in found.items() if winner}

    def _look_up_people(self, line: OutgoingLine, records: Iterable[PlatformRecord]) -> None:
        if len(self._people) > _REMEMBERED:
            self._people.clear()
        is_id = self.rules.dialect.ids.is_id
        names = {
            name.lower()
            for record in records
            for name in named(record.values.get(line.attribute))
            if not is_id(name) and (line.attribute, name.lower()) not in self._people
        }
        object, path = next(v for k, v in self.people.items() if k.lower() == line.crm.lower())
        found = self.crm.people(object, path, names) if names else {}
        for name in names:
            persons = found.get(name, ())
            self._people[line.attribute, name] = tuple((p.id, p.value) for p in persons)


def _external_ids(link: Link) -> set[str]:
    """What a record that takes the link over may carry, folded: the CRM's id, or what both sides
    had in a field of its own."""
    external = link.baseline.get("external_id")
    return {link.crm_id.lower(), *([] if external is None else [str(external).lower()])}


def _several(number: int, title: str) -> tuple[str, str]:
    return "several_matches", f"{number} records of {title} have its External Id; one may"


def _crm_id(action: Action, carried: Mapping[str, str]) -> str:
    return action.crm_id or carried.get(action.key, "")


def _by_parent(actions: Sequence[Action]) -> Sequence[Action]:
    """Rows of one parent are neighbours, so that they do not wait for each other's lock."""
    return sorted(actions, key=lambda action: action.send.parent if action.send else "")


def _reading(frame: Mapping[str, Any], fields: Sequence[str]) -> Any:
    """From a fetched row to values by attribute, in the form in which they are compared."""
    places = {path: at for at, path in enumerate(fields)}
    types = {line[1]: line[3] for line in frame["lines"]}
    steps = [
        (attribute, places[path], coercer(crm_type, types[attribute]))
        for attribute, path, crm_type in frame["shown"]
    ]

    def show(row: Sequence[Value]) -> dict[str, Value]:
        values = {attribute: coerce(row[at]) for attribute, at, coerce in steps}
        return {attribute: value for attribute, value in values.items() if value is not None}

    return show
