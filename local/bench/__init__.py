"""What the budgets of the design are held against: exact counts, not times."""
