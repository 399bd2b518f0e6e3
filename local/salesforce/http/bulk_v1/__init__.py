"""Bulk API 1.0 under `/services/async/{version}`."""
