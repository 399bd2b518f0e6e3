"""User and Group (public groups and queues), and what both look like behind a polymorphic owner."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from local.salesforce.schema.build import (
    DEFAULTED,
    READ_ONLY,
    REQUIRED,
    SYSTEM,
    address,
    audit,
    choices,
    lookup,
    pick,
    plain,
    record_id,
    restricting,
    text,
    typed,
)  # fmt: skip
from local.salesforce.schema.types import Access, Field, FieldType, ObjectTraits, SObject
from local.salesforce.schema.zones import ZONES

USER: Final = SObject(
    "User", "User", "Users", "005",
    (
        record_id("User ID"),
        replace(
            text("Username", "Username", 80, access=REQUIRED),
            id_lookup=True, unique=True,
        ),
        text("LastName", "Last Name", 80, access=REQUIRED),
        text("FirstName", "First Name", 40),
        Field(
            "Name", "Full Name", FieldType.STRING, length=121, name_field=True,
            access=Access(createable=False, updateable=False, nillable=False),
            extra_type="personname",
        ),
        text("CompanyName", "Company Name", 80),
        text("Division", "Division", 80),
        text("Department", "Department", 80),
        text("Title", "Title", 80),
        *address(""),
        replace(
            typed("Email", "Email", FieldType.EMAIL, length=128), access=REQUIRED, id_lookup=True
        ),
        typed("Phone", "Phone", FieldType.PHONE, length=40),
        typed("MobilePhone", "Mobile", FieldType.PHONE, length=40),
        text("Alias", "Alias", 8, access=REQUIRED),
        text("CommunityNickname", "Nickname", 40, access=DEFAULTED),
        replace(plain("IsActive", "Active", FieldType.BOOLEAN, access=DEFAULTED), default=True),
        pick("TimeZoneSidKey", "Time Zone", ZONES, restricted=True, access=REQUIRED),
        lookup("UserRoleId", "Role ID", "UserRole"),
        pick("LocaleSidKey", "Locale", choices("en_US", "en_GB", "de_DE"), access=REQUIRED),
        lookup("ProfileId", "Profile ID", "Profile", access=REQUIRED),
        pick(
            "UserType", "User Type",
            choices("Standard", "Guest", "AutomatedProcess:Automated Process"),
            restricted=True, access=replace(READ_ONLY, defaulted_on_create=True),
        ),
        pick("LanguageLocaleKey", "Language", choices("en_US", "de"), access=REQUIRED),
        pick("EmailEncodingKey", "Email Encoding", choices("UTF-8", "ISO-8859-1"),
             access=REQUIRED),
        text("EmployeeNumber", "Employee Number", 20),
        lookup("ManagerId", "Manager ID", "User", child="ManagedUsers"),
        plain("LastLoginDate", "Last Login", FieldType.DATETIME, access=READ_ONLY),
        *audit(),
        restricting(lookup("ContactId", "Contact ID", "Contact", child="Users")),
        lookup("AccountId", "Account ID", "Account", child="Users", access=READ_ONLY),
        text("FederationIdentifier", "SAML Federation ID", 512),
    ),
    ObjectTraits(
        deletable=False, undeletable=False, feed_enabled=True,
        urls=("compactLayouts", "layouts", "namedLayouts", "passwordUtilities", "quickActions"),
    ),
)  # fmt: skip

GROUP: Final = SObject(
    "Group", "Group", "Groups", "00G",
    (
        record_id("Group ID"),
        replace(text("Name", "Name", 40, access=REQUIRED), name_field=True),
        text("DeveloperName", "Developer Name", 80, access=DEFAULTED),
        lookup("RelatedId", "Related ID", ("User", "UserRole"), relationship="Related",
               access=READ_ONLY),
        pick(
            "Type", "Type",
            choices("Regular", "Role", "RoleAndSubordinates", "Organization", "Queue",
                    default="Regular"),
            restricted=True, access=replace(READ_ONLY, createable=True),
        ),
        replace(typed("Email", "Email", FieldType.EMAIL, length=255)),
        lookup("OwnerId", "Owner ID", ("Organization", "User"), access=SYSTEM),
        plain("DoesSendEmailToMembers", "Send Email to Members", FieldType.BOOLEAN),
        plain("DoesIncludeBosses", "Include Bosses", FieldType.BOOLEAN),
        *audit(),
    ),
    ObjectTraits(undeletable=False, searchable=False, layoutable=False, triggerable=False),
)  # fmt: skip

#: What can be selected through a reference to more than one object (`Owner.Name`, `Who.Email`).
#: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_name.htm
NAME: Final = SObject(
    "Name", "Name", "Name", "",
    (
        record_id("Name ID"),
        replace(text("Name", "Full Name", 255, access=READ_ONLY), name_field=True),
        text("FirstName", "First Name", 40, access=READ_ONLY),
        text("LastName", "Last Name", 80, access=READ_ONLY),
        text("Type", "Type", 40, access=READ_ONLY),
        text("Alias", "Alias", 8, access=READ_ONLY),
        text("Username", "Username", 80, access=READ_ONLY),
        replace(typed("Email", "Email", FieldType.EMAIL, length=80), access=READ_ONLY),
        replace(typed("Phone", "Phone", FieldType.PHONE, length=40), access=READ_ONLY),
        text("Title", "Title", 128, access=READ_ONLY),
        plain("IsActive", "Active", FieldType.BOOLEAN, access=SYSTEM),
        lookup("RecordTypeId", "Record Type ID", "RecordType", access=READ_ONLY),
        lookup("ProfileId", "Profile ID", "Profile", access=READ_ONLY),
        lookup("UserRoleId", "Role ID", "UserRole", access=READ_ONLY),
    ),
    ObjectTraits(createable=False, updateable=False, deletable=False, queryable=False),
)  # fmt: skip
