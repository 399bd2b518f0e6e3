"""What the API fills in where a file says nothing, read from the API's own OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_EMPTY: Mapping[str, Any] = {"object": {}, "array": []}


@dataclass(frozen=True, slots=True)
class Schemas:
    """The models of the document, by name."""

    models: Mapping[str, Any]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Schemas:
        """From an OpenAPI document; one without models fills nothing in."""
        return cls(document.get("components", {}).get("schemas", {}))

    def completed(self, model: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """A body with every field the model has, as the API would store it."""
        return self._object(self.models.get(model, {}), given)

    def pruned(self, model: str, stored: Mapping[str, Any]) -> dict[str, Any]:
        """A stored body without what the API would fill in by itself."""
        return self._without_defaults(self.models.get(model, {}), stored)

    def _object(self, schema: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        fields: Mapping[str, Any] = schema.get("properties", {})
        required = schema.get("required", ())
        complete = {
            name: self._default(field) for name, field in fields.items() if name not in required
        }
        for name, value in given.items():
            complete[name] = self._value(fields.get(name, {}), value)
        return complete

    def _value(self, schema: Mapping[str, Any], value: Any) -> Any:
        found = self._resolved(schema)
        if isinstance(value, Mapping) and "properties" in found:
            return self._object(found, value)
        if isinstance(value, list):
            return [self._value(found.get("items", {}), each) for each in value]
        return value

    def _default(self, schema: Mapping[str, Any]) -> Any:
        if "default" in schema:
            return self._value(schema, schema["default"])
        return _EMPTY.get(str(schema.get("type")))

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Through a reference, and to the alternative that is not null."""
        for choice in schema.get("anyOf", ()):
            if choice.get("type") != "null":
                return self._resolved(choice)
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        found: Mapping[str, Any] = self.models.get(name, schema)
        return found

    def _without_defaults(
        self, schema: Mapping[str, Any], stored: Mapping[str, Any]
    ) -> dict[str, Any]:
        fields: Mapping[str, Any] = schema.get("properties", {})
        required = schema.get("required", ())
        kept = {}
        for name, value in stored.items():
            field = fields.get(name, {})
            if name not in required and value == self._default(field):
                continue
            kept[name] = self._short(self._resolved(field), value)
        return kept

    def _short(self, schema: Mapping[str, Any], value: Any) -> Any:
        if isinstance(value, Mapping) and "properties" in schema:
            return self._without_defaults(schema, value)
        if isinstance(value, list):
            inner = self._resolved(schema.get("items", {}))
            return [self._short(inner, each) for each in value]
        return value
