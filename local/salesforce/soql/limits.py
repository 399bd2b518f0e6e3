"""How many subqueries a statement may have, and how deep.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_query_limits.htm
The texts are not documented; the second is what orgs said when one level was the limit.
"""

from __future__ import annotations

from typing import Final

from local.salesforce.errors import Kind
from local.salesforce.soql.faults import SoqlError
from local.salesforce.soql.tree import Query, Subquery

MAXIMUM_SUBQUERIES: Final = 20
MAXIMUM_LEVELS: Final = 4


def check_limits(query: Query, depth: int = 0) -> None:
    """Raise SoqlError for more than twenty child subqueries or four levels of them."""
    found = [each for each in query.selections if isinstance(each, Subquery)]
    if len(found) > MAXIMUM_SUBQUERIES:
        text = f"SOQL statements cannot have more than {MAXIMUM_SUBQUERIES} subqueries"
        raise SoqlError(Kind.MALFORMED_QUERY, text, found[MAXIMUM_SUBQUERIES].at)
    if found and depth == MAXIMUM_LEVELS:
        text = (
            "SOQL statements cannot query aggregate relationships more than"
            f" {MAXIMUM_LEVELS} levels away from the root entity object."
        )
        raise SoqlError(Kind.MALFORMED_QUERY, text, found[0].at)
    for each in found:
        check_limits(each.query, depth + 1)
