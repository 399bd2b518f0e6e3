"""What Salesforce says about single rows, in one table: its status code → our word for it.

The codes are those of "Status Codes" of the SOAP API guide; that list is not closed, and triggers
and packages add nothing to it but texts, so whatever is not here is simply refused.
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from syncline.engine.plan import SendKind
from syncline.ports import Row, RowAnswer


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal of a row, as JSON or CSV told it."""

    code: str
    message: str
    fields: tuple[str, ...] = ()


LATER: Final[Mapping[str, str]] = {
    # What can succeed later as it is.
    "UNABLE_TO_LOCK_ROW": "locked",
    "ENTITY_IS_LOCKED": "in_approval",
    "SERVER_UNAVAILABLE": "unavailable",
    "UNKNOWN_EXCEPTION": "salesforce_failed",
    "REQUEST_RUNNING_TOO_LONG": "timed_out",
    "QUERY_TIMEOUT": "timed_out",
    "TXN_SECURITY_METERING_ERROR": "timed_out",
    "REQUEST_LIMIT_EXCEEDED": "limit_reached",
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": "rolled_back",
    "PROCESSING_HALTED": "rolled_back",
}
REFUSED: Final[Mapping[str, str]] = {
    # What only a change of the record, the org or the job can help.
    "ENTITY_IS_DELETED": "record_deleted",
    "INVALID_CROSS_REFERENCE_KEY": "bad_reference",
    "DUPLICATES_DETECTED": "duplicate_detected",
    "DUPLICATE_VALUE": "duplicate_value",
    "DUPLICATE_EXTERNAL_ID": "several_matches",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "validation_rule",
    "FIELD_FILTER_VALIDATION_EXCEPTION": "validation_rule",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "automation_failed",
    "CANNOT_EXECUTE_FLOW_TRIGGER": "automation_failed",
    "APEX_ERROR": "automation_failed",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "read_only",
    "FIELD_NOT_UPDATABLE": "read_only",
    "CANNOT_UPDATE_CONVERTED_LEAD": "read_only",
    "REQUIRED_FIELD_MISSING": "required_missing",
    "STRING_TOO_LONG": "too_long",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "bad_choice",
    "FIELD_INTEGRITY_EXCEPTION": "bad_value",
    "INVALID_EMAIL_ADDRESS": "bad_value",
    "INVALID_FIELD": "bad_value",
    "INVALID_TYPE_ON_FIELD_IN_RECORD": "bad_value",
    "NUMBER_OUTSIDE_VALID_RANGE": "bad_value",
    "MALFORMED_ID": "bad_reference",
    "INACTIVE_OWNER_OR_USER": "inactive_owner",
    "INSUFFICIENT_ACCESS": "no_access",
    "INSUFFICIENT_ACCESS_OR_READONLY": "no_access",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "no_access",
    "TRANSFER_REQUIRES_READ": "no_access",
    "DELETE_FAILED": "delete_refused",
    "DELETE_REQUIRED_ON_CASCADE": "delete_refused",
    "STORAGE_LIMIT_EXCEEDED": "storage_limit",
}
_SPENT: Final = ("LimitException", "CPU time limit", "Too many SOQL", "Too many DML")
"""Words of a trigger that had more rows at once than its limits allow."""


def answered(kind: SendKind, row: Row, refusals: Sequence[Refusal]) -> RowAnswer:
    """The answer to a refused row. Where Salesforce says several things the first is told, and the
    row may come again only if each of them can pass. Deleting what is gone is done."""
    codes = [_code(kind, each) for each in refusals] or ["refused"]
    if kind is SendKind.DELETE and codes == ["record_deleted"]:
        return RowAnswer(row.id)
    fields = dict.fromkeys(name for each in refusals for name in each.fields)
    return RowAnswer(
        row.id,
        code=codes[0],
        message=" ".join(each.message for each in refusals),
        fields=tuple(fields),
        again=all(code in _AGAIN for code in codes),
    )


_AGAIN: Final = frozenset({*LATER.values(), "automation_limit"})


def _code(kind: SendKind, refusal: Refusal) -> str:
    word = LATER.get(refusal.code) or REFUSED.get(refusal.code, "refused")
    if word == "automation_failed" and any(each in refusal.message for each in _SPENT):
        return "automation_limit"
    if word in ("bad_reference", "record_deleted"):
        return _gone(kind, refusal)
    return word


def _gone(kind: SendKind, refusal: Refusal) -> str:
    """Both codes are about the record itself where they name no field; a new record has none."""
    itself = not set(refusal.fields) - {"Id"} and kind is not SendKind.CREATE
    return "record_deleted" if itself and refusal.code != "MALFORMED_ID" else "bad_reference"


def of_json(errors: Sequence[Mapping[str, Any]]) -> list[Refusal]:
    """From the `errors` of a Collections result: the key is statusCode there."""
    return [
        Refusal(
            str(each.get("statusCode") or each.get("errorCode") or ""),
            str(each.get("message") or ""),
            tuple(str(name) for name in each.get("fields") or ()),
        )
        for each in errors
    ]


def of_csv(text: str) -> list[Refusal]:
    """From the `sf__Error` of a job's result: `CODE:message:FieldA FieldB --`.

    The form is seen in answers (https://github.com/jsforce/jsforce/issues/217), not documented.
    """
    code, _, rest = text.partition(":")
    message, colon, fields = rest.rpartition(":")
    if not colon or not fields.rstrip().endswith("--"):
        return [Refusal(code, rest)]
    names = fields.replace("--", " ").replace(",", " ").split()
    return [Refusal(code, message, tuple(names))]
