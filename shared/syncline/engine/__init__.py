"""What a sync decides, as pure functions over data; nothing here knows a vendor."""
