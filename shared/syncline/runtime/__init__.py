"""Settings, wiring and handlers: the only code that reads the environment."""
