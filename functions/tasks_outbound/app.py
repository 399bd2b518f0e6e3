"""Runs jobs of the kind tasks_outbound."""

from syncline.runtime.jobs import job_handler

handler = job_handler("tasks_outbound")
