"""Opportunity and the contacts in it; Campaign and who is reached by it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from local.salesforce.schema.build import (
    CREATE_ONLY,
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
    integer,
    lookup,
    number,
    owner,
    pick,
    plain,
    record_id,
    required,
    seen,
    text,
    typed,
    unnamed,
)  # fmt: skip
from local.salesforce.schema.crm import SOURCES
from local.salesforce.schema.types import Field, FieldType, ObjectTraits, SObject

STAGES: Final = choices(
    "Prospecting", "Qualification", "Needs Analysis", "Value Proposition", "Id. Decision Makers",
    "Perception Analysis", "Proposal/Price Quote", "Negotiation/Review", "Closed Won",
    "Closed Lost",
)  # fmt: skip
_FORECAST: Final = choices(
    "Omitted", "Pipeline", "BestCase:Best Case", "MostLikely:Most Likely", "Forecast:Commit",
    "Closed",
)  # fmt: skip


def _open_activity(name: str, label: str) -> Field:
    field = plain(name, label, FieldType.BOOLEAN, access=SYSTEM)
    return but(field, filterable=False, sortable=False, aggregatable=False, groupable=True)


def _money(name: str, label: str, *, scale: int = 2) -> Field:
    return number(name, label, FieldType.CURRENCY, precision=18, scale=scale)


OPPORTUNITY: Final = SObject(
    "Opportunity", "Opportunity", "Opportunities", "006",
    (
        record_id("Opportunity ID"),
        deleted(),
        cascading(lookup("AccountId", "Account ID", "Account", child="Opportunities")),
        but(plain("IsPrivate", "Private", FieldType.BOOLEAN), permissionable=True),
        replace(required(text("Name", "Name", 120)), name_field=True, id_lookup=True),
        area("Description", "Description", 32000),
        required(pick("StageName", "Stage", STAGES, length=255)),
        _money("Amount", "Amount"),
        replace(
            number("Probability", "Probability (%)", FieldType.PERCENT, precision=3, scale=0),
            access=NULLABLE_DEFAULT,
        ),
        but(replace(_money("ExpectedRevenue", "Expected Amount"), access=READ_ONLY),
            permissionable=True),
        number("TotalOpportunityQuantity", "Quantity", FieldType.DOUBLE, precision=18, scale=2),
        required(plain("CloseDate", "Close Date", FieldType.DATE)),
        pick("Type", "Opportunity Type", choices(
            "Existing Customer - Upgrade", "Existing Customer - Replacement",
            "Existing Customer - Downgrade", "New Customer",
        ), length=255),
        text("NextStep", "Next Step", 255),
        pick("LeadSource", "Lead Source", SOURCES, length=255),
        plain("IsClosed", "Closed", FieldType.BOOLEAN, access=SYSTEM),
        plain("IsWon", "Won", FieldType.BOOLEAN, access=SYSTEM),
        pick("ForecastCategory", "Forecast Category", _FORECAST, restricted=True,
             access=replace(READ_ONLY, nillable=False)),
        but(pick("ForecastCategoryName", "Forecast Category", choices(
            "Omitted", "Pipeline", "Best Case", "Commit", "Closed",
        ), restricted=True, access=NULLABLE_DEFAULT, length=255), permissionable=False),
        lookup("CampaignId", "Campaign ID", "Campaign", child="Opportunities"),
        plain("HasOpportunityLineItem", "Has Line Item", FieldType.BOOLEAN, access=SYSTEM),
        but(lookup("Pricebook2Id", "Price Book ID", "Pricebook2", access=NULLABLE_DEFAULT),
            permissionable=False),
        owner("Owner ID"),
        *audit(),
        active_since(),
        plain("LastStageChangeDate", "Last Stage Change Date", FieldType.DATETIME,
              access=READ_ONLY),
        replace(integer("FiscalQuarter", "Fiscal Quarter"), access=READ_ONLY, compound="Fiscal"),
        replace(integer("FiscalYear", "Fiscal Year"), access=READ_ONLY, compound="Fiscal"),
        but(text("Fiscal", "Fiscal Period", 6, access=READ_ONLY), byteLength=6),
        unnamed(lookup("ContactId", "Contact ID", "Contact", child="Opportunities",
                       access=CREATE_ONLY)),
        *seen(),
        _open_activity("HasOpenActivity", "Has Open Activity"),
        _open_activity("HasOverdueTask", "Has Overdue Task"),
        lookup("LastAmountChangedHistoryId", "Opportunity History ID", "OpportunityHistory",
               access=READ_ONLY),
        lookup("LastCloseDateChangedHistoryId", "Opportunity History ID", "OpportunityHistory",
               access=READ_ONLY),
    ),
    ObjectTraits(feed_enabled=True, deep_cloneable=True, activities=True,
                 scopes=("everything", "mine", "scopingRule", "team")),
)  # fmt: skip

OPPORTUNITY_CONTACT_ROLE: Final = SObject(
    "OpportunityContactRole", "Opportunity Contact Role", "Opportunity Contact Role", "00K",
    (
        record_id("Contact Role ID"),
        cascading(lookup("OpportunityId", "Opportunity ID", "Opportunity",
                         child="OpportunityContactRoles",
                         access=replace(CREATE_ONLY, nillable=False))),
        cascading(lookup("ContactId", "Contact ID", "Contact", child="OpportunityContactRoles",
                         access=REQUIRED)),
        but(pick("Role", "Role", choices(
            "Business User", "Decision Maker", "Economic Buyer", "Economic Decision Maker",
            "Evaluator", "Executive Sponsor", "Influencer", "Technical Buyer", "Other",
        )), permissionable=False),
        plain("IsPrimary", "Primary", FieldType.BOOLEAN),
        *audit(),
        deleted(),
    ),
    ObjectTraits(undeletable=False, searchable=False, mru=False,
                 urls=("compactLayouts", "layouts", "quickActions")),
)  # fmt: skip

CAMPAIGN: Final = SObject(
    "Campaign", "Campaign", "Campaigns", "701",
    (
        record_id("Campaign ID"),
        deleted(),
        replace(required(text("Name", "Name", 80)), name_field=True, id_lookup=True),
        lookup("ParentId", "Parent Campaign ID", "Campaign", child="ChildCampaigns"),
        pick("Type", "Type", choices(
            "Conference", "Webinar", "Trade Show", "Public Relations", "Partners",
            "Referral Program", "Advertisement", "Banner Ads", "Direct Mail", "Email",
            "Telemarketing", "Other",
        )),
        replace(pick("Status", "Status", choices(
            "Planned", "In Progress", "Completed", "Aborted", default="Planned",
        )), access=NULLABLE_DEFAULT),
        plain("StartDate", "Start Date", FieldType.DATE),
        plain("EndDate", "End Date", FieldType.DATE),
        _money("ExpectedRevenue", "Expected Revenue", scale=0),
        _money("BudgetedCost", "Budgeted Cost", scale=0),
        _money("ActualCost", "Actual Cost", scale=0),
        number("ExpectedResponse", "Expected Response (%)", FieldType.PERCENT, precision=10,
               scale=2),
        number("NumberSent", "Num Sent", FieldType.DOUBLE, precision=18, scale=0),
        but(plain("IsActive", "Active", FieldType.BOOLEAN), permissionable=True),
        area("Description", "Description", 32000),
        *(but(replace(integer(name, label), access=SYSTEM), permissionable=True)
          for name, label in (
              ("NumberOfLeads", "Leads in Campaign"),
              ("NumberOfConvertedLeads", "Converted Leads in Campaign"),
              ("NumberOfContacts", "Contacts in Campaign"),
              ("NumberOfResponses", "Responses in Campaign"),
              ("NumberOfOpportunities", "Opportunities in Campaign"),
              ("NumberOfWonOpportunities", "Won Opportunities in Campaign"),
          )),
        *(but(replace(_money(name, label), access=SYSTEM), permissionable=True)
          for name, label in (
              ("AmountAllOpportunities", "Value Opportunities in Campaign"),
              ("AmountWonOpportunities", "Value Won Opportunities in Campaign"),
          )),
        owner("Owner ID"),
        *audit(),
        active_since(),
        *seen(),
        lookup("CampaignMemberRecordTypeId", "Record Type ID", "RecordType"),
    ),
    ObjectTraits(deep_cloneable=True, activities=True,
                 scopes=("everything", "mine", "scopingRule", "team")),
)  # fmt: skip

CAMPAIGN_MEMBER: Final = SObject(
    "CampaignMember", "Campaign Member", "Campaign Members", "00v",
    (
        record_id("Campaign Member ID"),
        deleted(),
        cascading(lookup("CampaignId", "Campaign ID", "Campaign", child="CampaignMembers",
                         access=replace(CREATE_ONLY, nillable=False))),
        cascading(lookup("LeadId", "Lead ID", "Lead", child="CampaignMembers",
                         access=CREATE_ONLY)),
        cascading(lookup("ContactId", "Contact ID", "Contact", child="CampaignMembers",
                         access=CREATE_ONLY)),
        pick("Status", "Status", choices("Sent", "Responded", default="Sent"),
             access=NULLABLE_DEFAULT),
        plain("HasResponded", "Responded", FieldType.BOOLEAN, access=SYSTEM),
        *audit(),
        plain("FirstRespondedDate", "First Responded Date", FieldType.DATE, access=READ_ONLY),
        text("Salutation", "Salutation", 40, access=READ_ONLY),
        replace(text("Name", "Full Name", 121, access=READ_ONLY), name_field=True),
        text("FirstName", "First Name", 40, access=READ_ONLY),
        text("LastName", "Last Name", 80, access=READ_ONLY),
        text("Title", "Title", 128, access=READ_ONLY),
        *(replace(part, access=READ_ONLY, compound=None)
          for part in address("") if part.name in ("Street", "City", "State", "PostalCode",
                                                   "Country")),
        replace(typed("Email", "Email", FieldType.EMAIL, length=80), access=READ_ONLY),
        replace(typed("Phone", "Phone", FieldType.PHONE, length=40), access=READ_ONLY),
        replace(typed("Fax", "Fax", FieldType.PHONE, length=40), access=READ_ONLY),
        replace(typed("MobilePhone", "Mobile", FieldType.PHONE, length=40), access=READ_ONLY),
        area("Description", "Description", 32000, access=READ_ONLY),
        *(plain(name, label, FieldType.BOOLEAN, access=SYSTEM) for name, label in (
            ("DoNotCall", "Do Not Call"), ("HasOptedOutOfEmail", "Email Opt Out"),
            ("HasOptedOutOfFax", "Fax Opt Out"),
        )),
        pick("LeadSource", "Lead Source", SOURCES, access=READ_ONLY),
        text("CompanyOrAccount", "Company (Account)", 255, access=READ_ONLY),
        text("Type", "Type", 40, access=READ_ONLY),
        lookup("LeadOrContactId", "Related Record ID", ("Contact", "Lead"), access=READ_ONLY),
        lookup("LeadOrContactOwnerId", "Related Record Owner ID", ("Group", "User"),
               access=READ_ONLY),
    ),
    ObjectTraits(undeletable=False, searchable=False, mru=False,
                 urls=("compactLayouts", "layouts")),
)  # fmt: skip

CAMPAIGN_MEMBER_STATUS: Final = SObject(
    "CampaignMemberStatus", "Campaign Member Status", "Campaign Member Status", "01Y",
    (
        record_id("Campaign Member Status ID"),
        deleted(),
        lookup("CampaignId", "Campaign ID", "Campaign", child="CampaignMemberStatuses",
               access=replace(CREATE_ONLY, nillable=False)),
        required(text("Label", "Label", 765)),
        integer("SortOrder", "Sort Order"),
        plain("IsDefault", "Is Default", FieldType.BOOLEAN, access=DEFAULTED),
        plain("HasResponded", "Has Responded", FieldType.BOOLEAN, access=DEFAULTED),
        *audit(),
    ),
    ObjectTraits(undeletable=False, searchable=False, layoutable=False, triggerable=False),
)  # fmt: skip
