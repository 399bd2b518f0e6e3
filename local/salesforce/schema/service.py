"""Case: a customer's question, owned by a person or a queue."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from local.salesforce.schema.build import (
    NULLABLE_DEFAULT,
    READ_ONLY,
    SYSTEM,
    area,
    audit,
    but,
    choices,
    deleted,
    hidden,
    lookup,
    owner,
    pick,
    plain,
    record_id,
    restricting,
    seen,
    text,
    typed,
)  # fmt: skip
from local.salesforce.schema.types import Field, FieldType, ObjectTraits, SObject

CASE_STATUSES: Final = choices("New", "Working", "Escalated", "Closed", default="New")


def _of_contact(name: str, label: str, kind: FieldType, length: int) -> Field:
    return replace(typed(name, label, kind, length=length), access=READ_ONLY)


CASE: Final = SObject(
    "Case", "Case", "Cases", "500",
    (
        record_id("Case ID"),
        deleted(),
        hidden(lookup("MasterRecordId", "Master Record ID", "Case", access=READ_ONLY)),
        replace(
            but(text("CaseNumber", "Case Number", 30, access=SYSTEM), groupable=False),
            name_field=True, id_lookup=True, auto_number="{00000000}",
        ),
        restricting(lookup("ContactId", "Contact ID", "Contact", child="Cases")),
        restricting(lookup("AccountId", "Account ID", "Account", child="Cases")),
        lookup("AssetId", "Asset ID", "Asset"),
        lookup("ParentId", "Parent Case ID", "Case", child="Cases"),
        text("SuppliedName", "Name", 80),
        typed("SuppliedEmail", "Email Address", FieldType.EMAIL, length=80),
        text("SuppliedPhone", "Phone", 40),
        text("SuppliedCompany", "Company", 80),
        pick("Type", "Case Type", choices(
            "Mechanical", "Electrical", "Electronic", "Structural", "Other",
        )),
        but(pick("Status", "Status", CASE_STATUSES, access=NULLABLE_DEFAULT),
            permissionable=False),
        pick("Reason", "Case Reason", choices(
            "Installation", "Equipment Complexity", "Performance", "Breakdown",
            "Equipment Design", "Feedback", "Other",
        )),
        pick("Origin", "Case Origin", choices("Phone", "Email", "Web")),
        text("Subject", "Subject", 255),
        pick("Priority", "Priority", choices("High", "Medium", "Low", default="Medium"),
             access=NULLABLE_DEFAULT),
        area("Description", "Description", 32000),
        plain("IsClosed", "Closed", FieldType.BOOLEAN, access=SYSTEM),
        but(plain("ClosedDate", "Closed Date", FieldType.DATETIME, access=READ_ONLY),
            permissionable=True),
        but(plain("IsEscalated", "Escalated", FieldType.BOOLEAN), permissionable=True),
        owner("Owner ID", ("Group", "User")),
        *audit(),
        _of_contact("ContactPhone", "Contact Phone", FieldType.PHONE, 40),
        _of_contact("ContactMobile", "Contact Mobile", FieldType.PHONE, 40),
        _of_contact("ContactEmail", "Contact Email", FieldType.EMAIL, 80),
        _of_contact("ContactFax", "Contact Fax", FieldType.PHONE, 40),
        but(area("Comments", "Internal Comments", 4000), sortable=True, aggregatable=True,
            permissionable=False, byteLength=4000),
        *seen(),
    ),
    ObjectTraits(
        feed_enabled=True, activities=True,
        scopes=("everything", "genericteam", "mine", "queue_owned", "team_by_role",
                "user_owned"),
        urls=("approvalLayouts", "caseArticleSuggestions", "caseRowArticleSuggestions",
              "compactLayouts", "layouts", "listviews", "quickActions"),
    ),
)  # fmt: skip
