"""Tests of what happens with a class on GitHub, against a stand-in for it."""
