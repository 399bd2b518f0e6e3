"""Bulk jobs: their states, their files, and the engine that writes rows in chunks."""
