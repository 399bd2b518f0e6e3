"""What users configure, as pydantic models: the bodies of the API and of YAML files."""
