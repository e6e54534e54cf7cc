"""Grades programming assignments in a sandbox, against an AWS that the grader owns."""
