"""Runs jobs of the kind users_inbound."""

from syncline.runtime.jobs import job_handler

handler = job_handler("users_inbound")
