"""Pages for instructors: the class, and alike submissions."""
