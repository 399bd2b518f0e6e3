"""Reads which linked records of the CRM were converted into others, as merges into these (X10).

Such as a lead, which a conversion leaves as it is, read-only and found by queries as before, with
the ids of what was made of it: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from syncline.engine.records import Change, LinkState, Merged, Upserted
from syncline.kinds.kind import Conversion, Kind
from syncline.ports import Batch, Crm, Cursor, Links, Phase, ReadRequest, Waiting

CONVERTED: Final = "converted"
"""The phase of a run that reads them."""


def unconverted(kind: Kind, object: str, filter: str | None) -> str | None:
    """The filter of a job, which reads no converted records: read-only as they are, they stand for
    nobody any more, and what they became arrives instead.

    https://help.salesforce.com/s/articleView?id=000384333&type=1
    """
    if kind.converted is None or object.lower() != kind.converted.object.lower():
        return filter
    return f"({filter}) AND {kind.converted.open}" if filter else kind.converted.open


@dataclass(frozen=True, slots=True)
class FindConverted:
    """`object` is the platform's. Where nothing that could be converted is linked, nothing is
    asked of the CRM."""

    crm: Crm
    links: Links
    object: str
    conversion: Conversion

    def __call__(self, request: ReadRequest, cursor: Cursor | None) -> Iterator[Batch | Waiting]:
        """The conversions since the request's time, of linked records only."""
        if next(self.links.linked(self.object, prefix=self.conversion.prefix), None) is None:
            return
        wanted = replace(
            request,
            object=self.conversion.object,
            fields=(self.conversion.field,),
            phase=Phase.LIVE,
            where=self.conversion.done,
        )
        for item in self.crm.changes(wanted, cursor):
            if isinstance(item, Waiting):
                yield item
            else:
                yield replace(item, changes=self._merges(item.changes))

    def _merges(self, changes: Sequence[Change]) -> Sequence[Change]:
        found = [each for each in changes if isinstance(each, Upserted) and each.row[0]]
        known = self.links.get([each.key for each in found])
        return [
            Merged(each.key, str(each.row[0]), each.stamp)
            for each in found
            if each.key in known and known[each.key].state is LinkState.LINKED
        ]
