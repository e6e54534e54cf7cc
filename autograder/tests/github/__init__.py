"""Tests of GitHub and its workflows."""
