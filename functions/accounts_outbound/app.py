"""Runs jobs of the kind accounts_outbound."""

from syncline.runtime.jobs import job_handler

handler = job_handler("accounts_outbound")
