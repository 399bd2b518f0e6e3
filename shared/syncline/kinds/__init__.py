"""What each job kind adds to the engine: its objects, default mapping and rules, as data."""
