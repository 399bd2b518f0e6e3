"""Lets the token `good` in, fails on `broken`, refuses everything else."""

from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    token = event["identitySource"][0]
    if token == "Bearer broken":
        raise RuntimeError("the authorizer itself fails")
    return {"isAuthorized": token == "Bearer good", "context": {"workspace": "acme"}}
