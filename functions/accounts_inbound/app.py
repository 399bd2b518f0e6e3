"""Runs jobs of the kind accounts_inbound."""

from syncline.runtime.jobs import job_handler

handler = job_handler("accounts_inbound")
