"""Every error that clients are known to meet: how it is provoked, and what is told then.

What can only be armed (an edge that is down, a policy that is too slow) is armed; the rest comes of
what the request says. A row is told in the order the documentation of Salesforce lists codes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from local.salesforce.ids import mint

BASE: Final = "/services/data/v62.0/"
MISSING: Final = mint("001", 999)
NOT_FOUND: Final = "The requested resource does not exist"
NO_COLUMN: Final = (
    ". If you are attempting to use a custom field, be sure to append the '__c' after the custom"
    " field name. Please reference your WSDL or the describe call for the appropriate names."
)
NO_TYPE: Final = (
    " is not supported. If you are attempting to use a custom object, be sure to append the '__c'"
    " after the entity name. Please reference your WSDL or the describe call for the appropriate"
    " names."
)
AT_27: Final = " " * 26 + "^\nERROR at Row:1:Column:27\n"
LIST: Final = ["message", "errorCode"]
FIELDS: Final = ["message", "errorCode", "fields"]
CODE_FIRST: Final = ["errorCode", "message"]


@dataclass
class Org:
    """A signed-in client, the control behind its back, and the records that rows are about."""

    client: httpx.Client
    control: Any
    account: str
    gone: str
    lead: str
    contact: str

    def __getitem__(self, name: str) -> str:
        found: str = getattr(self, name)
        return found


@dataclass(frozen=True)
class Row:
    """`{account}` and its like in path and text stand for the ids of the org's records.

    `text` is the whole message.
    """

    name: str
    method: str
    path: str
    status: int
    code: str
    text: str
    keys: list[str] = field(default_factory=lambda: LIST)
    fields: list[str] | None = None
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    arrange: Callable[[Org], object] = lambda org: None


def asked(statement: str) -> dict[str, str]:
    return {"q": statement}


def armed(kind: str, endpoint: str = "*", **more: object) -> Callable[[Org], object]:
    return lambda org: org.control.arm(endpoint, kind, **more)


def put(path: str, **body: object) -> Callable[[Org], object]:
    return lambda org: org.control.request("PUT", path, body)


def settings(**knobs: object) -> Callable[[Org], object]:
    return lambda org: org.control.settings(**knobs)


SESSION: Final = [
    Row("session expired", "GET", "limits", 401, "INVALID_SESSION_ID",
        "Session expired or invalid", headers={"Authorization": "Bearer 00D5g!dead"}),
    Row("odd authorization", "GET", "limits", 401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE",
        headers={"Authorization": "Digest x"}),
    Row("daily limit", "GET", "limits", 403, "REQUEST_LIMIT_EXCEEDED",
        "TotalRequests Limit exceeded.", arrange=settings(daily_api_requests=0)),
    Row("concurrent limit", "GET", "limits", 403, "REQUEST_LIMIT_EXCEEDED",
        "ConcurrentPerOrgLongTxn Limit exceeded.", arrange=armed("concurrent_limit")),
    Row("API off for now", "GET", "limits", 403, "API_CURRENTLY_DISABLED",
        "API is disabled for this User",
        arrange=armed("error", status=403, code="API_CURRENTLY_DISABLED",
                      message="API is disabled for this User")),
    Row("API off", "GET", "limits", 403, "API_DISABLED_FOR_ORG",
        "The REST API is not enabled for this Organization.", arrange=armed("api_disabled")),
]  # fmt: skip

QUERIES: Final = [
    # without quotes until Summer '24: the same test of Salesforce Inspector and, later, of
    # tprouvot/Salesforce-Inspector-reloaded against an org of Salesforce, both at version 39.0
    Row("no SELECT", "GET", "query", 400, "MALFORMED_QUERY", "unexpected token: 'SELEKT'",
        query=asked("SELEKT Id FROM Account")),
    Row("unexpected word", "GET", "query", 400, "MALFORMED_QUERY",
        "\nSELECT Id FROM Account WHERE WHERE Name = 'x'\n                            ^\n"
        "ERROR at Row:1:Column:29\nunexpected token: 'WHERE'",
        query=asked("SELECT Id FROM Account WHERE WHERE Name = 'x'")),
    Row("AND beside OR", "GET", "query", 400, "MALFORMED_QUERY",
        "\nAccount WHERE Name='a' AND Name='b' OR Name='c'\n" + " " * 35 + "^\n"
        "ERROR at Row:1:Column:51\nunexpected token: 'OR'",
        query=asked("SELECT Id FROM Account WHERE Name='a' AND Name='b' OR Name='c'")),
    Row("unknown field", "GET", "query", 400, "INVALID_FIELD",
        "\nSELECT Bacon__c FROM Account LIMIT 2\n       ^\nERROR at Row:1:Column:8\n"
        "No such column 'Bacon__c' on entity 'Account'" + NO_COLUMN,
        query=asked("SELECT Bacon__c FROM Account LIMIT 2")),
    Row("unknown object", "GET", "query", 400, "INVALID_TYPE",
        "\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\n"
        "sObject type 'XYZZY'" + NO_TYPE, query=asked("select count() from XYZZY")),
    Row("quoted moment", "GET", "query", 400, "INVALID_FIELD",
        "\nSELECT Id FROM Task WHERE CreatedDate > '2024-01-01T00:00:00Z'\n" + AT_27 +
        "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not"
        " be enclosed in quotes",
        query=asked("SELECT Id FROM Task WHERE CreatedDate > '2024-01-01T00:00:00Z'")),
    Row("wrong operator", "GET", "query", 400, "INVALID_QUERY_FILTER_OPERATOR",
        "\nSELECT Id FROM Task WHERE CreatedDate LIKE 'x%'\n" + AT_27 + "invalid operator",
        query=asked("SELECT Id FROM Task WHERE CreatedDate LIKE 'x%'")),
    Row("long text in a filter", "GET", "query", 400, "INVALID_FIELD",
        "\nSELECT Id FROM Task WHERE Description = 'x'\n" + AT_27 +
        "field 'Description' can not be filtered in a query call",
        query=asked("SELECT Id FROM Task WHERE Description = 'x'")),
    Row("locator is gone", "GET", "query/01g000000000000AAA-2000", 400, "INVALID_QUERY_LOCATOR",
        "invalid query locator"),
    Row("query too long", "GET", "query", 400, "QUERY_TIMEOUT",
        "Your query request was running for too long.", query=asked("SELECT Id FROM Task"),
        arrange=armed("query_timeout", "query")),
    Row("query too complicated", "GET", "query", 400, "QUERY_TOO_COMPLICATED",
        "Query is either selecting too many fields or the filter conditions are too complicated.",
        query=asked("SELECT Id FROM Task"), arrange=armed("query_too_complicated", "query")),
    # 400 in the tests of airbyte's source-salesforce, which are the only bodies on record
    Row("security policy", "GET", "query", 400, "TXN_SECURITY_METERING_ERROR",
        "We can't complete the action because enabled transaction security policies took too long"
        " to complete.", query=asked("SELECT Id FROM Task"),
        arrange=armed("security_metering", "query")),
]  # fmt: skip

RECORDS: Final = [
    Row("unknown object", "GET", "sobjects/Nope__c/describe", 404, "NOT_FOUND", NOT_FOUND,
        CODE_FIRST),
    Row("unknown resource", "GET", "nowhere", 404, "NOT_FOUND", NOT_FOUND, CODE_FIRST),
    Row("unknown external field", "PATCH", "sobjects/Account/Nope__c/1", 404, "NOT_FOUND",
        "Provided external ID field does not exist or is not accessible: Nope__c", CODE_FIRST,
        body={}),
    Row("record to change is missing", "PATCH", f"sobjects/Account/{MISSING}", 404,
        "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", FIELDS, [], body={}),
    Row("parent is missing", "POST", "sobjects/Contact", 400, "INVALID_CROSS_REFERENCE_KEY",
        "invalid cross reference id", FIELDS, ["AccountId"],
        body={"LastName": "A", "AccountId": MISSING}),
    Row("record is deleted", "GET", "sobjects/Account/{gone}", 404, "ENTITY_IS_DELETED",
        "entity is deleted", FIELDS, []),
    Row("required field", "POST", "sobjects/Account", 400, "REQUIRED_FIELD_MISSING",
        "Required fields are missing: [Name]", FIELDS, ["Name"], body={}),
    Row("unknown field", "POST", "sobjects/Account", 400, "INVALID_FIELD",
        "No such column 'FavoritePet__c' on sobject of type Account",
        body={"Name": "A", "FavoritePet__c": "x"}),
    Row("text too long", "POST", "sobjects/Account", 400, "STRING_TOO_LONG",
        f"Ticker Symbol: data value too large: {'x' * 21} (max length=20)", FIELDS,
        ["TickerSymbol"], body={"Name": "A", "TickerSymbol": "x" * 21}),
    Row("read-only fields", "POST", "sobjects/Account", 400, "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: LastModifiedDate, IsDeleted, SystemModstamp. Please check"
        " the security settings of this field and verify that it is read/write for your profile or"
        " permission set.", FIELDS, ["LastModifiedDate", "IsDeleted", "SystemModstamp"],
        body={"Name": "A", "LastModifiedDate": "2024-01-01T00:00:00Z", "IsDeleted": True,
              "SystemModstamp": "2024-01-01T00:00:00Z"}),
    Row("restricted picklist", "POST", "sobjects/Account", 400,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Clean Status: bad value for restricted picklist field: Terrible", FIELDS, ["CleanStatus"],
        body={"Name": "A", "CleanStatus": "Terrible"}),
    Row("id of another object", "PATCH", "sobjects/Account/a00B000000FSjVUIB1", 400, "MALFORMED_ID",
        "Record ID: id value of incorrect type: a00B000000FSjVUIB1", FIELDS, ["Id"], body={}),
    Row("lookup to another object", "POST", "sobjects/Task", 400, "MALFORMED_ID",
        "Related To ID: id value of incorrect type: {contact}", FIELDS, ["WhatId"],
        body={"WhatId": "{contact}"}),
    Row("retrieve of no id", "GET", "composite/sobjects/Account", 400, "MALFORMED_ID",
        "malformed id xyz", query={"ids": "xyz", "fields": "Name"}),
    Row("unique value", "POST", "sobjects/Account", 400, "DUPLICATE_VALUE",
        "duplicate value found: Key__c duplicates value on record with id: {account}", FIELDS, [],
        body={"Name": "B", "Key__c": "K1"}),
    Row("e-mail", "POST", "sobjects/Contact", 400, "INVALID_EMAIL_ADDRESS",
        "Email: invalid email address: nobody", FIELDS, ["Email"],
        body={"LastName": "A", "Email": "nobody"}),
    Row("number too large", "POST", "sobjects/Account", 400, "NUMBER_OUTSIDE_VALID_RANGE",
        "Employees: value outside of valid range on numeric field: 1000000000", FIELDS,
        ["NumberOfEmployees"], body={"Name": "A", "NumberOfEmployees": 10**9}),
    Row("validation rule", "POST", "sobjects/Account", 400, "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "No fax", FIELDS, ["Fax"], body={"Name": "A", "Fax": "1"},
        arrange=put("validation-rules", sobject="Account", name="fax", field="Fax",
                    when={"field": "Fax", "op": "!=", "value": None}, message="No fax")),
    Row("converted lead", "PATCH", "sobjects/Lead/{lead}", 400, "CANNOT_UPDATE_CONVERTED_LEAD",
        "cannot reference converted lead", FIELDS, [], body={"Company": "C"},
        arrange=lambda org: org.control.request("POST", "convert",
                                                {"lead": org.lead, "opportunity": False})),
    Row("inactive owner", "POST", "sobjects/Account", 400, "INACTIVE_OWNER_OR_USER",
        f"operation performed with inactive user [{mint('005', 70)}] as owner of account", FIELDS,
        ["OwnerId"], body={"Name": "A", "OwnerId": mint("005", 70)},
        arrange=lambda org: org.control.load([("User", {
            "Id": mint("005", 70), "LastName": "Gone", "Username": "g", "IsActive": False})])),
    Row("object without deletion", "DELETE", f"sobjects/User/{mint('005', 1)}", 400,
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "entity type cannot be deleted: User", FIELDS, []),
    Row("end before the start", "POST", "sobjects/Event", 400, "FIELD_INTEGRITY_EXCEPTION",
        "Duration must be between 0 and 20160 minutes: Duration", FIELDS, ["DurationInMinutes"],
        body={"StartDateTime": "2026-01-01T12:00:00Z", "EndDateTime": "2026-01-01T10:00:00Z"}),
    Row("no right on a record", "POST", "sobjects/Account", 400, "INSUFFICIENT_ACCESS_OR_READONLY",
        "insufficient access rights on object id", body={"Name": "A"},
        arrange=armed("error", "create", status=400, code="INSUFFICIENT_ACCESS_OR_READONLY",
                      message="insufficient access rights on object id")),
    Row("no right on a parent", "POST", "sobjects/Contact", 400,
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "insufficient access rights on cross-reference id: {account}",
        body={"LastName": "A", "AccountId": "{account}"},
        arrange=lambda org: org.control.arm(
            "create", "error", status=400, code="INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            message=f"insufficient access rights on cross-reference id: {org.account}")),
    Row("owner who may not read", "PATCH", "sobjects/Account/{account}", 400,
        "TRANSFER_REQUIRES_READ", "The new owner must have read permission",
        body={"OwnerId": mint("005", 1)},
        arrange=armed("error", "update", status=400, code="TRANSFER_REQUIRES_READ",
                      message="The new owner must have read permission")),
    Row("trigger of an admin", "POST", "sobjects/Account", 400,
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "T: execution of BeforeInsert\n\ncaused by: System.E", body={"Name": "A"},
        arrange=armed("error", "create", status=400, code="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                      message="T: execution of BeforeInsert\n\ncaused by: System.E")),
    Row("record that others need", "DELETE", "sobjects/Contact/{contact}", 400, "DELETE_FAILED",
        "Your attempt to delete P could not be completed because it is associated with the"
        " following cases.: 00000001\n", FIELDS, [],
        arrange=lambda org: org.client.post(f"{BASE}sobjects/Case", json={
            "Subject": "S", "ContactId": org.contact})),
    Row("id in the body", "PATCH", "sobjects/Account/{account}", 400, "INVALID_FIELD",
        "The Id field should not be specified in the sobject data.", body={"Id": "{account}"}),
    Row("id of a new record", "POST", "sobjects/Account", 400, "INVALID_FIELD_FOR_INSERT_UPDATE",
        "cannot specify Id in an insert call", FIELDS, body={"Id": MISSING, "Name": "A"}),
    Row("locked row", "PATCH", "sobjects/Account/{account}", 400, "UNABLE_TO_LOCK_ROW",
        "unable to obtain exclusive access to this record or 1 records: {account}", FIELDS, [],
        body={"Phone": "1"}, arrange=lambda org: org.control.request(
            "PUT", "locks", {"ids": [org.account]})),
    Row("word for a boolean", "POST", "sobjects/Task", 400, "JSON_PARSER_ERROR",
        "Cannot deserialize instance of boolean from VALUE_STRING value FALSE or request may be"
        " missing a required field at [line:1, column:18]", body=b'{"IsReminderSet":"FALSE"}'),
    Row("no body", "POST", "sobjects/Account", 400, "JSON_PARSER_ERROR",
        "The HTTP entity body is required, but this request has no entity body.", body=b""),
    Row("no JSON", "POST", "sobjects/Account", 400, "JSON_PARSER_ERROR",
        "Unexpected character ('j' (code 106)): was expecting a valid value at [line:1, column:2]",
        body=b"junk"),
]  # fmt: skip

MANY: Final = [
    Row("too many records", "POST", "composite/sobjects", 400, "EXCEEDED_ID_LIMIT",
        "record limit reached. cannot submit more than 200 records into this call",
        body={"records": [{}] * 201}),
    Row("window that is none", "GET", "sobjects/Task/updated", 400, "INVALID_REPLICATION_DATE",
        "startDate must be before endDate",
        query={"start": "2026-03-10T12:00:00Z", "end": "2026-03-10T11:00:00Z"}),
    Row("object not for Bulk", "POST", "jobs/query", 400, "INVALIDENTITY",
        "Entity 'TaskStatus' is not supported by the Bulk API.",
        body={"operation": "query", "query": "SELECT Id FROM TaskStatus"}),
    Row("compound field in Bulk", "POST", "jobs/query", 400, "API_ERROR",
        "Selecting compound data not supported in Bulk Query",
        body={"operation": "query", "query": "SELECT BillingAddress FROM Account"}),
    Row("daily jobs are used up", "POST", "jobs/query", 400, "LIMIT_EXCEEDED",
        "Max bulk v2 query jobs (0) per 24 hrs has been reached",
        body={"operation": "query", "query": "SELECT Id FROM Account"},
        arrange=settings(bulk_daily_query_jobs=0)),
]  # fmt: skip

WIRE: Final = [
    Row("wrong method", "PUT", "sobjects/Account", 405, "METHOD_NOT_ALLOWED",
        "HTTP Method 'PUT' not allowed. Allowed are HEAD,GET,POST", CODE_FIRST, body={}),
    Row("no JSON by its type", "POST", "sobjects/Account", 415, "UNSUPPORTED_MEDIA_TYPE",
        "MediaType of 'text/plain' is not supported by this resource",
        body=b"Name=A", headers={"Content-Type": "text/plain"}),
    Row("retired version", "GET", "/services/data/v22.0/sobjects", 410, "UNSUPPORTED_API_VERSION",
        "API version 22.0 is retired", CODE_FIRST),
    Row("server unavailable", "GET", "limits", 503, "SERVER_UNAVAILABLE", "Server too busy",
        arrange=armed("unavailable")),
    Row("unknown exception", "POST", "sobjects/Account", 500, "UNKNOWN_EXCEPTION",
        "An unexpected error occurred. Please include this ErrorId if you contact support:"
        " 1452464078-314667 (-1173371248)", body={"Name": "A"}, arrange=armed("unknown_exception")),
]  # fmt: skip
ROWS: Final = [*SESSION, *QUERIES, *RECORDS, *MANY, *WIRE]
EDGE: Final = [
    ("not_acceptable", 406), ("not_acceptable_html", 406), ("edge_420", 420),
    ("too_many_requests", 429), ("bad_gateway", 502), ("html_503", 503), ("gateway_timeout", 504),
]  # fmt: skip
