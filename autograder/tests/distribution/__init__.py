"""Tests of what students get."""
