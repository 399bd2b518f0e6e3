"""Which API, whose token, which workspace: from options, environment, profile or `make local`.

A token goes only to the address it belongs to: of a place that names another address than the one
in use, nothing is taken.
"""

from __future__ import annotations

import json
import os
import stat
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cli.errors import UsageError

VARIABLES: Final[Mapping[str, str]] = {
    "api": "SYNCLINE_API",
    "token": "SYNCLINE_TOKEN",
    "administrator": "SYNCLINE_ADMINISTRATOR_TOKEN",
    "workspace": "SYNCLINE_WORKSPACE",
}
PROFILE_VARIABLE: Final = "SYNCLINE_PROFILE"
CONFIG_VARIABLE: Final = "SYNCLINE_CONFIG"
_PROFILE_KEYS: Final = {"api", "token", "administrator_token", "workspace"}
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Source:
    """One place where settings stand."""

    name: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """`origins` tells where each value was found; `variables` are for `${endpoints.NAME}`."""

    api: str | None
    token: str | None
    administrator: str | None
    workspace: str | None
    origins: Mapping[str, str]
    variables: Mapping[str, str]


def resolve(
    options: Mapping[str, str | None],
    *,
    profile: str | None,
    environment: Mapping[str, str] = os.environ,
    folder: Path | None = None,
) -> Settings:
    """The first place that names a value wins. UsageError for an unknown or open profile file."""
    endpoints = _endpoints(folder or Path.cwd())
    sources = list(_sources(options, profile, environment, endpoints))
    api = _first(sources, "api")
    address = api.values["api"].rstrip("/") if api else None
    trusted = [source for source in sources if _fits(source, address)]
    found = {name: _first(trusted, name) for name in VARIABLES}
    values = {name: source.values[name] if source else None for name, source in found.items()}
    return Settings(
        api=address,
        token=values["token"],
        administrator=values["administrator"],
        workspace=values["workspace"],
        origins={name: source.name for name, source in found.items() if source},
        variables=endpoints.values if endpoints else {},
    )


def _sources(
    options: Mapping[str, str | None],
    profile: str | None,
    environment: Mapping[str, str],
    endpoints: Source | None,
) -> Iterator[Source]:
    yield Source("option", {name: value for name, value in options.items() if value})
    chosen = _profile(profile or environment.get(PROFILE_VARIABLE), environment)
    named = {name: environment[key] for name, key in VARIABLES.items() if environment.get(key)}
    surrounding = Source("environment", named)
    # Naming a profile on the command line is more explicit than what the shell exports.
    places = (chosen, surrounding) if profile else (surrounding, chosen)
    yield from (place for place in places if place)
    if endpoints:
        yield endpoints


def _fits(source: Source, address: str | None) -> bool:
    own = source.values.get("api")
    return own is None or own.rstrip("/") == address


def _first(sources: Sequence[Source], name: str) -> Source | None:
    return next((source for source in sources if source.values.get(name)), None)


# --- profiles ---------------------------------------------------------------------------------


def config_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where profiles are kept."""
    if environment.get(CONFIG_VARIABLE):
        return Path(environment[CONFIG_VARIABLE])
    base = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~")) / ".config"
    return Path(base).expanduser() / "syncline" / "config.toml"


def read_profiles(path: Path) -> dict[str, Any]:
    """The whole file. UsageError if others can read it, or it is no TOML."""
    if not path.exists():
        return {}
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise UsageError(f"others can read {path}, which holds tokens", f"chmod 600 {path}")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as exc:
        raise UsageError(f"{path} cannot be read: {exc}") from exc


def write_profile(path: Path, name: str, values: Mapping[str, str]) -> None:
    """Adds or replaces one profile; readable by its owner alone from its first byte."""
    content = read_profiles(path)
    profiles = {**content.get("profiles", {}), name: dict(values)}
    lines = [f"default = {json.dumps(content.get('default', name))}"]
    for each, settings in profiles.items():
        lines += ["", f"[profiles.{json.dumps(each)}]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    fresh.replace(path)


def _profile(name: str | None, environment: Mapping[str, str]) -> Source | None:
    path = config_file(environment)
    content = read_profiles(path)
    profiles: Mapping[str, Any] = content.get("profiles", {})
    chosen = name or content.get("default", "default")
    if chosen not in profiles:
        if name is None:
            return None
        known = ", ".join(profiles) or "none"
        raise UsageError(f"there is no profile '{name}' in {path}", f"Known profiles: {known}.")
    found: Mapping[str, Any] = profiles[chosen]
    unknown = sorted(found.keys() - _PROFILE_KEYS)
    if unknown:
        raise UsageError(f"profile '{chosen}' has unknown keys: {', '.join(unknown)}")
    return Source(f"profile {chosen}", _renamed(found))


def _renamed(values: Mapping[str, Any]) -> dict[str, str]:
    names = {"administrator_token": "administrator"}
    return {names.get(name, name): str(value) for name, value in values.items()}


# --- make local -------------------------------------------------------------------------------


def _endpoints(folder: Path) -> Source | None:
    """What a running `make local` wrote, in this folder or one above it."""
    for each in (folder, *folder.parents):
        path = each / ".local" / "endpoints.json"
        if path.is_file():
            try:
                return Source(str(path), _renamed(json.loads(path.read_text(encoding="utf-8"))))
            except ValueError as exc:
                raise UsageError(f"{path} is no JSON", "Start `make local` again.") from exc
    return None
