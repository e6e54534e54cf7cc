"""A class: who is in it, where each of them stands, and the files that other systems import."""
