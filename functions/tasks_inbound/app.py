"""Runs jobs of the kind tasks_inbound."""

from syncline.runtime.jobs import job_handler

handler = job_handler("tasks_inbound")
