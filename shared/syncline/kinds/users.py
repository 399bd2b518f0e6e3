"""Users: the default mapping of contacts (J2, J6), whose e-mail is both key and attribute."""

from typing import Final

from syncline.kinds.lines import DefaultLine

INBOUND: Final = (
    DefaultLine("AccountId", "account_id", key=True),
    DefaultLine("Email", "external_id", key=True),
    DefaultLine("Email", "email"),
    DefaultLine("FirstName", "first_name"),
    DefaultLine("LastName", "last_name"),
    DefaultLine("Phone", "phone"),
    DefaultLine("Title", "title"),
    DefaultLine("CreatedDate", "create_date"),
    DefaultLine("LastModifiedDate", "last_update_date"),
)
"""Nothing feeds the role: Contact has no such field of its own, it belongs to relations.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contact.htm"""
