"""Fuzzing: what must hold for any bytes (`targets`), texts to begin with and to mix in (`seeds`), and a coverage-guided run (`python -m tests.fuzz`)."""
