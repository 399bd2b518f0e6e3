"""The words of SOQL that no name can be, and what a clause starts with."""

from __future__ import annotations

from typing import Final

# No alias, field or object is called so. GROUP is missing, for it is an object too; AS, FALSE, FOR,
# TRUE and UPDATE are not on the list of the reference, and no other reading of them is known.
# https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_alias.htm
RESERVED: Final = frozenset(
    {
        "AND", "AS", "ASC", "DESC", "EXCLUDES", "FALSE", "FIRST", "FOR", "FROM", "HAVING", "IN",
        "INCLUDES", "LAST", "LIKE", "LIMIT", "NOT", "NULL", "NULLS", "OR", "SELECT", "TRUE",
        "UPDATE", "USING", "WHERE", "WITH",
    }
)  # fmt: skip

# What may follow an object in FROM and is therefore not its alias; of two words the second tells.
CLAUSES: Final = {
    "GROUP": frozenset({"BY"}),
    "ORDER": frozenset({"BY"}),
    "ALL": frozenset({"ROWS"}),
    "SET": frozenset({"OPTIONS"}),
}
ACCESS: Final = ("SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE")
SELECTORS: Final = ("AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW")
