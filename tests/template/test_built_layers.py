"""What `make build` made: wheels for the Lambda platform, and bytecode that is valid there."""

import struct
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

import pytest

from local.cloud.template import load_template

pytestmark = pytest.mark.deploy

MAGIC_OF_3_13: Final = 3571
"""https://github.com/python/cpython/blob/3.13/Include/internal/pycore_magic_number.h"""
UNCHECKED_HASH: Final = 0b01
"""PEP 552: a hash, and nobody compares it with the source."""
GLIBC: Final = 34
"""Of Amazon Linux 2023, the runtime's system: 2.34."""


@pytest.fixture(scope="module")
def built(root: Path) -> Path:
    return root / ".aws-sam" / "build"


@pytest.fixture(scope="module")
def machine(root: Path) -> str:
    template = load_template(root / "template.yaml", parameters={}, region="eu-central-1")
    return {"arm64": "aarch64", "x86_64": "x86_64"}[template.parameters["Architecture"]]


def tags(layer: Path) -> Iterator[str]:
    for wheel in layer.glob("python/*.dist-info/WHEEL"):
        for line in wheel.read_text().splitlines():
            if line.startswith("Tag: "):
                yield line.removeprefix("Tag: ")


def platforms(layer: Path) -> set[str]:
    return {tag.split("-")[2] for tag in tags(layer)} - {"any"}


@pytest.mark.parametrize("layer", ["SharedLayer", "DependenciesLayer"])
def test_every_module_has_bytecode_that_the_runtime_takes(built: Path, layer: str) -> None:
    """The header is a magic number with CR LF, then flags, then a hash or a date."""
    modules = list((built / layer / "python").rglob("*.py"))

    assert modules
    for module in modules:
        compiled = Path(cache_from_source(str(module))).with_name(f"{module.stem}.cpython-313.pyc")
        magic, end, flags = struct.unpack("<H2sI", compiled.read_bytes()[:8])
        assert (magic, end, flags) == (MAGIC_OF_3_13, b"\r\n", UNCHECKED_HASH), module


def test_wheels_are_for_the_lambda_platform(built: Path, machine: str) -> None:
    found = platforms(built / "DependenciesLayer")

    assert found
    for platform in found:
        assert platform.endswith(f"_{machine}"), platform
        if platform.startswith("manylinux_2_"):
            assert int(platform.split("_")[2]) <= GLIBC, platform


def test_wheels_are_for_the_runtimes_python(built: Path) -> None:
    """`py3`, `cp313`, or `cp3xx` with the stable interface."""
    for tag in tags(built / "DependenciesLayer"):
        python, interface, _ = tag.split("-")
        assert python.startswith("py") or "cp313" in (python, interface) or interface == "abi3", tag


def test_compiled_extensions_are_those_of_the_platform(built: Path, machine: str) -> None:
    elf = {"x86_64": 62, "aarch64": 183}[machine]
    extensions = list((built / "DependenciesLayer").rglob("*.so"))

    assert extensions
    for extension in extensions:
        assert struct.unpack_from("<H", extension.read_bytes(), 18) == (elf,), extension


def test_the_dependencies_leave_out_what_the_runtime_brings(built: Path) -> None:
    found = {path.name for path in (built / "DependenciesLayer" / "python").iterdir()}

    assert "pydantic" in found
    assert not found & {"boto3", "botocore", "s3transfer", "bin"}


def test_the_shared_layer_holds_the_package_alone(built: Path) -> None:
    found = {path.name for path in (built / "SharedLayer" / "python").iterdir()}

    assert found == {"syncline"}


def test_functions_hold_app_alone(built: Path) -> None:
    for function in built.glob("*Function"):
        assert {path.name for path in function.iterdir()} == {"app.py"}, function


def test_layers_fit_into_a_function(built: Path) -> None:
    """250 MB unzipped, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
    files = [path for layer in built.glob("*Layer") for path in layer.rglob("*") if path.is_file()]

    assert sum(path.stat().st_size for path in files) < 120_000_000
