"""The HTTP API, but for what speaks to Salesforce."""

from syncline.runtime.api import api_handler

handler = api_handler()
