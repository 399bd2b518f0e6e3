"""A small believable Salesforce org, made the same each time from a seed and a given moment."""
