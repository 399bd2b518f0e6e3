"""Runs jobs of the kind touchpoints_inbound."""

from syncline.runtime.jobs import job_handler

handler = job_handler("touchpoints_inbound")
