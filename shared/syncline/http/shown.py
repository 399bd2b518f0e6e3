"""From use cases' values to the answers of `shapes`."""

from typing import Any

from syncline.engine.records import PlatformRecord, Value
from syncline.http.shapes import AccessShown, RecordShown, RunShown
from syncline.ports import Run
from syncline.usecases.check_connection import ObjectAccess
from syncline.usecases.list_actions import ListedAction


def run_shown(run: Run) -> dict[str, Any]:
    return {name: _plain(getattr(run, name)) for name in RunShown.model_fields}


def record_shown(record: PlatformRecord) -> dict[str, Any]:
    return {name: _plain(getattr(record, name)) for name in RecordShown.model_fields}


def access_shown(access: ObjectAccess) -> dict[str, Any]:
    return {name: getattr(access, name) for name in AccessShown.model_fields}


def action_shown(action: ListedAction) -> dict[str, Any]:
    return {"batch": action.batch, "attempt": action.attempt, **journalled(action.stored)}


def journalled(stored: Any) -> dict[str, Any]:
    """An action of the journal as it is shown."""
    changes: list[tuple[str, Value, Value]] = stored.get("changes") or []
    return {
        "crm_id": stored["key"],
        "verb": stored["verb"],
        "bucket": stored["bucket"],
        "reason": stored["reason"],
        "detail": stored.get("detail") or None,
        "platform_id": stored.get("platform_id"),
        "changes": [
            {"field": name, "before": before, "after": after} for name, before, after in changes
        ],
    }


def _plain(value: Any) -> Any:
    """Mappings of stored items may be read-only views, which JSON does not know."""
    return dict(value) if hasattr(value, "keys") else value
