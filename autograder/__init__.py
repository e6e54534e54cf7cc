"""Grades programming assignments in a jail, against an AWS that the grader owns."""
