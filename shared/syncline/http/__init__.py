"""Routes, problem documents and the OpenAPI document."""
