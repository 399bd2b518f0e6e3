"""Change events that were found valid, and how a request of many of them is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from syncline.engine.records import Values
from syncline.ports import BatchReceipt, Bodies, Receipt

AT_ONCE: Final = 500
"""Changes that are captured before the answer, and together when they were stored."""


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """A change that was found valid. `values` are canonical, None clears; `receipt` says where it
    goes and under which id it is looked up."""

    receipt: Receipt
    values: Values


def body_name(batch: BatchReceipt) -> str:
    """Equal names hold equal bodies."""
    return f"{batch.id}.{batch.digest}"


def body_of(events: Sequence[ChangeEvent]) -> dict[str, object]:
    """As stored."""
    told = [(asdict(event.receipt), dict(event.values)) for event in events]
    return {"events": [{**receipt, "values": values} for receipt, values in told]}


def stored_events(bodies: Bodies, batch: BatchReceipt) -> list[ChangeEvent]:
    """The changes of a stored request in their order; none when the bucket has forgotten it."""
    body = bodies.get(body_name(batch))
    return [_event(stored) for stored in (body or {}).get("events", ())]


def _event(stored: Mapping[str, Any]) -> ChangeEvent:
    told = {name: value for name, value in stored.items() if name not in ("values", "results")}
    told["to"] = {connection: tuple(names) for connection, names in stored["to"].items()}
    return ChangeEvent(Receipt(**told), stored["values"])
