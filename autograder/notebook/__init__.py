"""The written part of an assignment: a notebook whose answers are read, never run."""
