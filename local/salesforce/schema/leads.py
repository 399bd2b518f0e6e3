"""Lead: a person before there is a contact, with the fields a fresh Enterprise org shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from local.salesforce.schema.build import (
    DEFAULTED,
    OPEN,
    READ_ONLY,
    active_since,
    address,
    area,
    audit,
    but,
    choices,
    deleted,
    hidden,
    integer,
    jigsaw,
    lookup,
    number,
    owner,
    person_name,
    photo,
    pick,
    plain,
    record_id,
    required,
    seen,
    text,
    typed,
)  # fmt: skip
from local.salesforce.schema.crm import CLEAN, INDUSTRIES, SOURCES
from local.salesforce.schema.types import Access, FieldType, ObjectTraits, SObject

LEAD_STATUSES: Final = choices(
    "Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted",
    default="Open - Not Contacted",
)  # fmt: skip
_CONVERSION: Final = READ_ONLY

LEAD: Final = SObject(
    "Lead", "Lead", "Leads", "00Q",
    (
        record_id("Lead ID"),
        deleted(),
        hidden(lookup("MasterRecordId", "Master Record ID", "Lead", access=READ_ONLY)),
        *person_name(),
        text("Title", "Title", 128),
        required(text("Company", "Company", 255)),
        *address(""),
        typed("Phone", "Phone", FieldType.PHONE, length=40),
        typed("MobilePhone", "Mobile Phone", FieldType.PHONE, length=40),
        typed("Fax", "Fax", FieldType.PHONE, length=40),
        replace(typed("Email", "Email", FieldType.EMAIL, length=80), id_lookup=True),
        typed("Website", "Website", FieldType.URL, length=255),
        photo(),
        area("Description", "Description", 32000),
        pick("LeadSource", "Lead Source", SOURCES, length=255),
        pick("Status", "Status", LEAD_STATUSES, access=DEFAULTED, length=255),
        pick("Industry", "Industry", INDUSTRIES, length=255),
        pick("Rating", "Rating", choices("Hot", "Warm", "Cold"), length=255),
        number("AnnualRevenue", "Annual Revenue", FieldType.CURRENCY, precision=18, scale=0),
        integer("NumberOfEmployees", "Employees"),
        owner("Owner ID", ("Group", "User")),
        plain("IsConverted", "Converted", FieldType.BOOLEAN,
              access=Access(updateable=False, nillable=False, defaulted_on_create=True)),
        plain("ConvertedDate", "Converted Date", FieldType.DATE, access=_CONVERSION),
        lookup("ConvertedAccountId", "Converted Account ID", "Account", access=_CONVERSION),
        lookup("ConvertedContactId", "Converted Contact ID", "Contact", access=_CONVERSION),
        lookup("ConvertedOpportunityId", "Converted Opportunity ID", "Opportunity",
               access=_CONVERSION),
        plain("IsUnreadByOwner", "Unread By Owner", FieldType.BOOLEAN, access=DEFAULTED),
        *audit(),
        active_since(),
        *seen(),
        text("Jigsaw", "Data.com Key", 20),
        jigsaw("Contact"),
        pick("CleanStatus", "Clean Status", CLEAN, restricted=True),
        text("CompanyDunsNumber", "Company D-U-N-S Number", 9),
        lookup("DandbCompanyId", "D&B Company ID", "DandBCompany", access=OPEN),
        text("EmailBouncedReason", "Email Bounced Reason", 255, access=Access(createable=False)),
        plain("EmailBouncedDate", "Email Bounced Date", FieldType.DATETIME,
              access=Access(createable=False)),
        but(lookup("IndividualId", "Individual ID", "Individual"), permissionable=False),
    ),
    ObjectTraits(
        mergeable=True, feed_enabled=True, activities=True,
        scopes=("everything", "mine", "queue_owned", "scopingRule", "team", "user_owned"),
    ),
)  # fmt: skip
