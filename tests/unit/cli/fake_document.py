"""The fake's OpenAPI document: the real models, so that defaults are the real ones."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from syncline.config.attribute import Attribute
from syncline.config.models import Connection, Job, Workspace


@cache
def document() -> dict[str, Any]:
    _, schemas = models_json_schema(
        [(model, "validation") for model in (Workspace, Connection, Job, Attribute)],
        ref_template="#/components/schemas/{model}",
    )
    return {"openapi": "3.1.0", "info": {"version": "9.9"},
            "components": {"schemas": schemas["$defs"]}}  # fmt: skip
