"""What a sync decides, as pure functions over data: nothing here reads, writes or knows a vendor."""
