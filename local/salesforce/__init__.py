"""A Salesforce org on loopback, so that clients can be proven without an account."""
