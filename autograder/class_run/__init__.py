"""Grading a whole class: many submissions side by side, kept as they finish, resumed at will."""
