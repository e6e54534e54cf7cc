"""The hidden tests of module 6, one file for each checkpoint."""
