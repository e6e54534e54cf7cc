"""The hidden tests of module 7."""
