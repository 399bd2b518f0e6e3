"""The planning of bulk write-back: which records, what may have changed of them, and a plan for all
of them before the first is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from syncline.ports import Waiting
from syncline.usecases.apply_batch import journal_name
from syncline.usecases.bulk_plan import bulk_entry, bulk_plan
from syncline.usecases.leg import HandoverError, Leg
from syncline.usecases.outlets import Outlet, outlet_of
from syncline.usecases.plan_leg import FIRST, TIMES
from syncline.usecases.plan_write_back import PlanWriteBack
from syncline.usecases.refused_changes import planned_apart
from syncline.usecases.suspects import Suspects, list_suspects

MOST: Final = 20_000
"""Records that one run takes up, beside those it was told of."""
EDITS: Final = "edits"
"""Option of a run: whether it changes records that references lead to."""
_FEW: Final = 200
"""So many records are fetched by one request, whatever else has changed in the CRM."""


def told_aside(run: str) -> str:
    """Where pollers leave the ids that they were told of for a run, each by a name of its own."""
    return f"{run}.told"


@dataclass(slots=True, kw_only=True)
class PlanBulkLeg(Leg):
    """`options` of the run hold what planning found: `planned` batches, and by CRM object how many
    rows are sent and their fields."""

    def find_suspects(self) -> None:
        """A query for each outlet; where few records are due they are fetched all."""
        if len(self.ids()) <= _FEW:
            return
        place = self.run.cursor or {"outlet": 0, "query": None}
        for number in range(place["outlet"], len(self.outlets)):
            since = self.run.frame["suspects_since"][self.outlets[number].object]
            if since is not None:
                self._find_suspects(number, since)
            self.checkpoint(replace(self.run, cursor={"outlet": number + 1, "query": None}))

    def _find_suspects(self, number: int, since: str) -> None:
        object = self.outlets[number].object
        cursor = (self.run.cursor or {}).get("query")
        found = list_suspects(self.crm, object, since=since, cursor=cursor)
        if isinstance(found, Waiting):
            query = {"outlet": number, "query": dict(found.cursor)}
            self.checkpoint(replace(self.run, cursor=query))
            raise HandoverError(found.seconds)
        name = journal_name(number, self._times)
        self.journal.put(self.run.workspace, self._aside("suspects"), name, {"ids": found})

    def plan(self) -> None:
        """In batches, each journalled with where the next one begins."""
        ids, planner = self.ids(), self._planner()
        while (begin := (self.run.cursor or {}).get("from", 0)) < len(ids):
            self.pause_if_due()
            some = ids[begin : begin + self.batch_size]
            plan = planned_apart(planner, some)
            entry = bulk_entry(plan, cursor={"from": begin + len(some)})
            name = journal_name(self.run.batch, 0)
            self._take(self.journal.put(self.run.workspace, self.run.id, name, entry))

    def ids(self) -> Sequence[str]:
        """Of the records that the run is about: listed once, for what comes later is the next
        run's."""
        name = journal_name(0, self._times)
        stored = self.journal.get(self.run.workspace, self._aside("ids"), name)
        if stored is None:
            object, connection = self.run.frame["object"], self.setup.job.connection
            waiting = self.records.waiting(object, bulk=True, limit=MOST, connection=connection)
            listed = {
                "ids": list(dict.fromkeys([*self._told(), *waiting])),
                "more": len(waiting) == MOST,
            }
            stored = self.journal.put(self.run.workspace, self._aside("ids"), name, listed)
        found: Sequence[str] = stored["ids"]
        return found

    def is_all(self) -> bool:
        """Whether nothing was left out of the list for want of room."""
        name = journal_name(0, self._times)
        stored = self.journal.get(self.run.workspace, self._aside("ids"), name) or {}
        return not stored.get("more")

    def _told(self) -> list[str]:
        workspace, aside = self.run.workspace, told_aside(self.run.id)
        names = self.journal.names(workspace, aside)
        return [
            each
            for name in names
            for each in (self.journal.get(workspace, aside, name) or {"ids": ()})["ids"]
        ]

    def _planner(self) -> PlanWriteBack:
        return PlanWriteBack(
            connection=self.setup.job.connection,
            object=self.run.frame["object"],
            outlets=self.outlets,
            links=self.links,
            records=self.records,
            crm=self.crm,
            bulk=True,
            suspects=self._suspects(),
        )

    def _suspects(self) -> Suspects:
        """Of all outlets; where one of them does not tell, all records are fetched."""
        found: set[str] = set()
        for number in range(len(self.outlets)):
            name = journal_name(number, self._times)
            stored = self.journal.get(self.run.workspace, self._aside("suspects"), name)
            if stored is None or stored["ids"] is None:
                return Suspects(None)
            found.update(stored["ids"])
        return Suspects(found)

    def _take(self, entry: Mapping[str, Any]) -> None:
        """Moves the checkpoint behind a batch that is journalled."""
        sends = dict(self.run.options.get("sends", {}))
        fields = {name: set(some) for name, some in self.run.options.get("fields", {}).items()}
        outlets = self.outlets
        for each in bulk_plan(entry).decisions:
            send = each.action.send
            outlet = outlet_of(outlets, send.id or "") if send else None
            if send is not None and outlet is not None:
                sends[outlet.object] = sends.get(outlet.object, 0) + 1
                fields.setdefault(outlet.object, set()).update(send.values)
        found = {
            "sends": sends,
            "fields": {name: sorted(some) for name, some in fields.items()},
            EDITS: self.run.options.get(EDITS, False) or any(entry["edits"].values()),
            "planned": self.run.batch + 1,
        }
        options = {**self.run.options, **found}
        batch, cursor = self.run.batch + 1, entry["cursor"]
        self.checkpoint(replace(self.run, batch=batch, cursor=cursor, options=options))

    @property
    def outlets(self) -> Sequence[Outlet]:
        return [Outlet.from_json(each, self.crm.dialect) for each in self.run.frame["outlets"]]

    @property
    def first(self) -> int:
        """The first batch that counts: those before it were planned and given up."""
        return int(self.run.options.get(FIRST, 0))

    @property
    def _times(self) -> int:
        return int(self.run.options.get(TIMES, 0))

    def _aside(self, what: str) -> str:
        """Where the run keeps what is no plan."""
        return f"{self.run.id}.{what}"
