"""The words of SOQL that no name can be, and what a clause starts with."""

from __future__ import annotations

from typing import Final

# No alias, field or object is called so, GROUP aside: it is an object too.
# https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_alias.htm
RESERVED: Final = frozenset(
    {
        "AND", "ASC", "DESC", "EXCLUDES", "FIRST", "FROM", "HAVING", "IN", "INCLUDES", "LAST",
        "LIKE", "LIMIT", "NOT", "NULL", "NULLS", "OR", "SELECT", "USING", "WHERE", "WITH",
    }
)  # fmt: skip

# What may follow an object in FROM and is therefore not its alias; of two words the second tells.
CLAUSES: Final = {
    "GROUP": frozenset({"BY"}),
    "ORDER": frozenset({"BY"}),
    "ALL": frozenset({"ROWS"}),
    "FOR": frozenset({"VIEW", "REFERENCE", "UPDATE"}),
    "UPDATE": frozenset({"TRACKING", "VIEWSTAT"}),
}
ACCESS: Final = ("SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE")
SELECTORS: Final = ("AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW")
