"""Texts of refusals that name what a statement asked for, as recorded from real orgs."""

from __future__ import annotations

from typing import Final

_NO_COLUMN_HINT: Final = (
    " If you are attempting to use a custom field, be sure to append the '__c' after the custom"
    " field name. Please reference your WSDL or the describe call for the appropriate names."
)


def no_such_column(name: str, sobject: str) -> str:
    """Text of INVALID_FIELD for a query, as recorded from a real org."""
    return f"No such column '{name}' on entity '{sobject}'." + _NO_COLUMN_HINT


def no_such_type(name: str) -> str:
    """Text of INVALID_TYPE for a query, as recorded from a real org."""
    return (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object,"
        " be sure to append the '__c' after the entity name. Please reference your WSDL or the"
        " describe call for the appropriate names."
    )


def no_such_relationship(name: str) -> str:
    """Text of INVALID_FIELD for an unknown parent in a path."""
    return (
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a"
        " custom relationship, be sure to append the '__r' after the custom relationship name."
        " Please reference your WSDL or the describe call for the appropriate names."
    )


def no_such_child(name: str) -> str:
    """Text of INVALID_TYPE for an unknown relation to children."""
    return (
        f"Didn't understand relationship '{name}' in FROM part of query call. If you are"
        " attempting to use a custom relationship, be sure to append the '__r' after the custom"
        " relationship name. Please reference your WSDL or the describe call for the appropriate"
        " names."
    )
