"""Writes platform changes to Salesforce as they come."""

from syncline.runtime.write_back import write_back_handler

handler = write_back_handler()
