"""The doors: OAuth grants, assertions, who somebody is, and taking a token back."""
