"""Tests of the documents: their links, their commands, their size."""
