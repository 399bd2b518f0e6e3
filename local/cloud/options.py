"""What of a local cloud can be set, each with what a laptop wants as its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class CloudOptions:
    """`auth` evaluates the functions' IAM roles. `port` is the HTTP API's, 0 finds a free one.

    `maximum` environments per function, `pollers` per queue: with 0 a queue stands still until
    `LocalCloud.deliver`. `timeouts` maps a logical id to
    seconds in place of the template's. A due schedule is delivered `deliveries` times: 0 switches
    schedules off, 2 shows what at-least-once means. `home` takes the logs, .local beside the
    template by default. `ministack` is the Python of MiniStack's environment.
    """

    auth: bool = False
    port: int = 0
    maximum: int = 2
    pollers: int = 2
    timeouts: Mapping[str, float] = field(default_factory=dict)
    deliveries: int = 1
    home: Path | None = None
    ministack: Path = _ROOT / ".envs" / "ministack" / "bin" / "python"
    region: str = "eu-central-1"
