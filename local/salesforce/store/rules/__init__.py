"""What objects compute and forbid on save, beyond the types of their fields."""
