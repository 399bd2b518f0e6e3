"""Runs jobs of the kind campaign_touches_outbound."""

from syncline.runtime.jobs import job_handler

handler = job_handler("campaign_touches_outbound")
