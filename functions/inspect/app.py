"""Connection test, validation and preview: the part of the HTTP API that speaks to Salesforce."""

from syncline.runtime.inspect import inspect_handler

handler = inspect_handler()
