"""The HTTP surface: REST, OAuth, Bulk and the control routes."""
