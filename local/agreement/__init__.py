"""Do both sides agree? Judged from outside: by the two HTTP APIs and a mapping table of its own."""
