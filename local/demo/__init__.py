"""`make demo`: the real template between a Salesforce org and people, told chapter by chapter."""
