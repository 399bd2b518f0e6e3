"""template.yaml as plain CloudFormation, by AWS's own SAM translator."""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

Json = dict[str, Any]

# It counts its translations for Amazon, and warns that nobody here asks for the count.
logging.getLogger("samtranslator.metrics.metrics").setLevel(logging.ERROR)

ACCOUNT: Final = "000000000000"
_CODE: Final = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}


@dataclass(frozen=True, slots=True)
class Template:
    """A translated template, its parameters with defaults applied, and where its code lies.

    `code` maps the logical id of a function or layer to its folder on disk.
    """

    body: Json
    parameters: Mapping[str, str]
    code: Mapping[str, Path]
    layers: Mapping[str, tuple[str, ...]]
    region: str
    root: Path

    @property
    def resources(self) -> Json:
        found: Json = self.body["Resources"]
        return found


def load_template(path: Path, *, parameters: Mapping[str, str], region: str) -> Template:
    """Read and translate `path`.

    Raises KeyError for a parameter without a value and samtranslator's InvalidDocumentException
    for what SAM refuses.
    """
    source: Json = yaml_parse(path.read_text())
    code, layers = _take_code(source, path.parent)
    values = {name: _value(name, spec, parameters) for name, spec in _parameters(source).items()}
    # No credentials of the user's are looked for: the session serves the region alone.
    session = boto3.Session(
        aws_access_key_id="test", aws_secret_access_key="test", region_name=region
    )
    translator = Translator({}, Parser(), boto_session=session)
    body: Json = translator.translate(source, dict(values))
    return Template(body, values, code, layers, region, path.resolve().parent)


def _parameters(source: Json) -> Json:
    found: Json = source.get("Parameters") or {}
    return found


def _value(name: str, spec: Json, given: Mapping[str, str]) -> str:
    if name in given:
        return str(given[name])
    if "Default" not in spec:
        raise KeyError(f"parameter {name} has neither a value nor a default")
    return str(spec["Default"])


def _take_code(source: Json, root: Path) -> tuple[dict[str, Path], dict[str, tuple[str, ...]]]:
    """Local folders out, a stand-in for the uploaded archive in: SAM translates only the latter."""
    shared: Json = (source.get("Globals") or {}).get("Function") or {}
    code: dict[str, Path] = {}
    layers: dict[str, tuple[str, ...]] = {}
    for name, resource in source["Resources"].items():
        if (key := _CODE.get(resource.get("Type", ""))) is None:
            continue
        properties = resource.setdefault("Properties", {})
        place = properties.get(key, shared.get(key) if key == "CodeUri" else None)
        if isinstance(place, str):
            code[name] = (root / place).resolve()
        properties[key] = f"s3://local/{name}"
        wanted = [*shared.get("Layers", []), *properties.get("Layers", [])]
        layers[name] = tuple(copy.copy(each["Ref"]) for each in wanted if "Ref" in each)
    if "CodeUri" in shared:
        del shared["CodeUri"]
    return code, layers
