"""A course: what was handed in when, grading a class and its pushes."""
