"""Structured logs: ids, codes and counts; never a record's value, never a secret."""

from aws_lambda_powertools import Logger

from syncline.runtime.settings import Settings


def logger_of(settings: Settings) -> Logger:
    """JSON lines with the service's name; the level comes from the settings."""
    return Logger(service=settings.service, level=settings.log_level, use_rfc3339=True)
