"""What became of a change that was to be written back."""

from dataclasses import dataclass, field

APPLIED, SUPERSEDED, REFUSED, HELD, SKIPPED = (
    "applied",
    "superseded",
    "refused",
    "held",
    "skipped",
)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one attribute of a change event in one connection."""

    outcome: str
    """"applied", "superseded", "refused", "held" or "skipped"."""
    reason: str
    """Our stable word ("written", "already_there", "read_only", "later_change" …)."""
    detail: str = ""
    """A sentence for people, which may hold a value: never for a log."""
    run: str = field(default="", compare=False)
    """In which run, where there was one."""
