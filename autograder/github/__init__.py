"""GitHub: its API, and git."""
