"""From use cases' values to the answers of `shapes`."""

from collections.abc import Iterable, Mapping
from typing import Any

from syncline.engine.records import PlatformRecord, Value
from syncline.http.shapes import AccessShown, FindingShown, RecordShown, RunShown
from syncline.http.telling import direction_of
from syncline.ports import Run
from syncline.usecases.check_connection import ObjectAccess
from syncline.usecases.findings import Finding
from syncline.usecases.list_actions import ListedAction


def run_shown(run: Run) -> dict[str, Any]:
    return {name: _plain(getattr(run, name)) for name in RunShown.model_fields}


def record_shown(record: PlatformRecord) -> dict[str, Any]:
    return {name: _plain(getattr(record, name)) for name in RecordShown.model_fields}


def access_shown(access: ObjectAccess) -> dict[str, Any]:
    return {name: getattr(access, name) for name in AccessShown.model_fields}


def findings_shown(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [{name: getattr(each, name) for name in FindingShown.model_fields} for each in findings]


def action_shown(action: ListedAction) -> dict[str, Any]:
    return {"batch": action.batch, "attempt": action.attempt, **journalled(action.stored)}


def journalled(stored: Mapping[str, Any]) -> dict[str, Any]:
    """An action of the journal as it is shown."""
    direction = direction_of(stored)
    changes: list[tuple[str, Value, Value]] = stored.get("changes") or []
    return {
        "direction": direction,
        "crm_id": stored.get("crm_id") if direction == "outbound" else stored["key"],
        "platform_id": stored.get("platform_id"),
        "verb": stored["verb"],
        "bucket": stored["bucket"],
        "reason": stored["reason"],
        "detail": stored.get("detail") or None,
        "changes": [
            {"field": name, "before": before, "after": after} for name, before, after in changes
        ],
        "contests": [_contest(*each) for each in stored.get("contests") or ()],
        "sent": _sent(stored.get("send")),
    }


def _contest(name: str, crm: Value, platform: Value, winner: str) -> dict[str, Any]:
    side = "salesforce" if winner == "crm" else winner
    return {"field": name, "salesforce": crm, "platform": platform, "winner": side}


def _sent(send: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {"kind": send["kind"], "values": send["values"]} if send else None


def _plain(value: Any) -> Any:
    """Mappings of stored items may be read-only views, which JSON does not know."""
    return dict(value) if hasattr(value, "keys") else value
