"""Rows, their rules and their history, kept in SQLite."""
