"""Every port in memory, proved by the same contract suites as the real adapters."""
