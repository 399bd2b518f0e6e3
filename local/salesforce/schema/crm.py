"""Account and Contact, with the fields a fresh Enterprise org shows its integration user."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from local.salesforce.schema.build import (
    DEFAULTED,
    NULLABLE_DEFAULT,
    READ_ONLY,
    REQUIRED,
    SYSTEM,
    active_since,
    address,
    area,
    audit,
    but,
    cascading,
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
    seen,
    text,
    typed,
)  # fmt: skip
from local.salesforce.schema.types import Access, FieldType, ObjectTraits, SObject

INDUSTRIES: Final = choices(
    "Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals", "Communications",
    "Construction", "Consulting", "Education", "Electronics", "Energy", "Engineering",
    "Entertainment", "Environmental", "Finance", "Food & Beverage", "Government", "Healthcare",
    "Hospitality", "Insurance", "Machinery", "Manufacturing", "Media", "Not For Profit",
    "Recreation", "Retail", "Shipping", "Technology", "Telecommunications", "Transportation",
    "Utilities", "Other",
)  # fmt: skip
SOURCES: Final = choices("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
CLEAN: Final = choices(
    "Matched:In Sync", "Different", "Acknowledged:Reviewed", "NotFound:Not Found", "Inactive",
    "Pending:Not Compared", "SelectMatch:Select Match", "Skipped",
)  # fmt: skip


ACCOUNT: Final = SObject(
    "Account", "Account", "Accounts", "001",
    (
        record_id("Account ID"),
        deleted(),
        hidden(lookup("MasterRecordId", "Master Record ID", "Account", access=READ_ONLY)),
        replace(
            text("Name", "Account Name", 255, access=REQUIRED),
            name_field=True, compound="Name", extra_type="switchablepersonname",
        ),
        pick("Type", "Account Type", choices(
            "Prospect", "Customer - Direct", "Customer - Channel", "Channel Partner / Reseller",
            "Installation Partner", "Technology Partner", "Other",
        )),
        but(lookup("RecordTypeId", "Record Type ID", "RecordType"), permissionable=False),
        lookup("ParentId", "Parent Account ID", "Account", child="ChildAccounts"),
        *address("Billing"),
        *address("Shipping"),
        typed("Phone", "Account Phone", FieldType.PHONE, length=40),
        typed("Fax", "Account Fax", FieldType.PHONE, length=40),
        text("AccountNumber", "Account Number", 40),
        typed("Website", "Website", FieldType.URL, length=255),
        photo(),
        text("Sic", "SIC Code", 20),
        pick("Industry", "Industry", INDUSTRIES),
        number("AnnualRevenue", "Annual Revenue", FieldType.CURRENCY, precision=18, scale=0),
        integer("NumberOfEmployees", "Employees"),
        pick("Ownership", "Ownership", choices("Public", "Private", "Subsidiary", "Other")),
        text("TickerSymbol", "Ticker Symbol", 20),
        area("Description", "Account Description", 32000),
        pick("Rating", "Account Rating", choices("Hot", "Warm", "Cold")),
        text("Site", "Account Site", 80),
        owner("Owner ID"),
        *audit(),
        active_since(),
        *seen(),
        text("Jigsaw", "Data.com Key", 20),
        jigsaw("Company"),
        pick("CleanStatus", "Clean Status", CLEAN, restricted=True),
        pick("AccountSource", "Account Source", SOURCES),
        text("DunsNumber", "D-U-N-S Number", 9),
        text("Tradestyle", "Tradestyle", 255),
        text("NaicsCode", "NAICS Code", 8),
        text("NaicsDesc", "NAICS Description", 120),
        text("YearStarted", "Year Started", 4),
        text("SicDesc", "SIC Description", 80),
        lookup("DandbCompanyId", "D&B Company ID", "DandBCompany"),
    ),
    ObjectTraits(
        mergeable=True, feed_enabled=True, activities=True, scopes=("everything", "mine", "team")
    ),
)  # fmt: skip

CONTACT: Final = SObject(
    "Contact", "Contact", "Contacts", "003",
    (
        record_id("Contact ID"),
        deleted(),
        hidden(lookup("MasterRecordId", "Master Record ID", "Contact", access=READ_ONLY)),
        cascading(lookup("AccountId", "Account ID", "Account", child="Contacts")),
        *person_name(),
        *address("Other"),
        *address("Mailing"),
        typed("Phone", "Business Phone", FieldType.PHONE, length=40),
        typed("Fax", "Business Fax", FieldType.PHONE, length=40),
        typed("MobilePhone", "Mobile Phone", FieldType.PHONE, length=40),
        typed("HomePhone", "Home Phone", FieldType.PHONE, length=40),
        typed("OtherPhone", "Other Phone", FieldType.PHONE, length=40),
        typed("AssistantPhone", "Asst. Phone", FieldType.PHONE, length=40),
        lookup("ReportsToId", "Reports To ID", "Contact"),
        replace(typed("Email", "Email", FieldType.EMAIL, length=80), id_lookup=True),
        text("Title", "Title", 128),
        text("Department", "Department", 80),
        text("AssistantName", "Assistant's Name", 40),
        pick("LeadSource", "Lead Source", SOURCES, length=255),
        plain("Birthdate", "Birthdate", FieldType.DATE),
        area("Description", "Contact Description", 32000),
        owner("Owner ID"),
        *audit(),
        active_since(),
        plain("LastCURequestDate", "Last Stay-in-Touch Request Date", FieldType.DATETIME,
              access=READ_ONLY),
        plain("LastCUUpdateDate", "Last Stay-in-Touch Save Date", FieldType.DATETIME,
              access=READ_ONLY),
        *seen(),
        but(text("EmailBouncedReason", "Email Bounced Reason", 255), permissionable=False),
        but(plain("EmailBouncedDate", "Email Bounced Date", FieldType.DATETIME),
            permissionable=False),
        plain("IsEmailBounced", "Is Email Bounced", FieldType.BOOLEAN, access=SYSTEM),
        photo(),
        text("Jigsaw", "Data.com Key", 20),
        jigsaw("Contact"),
        pick("CleanStatus", "Clean Status", CLEAN, restricted=True),
        but(lookup("IndividualId", "Individual ID", "Individual"), permissionable=False),
    ),
    ObjectTraits(
        mergeable=True, feed_enabled=True, activities=True,
        scopes=("everything", "mine", "scopingRule", "team"),
    ),
)  # fmt: skip

RECORD_TYPE: Final = SObject(
    "RecordType", "Record Type", "Record Types", "012",
    (
        record_id("Record Type ID"),
        replace(text("Name", "Name", 80, access=REQUIRED), name_field=True),
        text("DeveloperName", "Record Type Name", 80, access=REQUIRED),
        text("NamespacePrefix", "Namespace Prefix", 15, access=READ_ONLY),
        text("Description", "Description", 255),
        text("SobjectType", "SObject Type Name", 40, access=Access(nillable=False)),
        plain("IsActive", "Active", FieldType.BOOLEAN, access=DEFAULTED),
        *audit(),
    ),
    ObjectTraits(deletable=False, undeletable=False, searchable=False, layoutable=False),
)  # fmt: skip

ORGANIZATION: Final = SObject(
    "Organization", "Organization", "Organizations", "00D",
    (
        record_id("Organization ID"),
        replace(text("Name", "Name", 80, access=REQUIRED), name_field=True),
        text("Division", "Division", 80),
        typed("Phone", "Phone", FieldType.PHONE, length=40),
        text("PrimaryContact", "Primary Contact", 80),
        pick("DefaultLocaleSidKey", "Locale", choices("en_US", "de_DE"), restricted=True),
        pick(
            "TimeZoneSidKey", "Time Zone", choices("America/Los_Angeles", "Europe/Berlin", "GMT"),
            access=NULLABLE_DEFAULT,
        ),
        pick("LanguageLocaleKey", "Language", choices("en_US", "de"), restricted=True),
        integer("FiscalYearStartMonth", "Fiscal Year Starts In"),
        text("NamespacePrefix", "Namespace Prefix", 15, access=READ_ONLY),
        text("InstanceName", "Instance Name", 5, access=READ_ONLY),
        plain("IsSandbox", "Is Sandbox", FieldType.BOOLEAN, access=SYSTEM),
        pick("OrganizationType", "Edition", choices("Developer Edition", "Enterprise Edition")),
        *audit(),
    ),
    ObjectTraits(
        createable=False, deletable=False, undeletable=False, searchable=False, layoutable=False,
        triggerable=False,
    ),
)  # fmt: skip
