"""Schedules, notifications and queues on AWS."""
