"""Tests of a course."""
