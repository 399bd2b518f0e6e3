"""The Salesforce adapter: everything that knows how Salesforce really behaves."""
