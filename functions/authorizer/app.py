"""Tells the HTTP API whose token a request carries."""

from syncline.runtime.authorizer import authorizer_handler

handler = authorizer_handler()
