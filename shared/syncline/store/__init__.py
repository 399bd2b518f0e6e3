"""Cross-references, baselines, journal, runs, leases and configuration on AWS."""
