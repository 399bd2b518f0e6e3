"""The template as CloudFormation would get it, in words that the tests ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.cloud.template import load_template

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stack:
    resources: Json
    code: Mapping[str, Path]

    def of(self, type: str) -> dict[str, Json]:
        """Logical id → properties."""
        found = {name: each for name, each in self.resources.items() if each["Type"] == type}
        return {name: each.get("Properties", {}) for name, each in found.items()}

    @property
    def functions(self) -> dict[str, Json]:
        return self.of("AWS::Lambda::Function")

    def folder(self, function: str) -> str:
        return self.code[function].name

    def function_of(self, folder: str) -> Json:
        """Properties of the function whose code lies in that folder."""
        name = next(name for name in self.functions if self.folder(name) == folder)
        return self.functions[name]

    def target(self, value: Any) -> str:
        """The logical id that a Ref or GetAtt names."""
        if "Ref" in value:
            return str(value["Ref"])
        return str(value["Fn::GetAtt"][0])


@pytest.fixture(scope="session")
def stack() -> Stack:
    template = load_template(ROOT / "template.yaml", parameters={}, region=REGION)
    return Stack(template.resources, template.code)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
