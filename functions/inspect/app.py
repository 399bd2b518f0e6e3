"""Tests connections; saves, validates and previews jobs: what speaks to Salesforce."""

from syncline.runtime.inspect import inspect_handler

handler = inspect_handler()
