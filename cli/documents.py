"""The YAML file of a workspace and what it holds: read safely, with secrets from outside it.

`${NAME}` is a variable of the environment, `${endpoints.NAME}` a value of a running `make local`,
`$$` a dollar sign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from cli.errors import UsageError

_KEYS: Final = ("workspace", "connections", "jobs", "attributes")
_VARIABLE: Final = re.compile(r"\$(?:\$|\{([A-Za-z_][A-Za-z0-9_.]*)\})")
_ENDPOINTS: Final = "endpoints."


@dataclass(frozen=True, slots=True)
class Document:
    """What a file asks for. `workspace` None: the file does not configure it.

    `attributes` are named `object.attribute`. `unset`: connections whose credentials name variables
    that are not there.
    """

    name: str | None
    workspace: Mapping[str, Any] | None
    connections: Mapping[str, Mapping[str, Any]]
    jobs: Mapping[str, Mapping[str, Any]]
    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    unset: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class _Loader(yaml.SafeLoader):
    """YAML 1.2's few plain values: 10:30 is a text and no number of seconds, `on` is no boolean."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise _at(key_node.start_mark, f"the key {key!r} must be a text")
            if key in seen:
                raise _at(key_node.start_mark, f"'{key}' is there twice")
            seen.add(key)
        return dict(super().construct_mapping(node, deep=deep))


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), [*_first.replace("\0", ""), ""]
        if _tag == "null" else list(_first),
    )  # fmt: skip


def read_document(
    path: Path, *, environment: Mapping[str, str], endpoints: Mapping[str, str]
) -> Document:
    """UsageError for what is no such file, with line and column where that is known."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as exc:
        raise UsageError(f"{path} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise UsageError(f"{path} is not UTF-8") from exc
    return _document(_parsed(path, text), _Variables(environment, endpoints))


def _parsed(path: Path, text: str) -> Any:
    try:
        return yaml.load(text, _Loader)  # noqa: S506  a SafeLoader with fewer types
    except yaml.MarkedYAMLError as exc:
        # Not the snippet of the file that str(exc) shows: it may hold a secret.
        mark = exc.problem_mark or exc.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise UsageError(f"{path}{where}: {exc.problem}") from exc
    except yaml.YAMLError as exc:
        raise UsageError(f"{path} is no YAML") from exc


def _at(mark: yaml.Mark, problem: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(problem=problem, problem_mark=mark)


def _document(content: Any, variables: _Variables) -> Document:
    if not isinstance(content, Mapping):
        raise UsageError(
            "the file is no mapping", f"Its keys are {', '.join(_KEYS)}, each of them optional."
        )
    unknown = sorted(content.keys() - set(_KEYS))
    if unknown:
        raise UsageError(
            f"unknown key '{unknown[0]}' in the file", f"Its keys are {', '.join(_KEYS)}."
        )
    name, workspace = _workspace(content.get("workspace"))
    connections, unset = {}, {}
    for key, body in _named(content, "connections").items():
        credentials = body.pop("credentials", None)
        connections[key] = variables.filled(body)
        missing = variables.missing(credentials)
        if missing:
            unset[key] = missing
            credentials = {k: v for k, v in credentials.items() if not variables.missing(v)}
        if credentials is not None:
            connections[key]["credentials"] = variables.filled(credentials)
    return Document(
        name=variables.filled(name),
        workspace=variables.filled(workspace),
        connections=connections,
        jobs=variables.filled(_named(content, "jobs")),
        attributes=variables.filled(_attributes(content)),
        unset=unset,
    )


def _workspace(given: Any) -> tuple[str | None, Mapping[str, Any] | None]:
    """A name alone says where; a mapping also says what the workspace shall be."""
    if given is None or isinstance(given, str):
        return given, None
    if not isinstance(given, Mapping):
        raise UsageError("'workspace' is a name, or a mapping with a name")
    body = {key: value for key, value in given.items() if key != "name"}
    return given.get("name"), body or None


def _named(content: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
    given = content.get(key) or {}
    if not isinstance(given, Mapping) or not all(isinstance(v, Mapping) for v in given.values()):
        raise UsageError(f"'{key}' is a mapping of names to settings")
    return {name: dict(body) for name, body in given.items()}


def _attributes(content: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found = _named(content, "attributes")
    for name in found:
        parted_name(name)
    return found


def parted_name(name: str) -> tuple[str, str]:
    """Object and attribute of a name such as account.owner. UsageError for another."""
    object, _, attribute = name.partition(".")
    if not (object and attribute):
        raise UsageError(f"'{name}' is no attribute", "Name it OBJECT.ATTRIBUTE: account.owner.")
    return object, attribute


@dataclass(frozen=True, slots=True)
class _Variables:
    environment: Mapping[str, str]
    endpoints: Mapping[str, str]

    def _value(self, name: str) -> str | None:
        if name.startswith(_ENDPOINTS):
            return self.endpoints.get(name.removeprefix(_ENDPOINTS))
        return self.environment.get(name) or None

    def filled(self, value: Any) -> Any:
        """The value with all variables in its texts replaced. UsageError for an unset one."""
        if isinstance(value, Mapping):
            return {key: self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        return _VARIABLE.sub(self._replaced, value) if isinstance(value, str) else value

    def _replaced(self, match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "$"
        value = self._value(name)
        if value is None:
            raise UsageError(f"the file uses ${{{name}}}, which is not set", _how_to_set(name))
        return value

    def missing(self, value: Any) -> tuple[str, ...]:
        """Names of the variables in it that are not there."""
        if isinstance(value, Mapping):
            return tuple(name for each in value.values() for name in self.missing(each))
        if not isinstance(value, str):
            return ()
        names = (match[1] for match in _VARIABLE.finditer(value))
        return tuple(name for name in names if name and self._value(name) is None)


def _how_to_set(name: str) -> str:
    if name.startswith(_ENDPOINTS):
        return "Start `make local` in this project first."
    return f"Set it in the environment: export {name}=…"


def write_document(content: Mapping[str, Any]) -> str:
    """YAML that reads back the same, in the order given."""
    return yaml.dump(dict(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    """Quotes what another YAML reader would take for a number, a date or a boolean."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
