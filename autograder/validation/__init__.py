"""Are the hidden tests to be trusted? A corpus of submissions and mutants of the solution tell."""
