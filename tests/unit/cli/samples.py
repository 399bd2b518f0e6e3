"""Answers that several tests need."""

from __future__ import annotations

from typing import Any

#: The discard port: nothing listens there.
NOBODY = "http://127.0.0.1:9"
LEDGER = {"read": 6, "created": 3, "left": 1, "skipped": 1, "rejected": 1, "updated": 0,
          "reasons": {"created:new": 3, "left:unchanged": 1, "skipped:no_account": 1,
                      "rejected:title_missing": 1}}  # fmt: skip
ACTION: dict[str, Any] = {
    "batch": 0, "attempt": 0, "crm_id": "00T1", "verb": "update", "bucket": "updated",
    "reason": "newer_in_salesforce", "detail": None, "platform_id": "t1",
    "changes": [{"field": "title", "before": None, "after": "Call"}],
}  # fmt: skip
JOB = {"kind": "tasks_inbound", "connection": "crm", "enabled": True,
       "schedule": {"every": "minutes", "minutes": 15, "time_zone": "UTC"}}  # fmt: skip

SECRET = "very-secret-value"
FILE = """
workspace: acme
connections:
  crm:
    login_url: https://acme.my.salesforce.com
    credentials:
      client_id: 3MVG9
      client_secret: ${CRM_SECRET}
jobs:
  accounts:
    kind: accounts_inbound
    connection: crm
    schedule: {every: daily, at: 10:30, time_zone: Europe/Berlin}
  tasks:
    kind: tasks_inbound
    connection: crm
    filter: IsClosed = false
    mapping:
      - {salesforce: Id, platform: external_id, key: true}
      - {salesforce: AccountId, platform: account_id, key: true}
      - {salesforce: Subject, platform: title}
"""
