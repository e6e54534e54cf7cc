"""Tests of the student repository, in copies outside of this repository, as students have it."""
