"""What students get: their repository, and later the solutions; nothing secret leaks."""
