"""Every answer that says no, in one table: status, code, text and the keys of the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What went wrong; the table below says how Salesforce words it."""

    SESSION_EXPIRED = "session_expired"
    INVALID_AUTH_HEADER = "invalid_auth_header"
    EXPIRED_PASSWORD = "expired_password"
    BAD_ENCODING = "bad_encoding"
    BODY_TOO_LARGE = "body_too_large"
    MALFORMED_QUERY = "malformed_query"
    QUERY_FIELD = "query_field"
    QUERY_TYPE = "query_type"
    QUERY_OPERATOR = "query_operator"
    QUERY_RANGE = "query_range"
    QUERY_LOCATOR = "query_locator"
    QUERY_MORE_GROUPS = "query_more_groups"
    UNKNOWN_COLUMN = "unknown_column"
    NOT_FOUND = "not_found"
    EXTERNAL_ID_NOT_FOUND = "external_id_not_found"
    CROSS_REFERENCE = "cross_reference"
    CROSS_REFERENCE_FIELD = "cross_reference_field"
    FOREIGN_KEY = "foreign_key"
    ENTITY_IS_DELETED = "entity_is_deleted"
    REQUIRED_FIELD = "required_field"
    STRING_TOO_LONG = "string_too_long"
    JSON_PARSER = "json_parser"
    READ_ONLY_FIELD = "read_only_field"
    RESTRICTED_PICKLIST = "restricted_picklist"
    MALFORMED_ID = "malformed_id"
    MALFORMED_REFERENCE = "malformed_reference"
    MALFORMED_RETRIEVE = "malformed_retrieve"
    DUPLICATE_VALUE = "duplicate_value"
    FIELD_INTEGRITY = "field_integrity"
    CONTRADICTION = "contradiction"
    INVALID_EMAIL = "invalid_email"
    NUMBER_RANGE = "number_range"
    WRONG_TYPE = "wrong_type"
    REQUEST_LIMIT = "request_limit"
    TOO_MANY_IDS = "too_many_ids"
    REPLICATION_DATE = "replication_date"
    ROLLED_BACK = "rolled_back"
    PROCESSING_HALTED = "processing_halted"
    INVALID_REFERENCE = "invalid_reference"
    DEPENDENT_HALTED = "dependent_halted"
    REFERENCE_ID = "reference_id"
    REQUIRED_KEY = "required_key"
    BATCH_HALTED = "batch_halted"
    INVALID_INPUT = "invalid_input"
    DUPLICATE_REFERENCE = "duplicate_reference"
    ID_IN_BODY = "id_in_body"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNSUPPORTED_VERSION = "unsupported_version"
    UNSUPPORTED_MEDIA = "unsupported_media"
    UNSUPPORTED_ENCODING = "unsupported_encoding"
    BULK_ENCODING = "bulk_encoding"
    BULK_ENTITY = "bulk_entity"
    BULK_RESTRICTION = "bulk_restriction"
    BULK_VALUE = "bulk_value"
    BULK_NOT_COMPLETE = "bulk_not_complete"
    BULK_VERSION = "bulk_version"
    BULK_STATE = "bulk_state"
    BULK_CELL = "bulk_cell"
    BULK_FIELD = "bulk_field"
    BULK_TWIN = "bulk_twin"
    BULK_QUOTA = "bulk_quota"
    BULK_LIMIT = "bulk_limit"
    BULK_HARD_DELETE = "bulk_hard_delete"
    SEVERAL_MATCHES = "several_matches"
    MISSING_ARGUMENT = "missing_argument"
    ID_ON_INSERT = "id_on_insert"
    NO_DML = "no_dml"
    NO_RIGHT = "no_right"
    INACTIVE_OWNER = "inactive_owner"
    QUEUE_OWNER = "queue_owner"
    RECORD_TYPE = "record_type"
    UNDELETE = "undelete"
    NOT_UNDELETABLE = "not_undeletable"
    DELETE_FAILED = "delete_failed"
    LOCKED_ROW = "locked_row"
    LOCKED_CREATE = "locked_create"
    CONVERTED_LEAD = "converted_lead"
    INVALID_STATUS = "invalid_status"
    CUSTOM_VALIDATION = "custom_validation"
    DUPLICATES_DETECTED = "duplicates_detected"
    ALREADY_MEMBER = "already_member"
    NOT_REPLICABLE = "not_replicable"
    CHUNKS = "chunks"
    MERGE = "merge"
    CONCURRENT_LIMIT = "concurrent_limit"
    UNKNOWN = "unknown"


class FieldsKey(StrEnum):
    """Whether the body carries `fields`: Salesforce leaves it out of some answers."""

    ABSENT = "absent"
    PRESENT = "present"


@dataclass(frozen=True, slots=True)
class ErrorSpec:
    """One row of the table; `code_first` is the order of keys in the body."""

    status: int
    code: str
    template: str
    fields: FieldsKey = FieldsKey.ABSENT
    code_first: bool = False


_PRESENT: Final = FieldsKey.PRESENT

ERRORS: Final[Mapping[Kind, ErrorSpec]] = {
    # singer-io/tap-salesforce issue 222
    Kind.SESSION_EXPIRED: ErrorSpec(401, "INVALID_SESSION_ID", "Session expired or invalid"),
    # restforce issue 489
    Kind.INVALID_AUTH_HEADER: ErrorSpec(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
    # recorded in https://github.com/grouparoo/grouparoo, nock fixtures of its Salesforce plugin
    Kind.EXPIRED_PASSWORD: ErrorSpec(
        401,
        "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
        "Your password has expired. Please reset your password.",
    ),
    # the texts of the next two are not documented
    Kind.BAD_ENCODING: ErrorSpec(400, "JSON_PARSER_ERROR", "Not in {encoding} format"),
    Kind.BODY_TOO_LARGE: ErrorSpec(
        413, "REQUEST_ENTITY_TOO_LARGE", "The request body is too large."
    ),
    # bodies of the next five: soql/faults.py and soql/wording.py name their sources
    Kind.MALFORMED_QUERY: ErrorSpec(400, "MALFORMED_QUERY", "{text}"),
    Kind.QUERY_FIELD: ErrorSpec(400, "INVALID_FIELD", "{text}"),
    Kind.QUERY_TYPE: ErrorSpec(400, "INVALID_TYPE", "{text}"),
    Kind.QUERY_OPERATOR: ErrorSpec(400, "INVALID_QUERY_FILTER_OPERATOR", "{text}"),
    Kind.QUERY_RANGE: ErrorSpec(400, "NUMBER_OUTSIDE_VALID_RANGE", "{text}"),
    # restforce issue 67
    Kind.QUERY_LOCATOR: ErrorSpec(400, "INVALID_QUERY_LOCATOR", "invalid query locator"),
    # restforce issue 726
    Kind.QUERY_MORE_GROUPS: ErrorSpec(
        400,
        "EXCEEDED_ID_LIMIT",
        "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a"
        " single batch",
    ),
    # recorded in heroku/sf-functions-python and forcedotcom/sf-fx-sdk-java, wiremock mappings
    Kind.UNKNOWN_COLUMN: ErrorSpec(
        400, "INVALID_FIELD", "No such column '{field}' on sobject of type {sobject}"
    ),
    # recorded in SFDO-Tooling/CumulusCI, cassettes of its tests
    Kind.NOT_FOUND: ErrorSpec(
        404, "NOT_FOUND", "The requested resource does not exist", code_first=True
    ),
    # seen in newer orgs; no recorded body with all its keys was found
    Kind.EXTERNAL_ID_NOT_FOUND: ErrorSpec(
        404,
        "NOT_FOUND",
        "Provided external ID field does not exist or is not accessible: {field}",
        code_first=True,
    ),
    # the text is on record in many places, its status for one record is from practice
    Kind.CROSS_REFERENCE: ErrorSpec(
        404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", _PRESENT
    ),
    Kind.CROSS_REFERENCE_FIELD: ErrorSpec(
        400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", _PRESENT
    ),
    Kind.FOREIGN_KEY: ErrorSpec(
        400,
        "INVALID_FIELD",
        "Foreign key external ID: {value} not found for field {field} in entity {sobject}",
        _PRESENT,
    ),
    Kind.ENTITY_IS_DELETED: ErrorSpec(404, "ENTITY_IS_DELETED", "entity is deleted", _PRESENT),
    Kind.REQUIRED_FIELD: ErrorSpec(
        400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [{names}]", _PRESENT
    ),
    Kind.STRING_TOO_LONG: ErrorSpec(
        400,
        "STRING_TOO_LONG",
        "{label}: data value too large: {value} (max length={length})",
        _PRESENT,
    ),
    Kind.JSON_PARSER: ErrorSpec(400, "JSON_PARSER_ERROR", "{text}"),
    # formie issue 1981
    Kind.READ_ONLY_FIELD: ErrorSpec(
        400,
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: {names}. Please check the security settings of this"
        " field and verify that it is read/write for your profile or permission set.",
        _PRESENT,
    ),
    Kind.RESTRICTED_PICKLIST: ErrorSpec(
        400,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "{label}: bad value for restricted picklist field: {value}",
        _PRESENT,
    ),
    Kind.MALFORMED_ID: ErrorSpec(
        400, "MALFORMED_ID", "Record ID: id value of incorrect type: {value}", _PRESENT
    ),
    Kind.MALFORMED_REFERENCE: ErrorSpec(
        400, "MALFORMED_ID", "{label}: id value of incorrect type: {value}", _PRESENT
    ),
    Kind.MALFORMED_RETRIEVE: ErrorSpec(400, "MALFORMED_ID", "malformed id {value}"),
    # the id had 15 characters in orgs before about 2022 and has 18 now; `fields` is empty:
    # go-salesforce issue 133
    Kind.DUPLICATE_VALUE: ErrorSpec(
        400,
        "DUPLICATE_VALUE",
        "duplicate value found: {taken}",
        _PRESENT,
    ),
    Kind.FIELD_INTEGRITY: ErrorSpec(400, "FIELD_INTEGRITY_EXCEPTION", "{text}", _PRESENT),
    Kind.CONTRADICTION: ErrorSpec(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "{text}", _PRESENT),
    # tprouvot/Salesforce-Inspector-reloaded, test against an org; REST guide, Composite Subrequest
    # Result
    Kind.INVALID_EMAIL: ErrorSpec(
        400, "INVALID_EMAIL_ADDRESS", "{label}: invalid email address: {value}", _PRESENT
    ),
    # as an org shows it for 1431655766 employees of an account
    Kind.NUMBER_RANGE: ErrorSpec(
        400,
        "NUMBER_OUTSIDE_VALID_RANGE",
        "{label}: value outside of valid range on numeric field: {value}",
        _PRESENT,
    ),
    # what null for a boolean gets; the text is from practice
    Kind.WRONG_TYPE: ErrorSpec(
        400,
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        "{label}: value not of required type: {value}",
        _PRESENT,
    ),
    # SalesforceLabs/OrgCheck issue 181
    Kind.REQUEST_LIMIT: ErrorSpec(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    # sorenkrabbe/Chrome-Salesforce-inspector issue 134
    Kind.TOO_MANY_IDS: ErrorSpec(
        400,
        "EXCEEDED_ID_LIMIT",
        "record limit reached. cannot submit more than {limit} records into this call",
    ),
    Kind.REPLICATION_DATE: ErrorSpec(400, "INVALID_REPLICATION_DATE", "{text}"),
    # REST guide, Create Records Using sObject Collections
    Kind.ROLLED_BACK: ErrorSpec(
        400,
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using"
        " AllOrNone header",
        _PRESENT,
    ),
    Kind.PROCESSING_HALTED: ErrorSpec(
        400,
        "PROCESSING_HALTED",
        "The transaction was rolled back since another operation in the same transaction failed.",
        code_first=True,
    ),
    # https://github.com/salesforce-misc/ReVoman, src/test/resources/composite: recorded answers
    Kind.INVALID_REFERENCE: ErrorSpec(
        400,
        "PROCESSING_HALTED",
        "Invalid reference specified. No value for {reference} found in {name}. Provided"
        " referenceId ('{reference}') must start with a letter or a number, and it can contain"
        " only letters, numbers and underscores ('_').",
        code_first=True,
    ),
    Kind.DEPENDENT_HALTED: ErrorSpec(
        400,
        "PROCESSING_HALTED",
        "Execution halted as previous operation ({name}) was not successful.",
        code_first=True,
    ),
    Kind.REFERENCE_ID: ErrorSpec(
        400,
        "JSON_PARSER_ERROR",
        "Provided referenceId ('{value}') must start with a letter or a number, and it can contain"
        " only letters, numbers and underscores ('_').",
    ),
    # https://developer.salesforce.com/blogs/2017/02/handle-errors-with-composite-resources
    Kind.REQUIRED_KEY: ErrorSpec(400, "JSON_PARSER_ERROR", "'{name}' is a required field."),
    Kind.BATCH_HALTED: ErrorSpec(
        412, "BATCH_PROCESSING_HALTED", "Batch processing halted per request", code_first=True
    ),
    Kind.INVALID_INPUT: ErrorSpec(400, "INVALID_INPUT", "{text}"),
    Kind.DUPLICATE_REFERENCE: ErrorSpec(
        400, "PROCESSING_HALTED", "Duplicate ReferenceId found: {reference}"
    ),
    # REST guide, Update a Record; the same of external id fields by upserts
    Kind.ID_IN_BODY: ErrorSpec(
        400, "INVALID_FIELD", "The {field} field should not be specified in the sobject data."
    ),
    Kind.METHOD_NOT_ALLOWED: ErrorSpec(
        405,
        "METHOD_NOT_ALLOWED",
        "HTTP Method '{method}' not allowed. Allowed are {allowed}",
        code_first=True,
    ),
    # the status is documented, code and text for REST are not
    Kind.UNSUPPORTED_VERSION: ErrorSpec(
        410, "UNSUPPORTED_API_VERSION", "API version {version} is retired", code_first=True
    ),
    # nforce issue 74
    Kind.UNSUPPORTED_MEDIA: ErrorSpec(
        415, "UNSUPPORTED_MEDIA_TYPE", "MediaType of '{value}' is not supported by this resource"
    ),
    # neither is documented: the one is worded as its neighbour above, the other has the code that
    # Bulk 1.0 documents for bad input, in the letters of Bulk 2.0
    Kind.UNSUPPORTED_ENCODING: ErrorSpec(
        415, "UNSUPPORTED_MEDIA_TYPE", "Content-Encoding '{value}' is not supported"
    ),
    Kind.BULK_ENCODING: ErrorSpec(400, "CLIENTINPUTERROR", "{text}"),
    Kind.BULK_ENTITY: ErrorSpec(
        400, "INVALIDENTITY", "Entity '{value}' is not supported by the Bulk API."
    ),
    Kind.BULK_RESTRICTION: ErrorSpec(400, "API_ERROR", "{text}"),
    Kind.BULK_VALUE: ErrorSpec(400, "INVALIDJOB", "{text}"),
    Kind.BULK_NOT_COMPLETE: ErrorSpec(
        412,
        "JOB_NOT_COMPLETE",
        "can only download query results of successfully completed bulk job: {id}",
    ),
    # the status is documented (Get Results for a Query Job), code and text are not
    Kind.BULK_VERSION: ErrorSpec(
        409, "VERSION_MISMATCH", "The job was created with API version {version}"
    ),
    Kind.BULK_STATE: ErrorSpec(400, "INVALIDJOBSTATE", "{text}"),
    Kind.BULK_CELL: ErrorSpec(
        400,
        "INVALID_FIELD",
        "Failed to deserialize field at col {column}. Due to, '{value}' is not a valid value for"
        " the type {type}",
        _PRESENT,
    ),
    Kind.BULK_FIELD: ErrorSpec(400, "INVALID_FIELD", "{text}", _PRESENT),
    Kind.BULK_TWIN: ErrorSpec(400, "DUPLICATE_VALUE", "{text}", _PRESENT),
    Kind.BULK_QUOTA: ErrorSpec(400, "EXCEEDEDQUOTA", "ApiBatchItems Limit exceeded."),
    Kind.BULK_LIMIT: ErrorSpec(400, "LIMIT_EXCEEDED", "{text}"),
    Kind.BULK_HARD_DELETE: ErrorSpec(
        400,
        "FEATURENOTENABLED",
        "hardDelete operation requires special user profile permission, please contact your system"
        " administrator",
    ),
    Kind.SEVERAL_MATCHES: ErrorSpec(
        400,
        "DUPLICATE_EXTERNAL_ID",
        "{label}: more than one record found for external id field: [{ids}]",
        _PRESENT,
    ),
    Kind.MISSING_ARGUMENT: ErrorSpec(400, "MISSING_ARGUMENT", "{text}", _PRESENT),
    # on record for REST, Bulk and SOAP alike; the `fields` are not
    Kind.ID_ON_INSERT: ErrorSpec(
        400,
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "cannot specify Id in an insert call",
        _PRESENT,
    ),
    # the text is not documented
    Kind.NO_DML: ErrorSpec(
        400,
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "entity type cannot be {verb}: {sobject}",
        _PRESENT,
    ),
    # the status is not documented
    Kind.NO_RIGHT: ErrorSpec(
        400,
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "insufficient access rights on object id",
        _PRESENT,
    ),
    # Adobe, Marketo Measure: errors of the CRM export
    Kind.INACTIVE_OWNER: ErrorSpec(
        400,
        "INACTIVE_OWNER_OR_USER",
        "operation performed with inactive user [{user}] as owner of {sobject}",
        _PRESENT,
    ),
    # a body on record names RecordTypeId in `fields`
    Kind.RECORD_TYPE: ErrorSpec(
        400,
        "INVALID_CROSS_REFERENCE_KEY",
        "{label}: this ID value isn't valid for the user: {value}",
        _PRESENT,
    ),
    Kind.QUEUE_OWNER: ErrorSpec(
        400,
        "INVALID_OPERATION",
        "Queue not associated with this SObject type",
        _PRESENT,
    ),
    Kind.UNDELETE: ErrorSpec(400, "UNDELETE_FAILED", "Entity is not in the recycle bin", _PRESENT),
    Kind.NOT_UNDELETABLE: ErrorSpec(
        400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Entity type is not undeletable", _PRESENT
    ),
    Kind.DELETE_FAILED: ErrorSpec(
        400,
        "DELETE_FAILED",
        "Your attempt to delete {name} could not be completed because it is associated with the"
        " following {plural}.: {children}\n",
        _PRESENT,
    ),
    # recorded with empty `fields` and ids of 18 characters
    Kind.LOCKED_ROW: ErrorSpec(
        400,
        "UNABLE_TO_LOCK_ROW",
        "unable to obtain exclusive access to this record or {count} records: {ids}",
        _PRESENT,
    ),
    # a record that is created has no id to tell:
    # https://github.com/developerforce/Force.com-JavaScript-REST-Toolkit/issues/68
    Kind.LOCKED_CREATE: ErrorSpec(
        400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", _PRESENT
    ),
    # Adobe, Marketo Sales: errors of logging to Salesforce
    Kind.CONVERTED_LEAD: ErrorSpec(
        400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", _PRESENT
    ),
    Kind.INVALID_STATUS: ErrorSpec(
        400, "INVALID_STATUS", "invalid convertedStatus: {value}", _PRESENT
    ),
    Kind.CUSTOM_VALIDATION: ErrorSpec(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "{text}", _PRESENT),
    # the body has `duplicateResut` in front, without its l: rudder-server, error extraction tests
    Kind.DUPLICATES_DETECTED: ErrorSpec(400, "DUPLICATES_DETECTED", "{text}", code_first=True),
    Kind.ALREADY_MEMBER: ErrorSpec(400, "DUPLICATE_VALUE", "Already a campaign member.", _PRESENT),
    Kind.NOT_REPLICABLE: ErrorSpec(400, "INVALID_TYPE", "sObject type {sobject} is not replicable"),
    # the limit is documented (sObject Collections), the text is from practice
    Kind.CHUNKS: ErrorSpec(
        400,
        "INVALID_TYPE",
        "Cannot have more than {limit} chunks in a single operation. Please rearrange the data to"
        " reduce chunking.",
    ),
    Kind.MERGE: ErrorSpec(400, "MERGE_FAILED", "{text}", _PRESENT),
    Kind.CONCURRENT_LIMIT: ErrorSpec(
        403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."
    ),
    Kind.UNKNOWN: ErrorSpec(500, "UNKNOWN_EXCEPTION", "{text}"),
}


class ApiError(Exception):
    """One failed call or one failed record of a call; the table row plus its values.

    `extra` is what the body of a single-record route carries besides, in front; `others` are
    further refusals of the same record, told in the same list (jsforce issue 861).
    """

    def __init__(
        self,
        kind: Kind,
        *,
        fields: tuple[str, ...] = (),
        extra: Mapping[str, object] | None = None,
        others: tuple[ApiError, ...] = (),
        **values: object,
    ) -> None:
        self.kind = kind
        self.others = others
        self.fields = fields
        self.extra = extra or {}
        self.message = ERRORS[kind].template.format(**values)
        super().__init__(self.message)

    @property
    def status(self) -> int:
        """HTTP status of the whole call when this error ends it."""
        return ERRORS[self.kind].status

    @property
    def code(self) -> str:
        """The error code that clients route on."""
        return ERRORS[self.kind].code

    def body(self) -> list[dict[str, object]]:
        """The answer of a single-record route: always a list, with one object for each refusal."""
        spec = ERRORS[self.kind]
        pairs: list[tuple[str, object]] = [("message", self.message), ("errorCode", spec.code)]
        if spec.code_first:
            pairs.reverse()
        if spec.fields is FieldsKey.PRESENT:
            pairs.append(("fields", list(self.fields)))
        rest = [each for other in self.others for each in other.body()]
        return [{**self.extra, **dict(pairs)}, *rest]

    def items(self) -> list[dict[str, object]]:
        """The errors of a Collections result."""
        return [self.item(), *(other.item() for other in self.others)]

    def item(self) -> dict[str, object]:
        """The answer inside a Collections result, where the key is `statusCode`."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}


class OAuthError(Exception):
    """A refusal of the token endpoint: an object with two keys, never a list (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        self.error = error
        self.description = description
        self.status = status
        super().__init__(description)
