"""The hidden tests of @id@."""
