"""Scripts that run real software until it fails, and keep what it printed under tests/logs/."""
