"""Fails runs whose lease has expired, and says so."""

from syncline.runtime.sweeper import sweeper_handler

handler = sweeper_handler()
