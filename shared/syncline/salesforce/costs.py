"""What writing costs in API requests, by either way. Pure, so that a bench can hold it against
what is counted."""

from math import ceil
from typing import Final

from syncline.salesforce.reader import BULK_POLLS

ROWS_AT_ONCE: Final = 200
"""Rows of one sObject Collections request.

https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-delete.html
"""
JOB_REQUESTS: Final = 1 + 1 + 1 + BULK_POLLS + 2
"""To make a job, upload, close, poll (three times in progress, once ended), and download what was
written and what was refused; the second download is not made where nothing was refused."""


def collections_requests(rows: int) -> int:
    """Requests of `write` where nothing is locked and no row spoils its batch."""
    return ceil(rows / ROWS_AT_ONCE)


def job_is_cheaper(rows: int) -> bool:
    """Whether a job of that many rows costs fewer requests; from 1,801 on."""
    return collections_requests(rows) > JOB_REQUESTS
