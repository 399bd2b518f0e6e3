"""A second look at rows that an inbound run read before our own write-back changed them.

The two do not take turns. Such a row has the value from before, and its baseline has ours already:
taken at its face it would be an edit in the CRM back to the old value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from syncline.engine.findings import Finding, action_for, tells_news
from syncline.engine.plan import Action, Verb
from syncline.engine.records import Link, LinkState
from syncline.engine.rules import Rules
from syncline.ports import Crm, ReadRequest
from syncline.usecases.map_changes import map_changes

_GONE: Final = "gone_meanwhile"


@dataclass(frozen=True, slots=True)
class LookAgain:
    """`began` is the CRM's time at which the run began: what was written before then is in every
    row that it read, so without a write-back beside it nothing is fetched."""

    crm: Crm
    request: ReadRequest
    rules: Rules
    began: str

    def __call__(
        self, findings: Sequence[Finding], links: Mapping[str, Link]
    ) -> tuple[Sequence[Finding], list[Action]]:
        """Each finding as it is now, in its place; those that are not found any more are left,
        for their deletion is told by its own phase."""
        doubtful = {f.key: f for f in findings if self._is_doubtful(f, links.get(f.key))}
        if not doubtful:
            return findings, []
        rows = self.crm.find(self.request, list(doubtful))
        now = {finding.key: finding for finding in map_changes(self.rules, rows)}
        gone = [
            action_for(finding, Verb.LEAVE, _GONE, links[key])
            for key, finding in doubtful.items()
            if key not in now
        ]
        kept = [now.get(f.key, f) for f in findings if f.key not in doubtful or f.key in now]
        return kept, gone

    def _is_doubtful(self, finding: Finding, link: Link | None) -> bool:
        """Whether our last write may have come after the row was read: it was answered in this
        run's time, and nobody has changed the record since as far as the row knows."""
        if link is None or link.state is not LinkState.LINKED or link.object != self.rules.object:
            return False
        written = link.sent_at or ""
        return self.began <= written >= finding.stamp and tells_news(finding, link, self.rules)
