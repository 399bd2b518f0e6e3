"""CloudFormation's intrinsic functions as one resolver that leaves alone what it cannot know yet.

The template is resolved twice: before the deployment with parameters and the names of what the
runner itself provides, and after it with what the data plane made.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

Node = Any
_PLACEHOLDER: Final = re.compile(r"\$\{([^!}][^}]*)\}")


class _Missing:
    """Marks `AWS::NoValue`: the key or list item that holds it disappears."""


_MISSING: Final = _Missing()


class Resolver:
    """Resolves references that `values` and `attributes` know.

    `values` maps names for Ref (parameters, pseudo parameters, logical ids), `attributes` maps
    (logical id, attribute) for GetAtt. Conditions are evaluated from the template's own section,
    for which parameters suffice.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        values: Mapping[str, Node],
        attributes: Mapping[tuple[str, str], Node],
    ) -> None:
        self._conditions: Mapping[str, Node] = template.get("Conditions", {})
        self._mappings: Mapping[str, Any] = template.get("Mappings", {})
        self._values = values
        self._attributes = attributes
        self._functions: dict[str, Callable[[Node], Node]] = {
            "Ref": self._ref,
            "Condition": self._named_condition,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Split": self._split,
            "Fn::Select": self._select,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Base64": self._base64,
            "Fn::Equals": self._equals,
            "Fn::And": lambda node: all(self.truth(each) for each in node),
            "Fn::Or": lambda node: any(self.truth(each) for each in node),
            "Fn::Not": lambda node: not self.truth(node[0]),
        }

    def resolve(self, node: Node) -> Node:
        """The same tree with every known intrinsic replaced by its value."""
        if isinstance(node, list):
            return [each for each in map(self.resolve, node) if each is not _MISSING]
        if not isinstance(node, dict):
            return node
        function = _function_of(node)
        if function in self._functions:
            return self._functions[function](node[function])
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not _MISSING}

    def truth(self, node: Node) -> bool:
        """The value of a condition, given by name or as an expression."""
        if isinstance(node, str) and node in self._conditions:
            return bool(self.resolve(self._conditions[node]))
        return bool(self.resolve(node))

    def _ref(self, name: str) -> Node:
        if name == "AWS::NoValue":
            return _MISSING
        return self._values.get(name, {"Ref": name})

    def _named_condition(self, name: Node) -> Node:
        # Resources and policy statements have a key of this name, too.
        known = isinstance(name, str) and name in self._conditions
        return self.truth(name) if known else {"Condition": self.resolve(name)}

    def _get_att(self, node: Node) -> Node:
        name, attribute = node.split(".", 1) if isinstance(node, str) else node
        return self._attributes.get((name, attribute), {"Fn::GetAtt": [name, attribute]})

    def _sub(self, node: Node) -> Node:
        text, given = (node, {}) if isinstance(node, str) else (node[0], node[1])
        variables = {name: self.resolve(value) for name, value in given.items()}
        open_variables: dict[str, Node] = {}

        def replace(match: re.Match[str]) -> str:
            name = match[1].strip()
            value = variables[name] if name in variables else self._sub_value(name)
            if isinstance(value, dict):
                if name in variables:
                    open_variables[name] = value
                    return match[0]
                return "${" + ".".join(value.get("Fn::GetAtt", [name])) + "}"
            return str(value)

        done = _PLACEHOLDER.sub(replace, text)
        if open_variables:
            return {"Fn::Sub": [done, open_variables]}
        if _PLACEHOLDER.search(done):
            return {"Fn::Sub": done}
        return done.replace("${!", "${")

    def _sub_value(self, name: str) -> Node:
        return self._get_att(name) if "." in name else self._ref(name)

    def _join(self, node: Node) -> Node:
        separator, parts = node[0], self.resolve(node[1])
        if _is_open(parts):
            return {"Fn::Join": [separator, parts]}
        return separator.join(str(part) for part in parts)

    def _split(self, node: Node) -> Node:
        text = self.resolve(node[1])
        return {"Fn::Split": [node[0], text]} if _is_open(text) else text.split(node[0])

    def _select(self, node: Node) -> Node:
        index, parts = self.resolve(node[0]), self.resolve(node[1])
        return {"Fn::Select": [index, parts]} if _is_open(parts) else parts[int(index)]

    def _if(self, node: Node) -> Node:
        return self.resolve(node[1] if self.truth(node[0]) else node[2])

    def _find_in_map(self, node: Node) -> Node:
        first, second, third = (self.resolve(each) for each in node[:3])
        return self._mappings[first][second][third]

    def _base64(self, node: Node) -> Node:
        text = self.resolve(node)
        if _is_open(text):
            return {"Fn::Base64": text}
        return base64.b64encode(text.encode()).decode()

    def _equals(self, node: Node) -> bool:
        left, right = (self.resolve(each) for each in node)
        return str(left) == str(right)


def _function_of(node: Mapping[str, Node]) -> str:
    """The intrinsic's name when `node` is a call of one, else an empty string."""
    return next(iter(node)) if len(node) == 1 else ""


def _is_open(node: Node) -> bool:
    if isinstance(node, list):
        return any(_is_open(each) for each in node)
    return isinstance(node, dict)


def references(node: Node) -> set[tuple[str, str]]:
    """Every (logical id, attribute) that GetAtt or Sub asks for anywhere in the tree."""
    if isinstance(node, list):
        return {found for each in node for found in references(each)}
    if not isinstance(node, dict):
        return set()
    function = _function_of(node)
    if function == "Fn::GetAtt":
        target = node[function]
        name, attribute = target.split(".", 1) if isinstance(target, str) else target
        return {(name, attribute)}
    found = {each for value in node.values() for each in references(value)}
    if function == "Fn::Sub":
        text = node[function] if isinstance(node[function], str) else node[function][0]
        for name in _PLACEHOLDER.findall(text):
            if "." in name:
                resource, _, attribute = name.strip().partition(".")
                found.add((resource, attribute))
    return found
