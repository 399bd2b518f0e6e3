"""Writes gathered platform changes to Salesforce."""

from syncline.runtime.bulk_write_back import bulk_write_back_handler

handler = bulk_write_back_handler()
