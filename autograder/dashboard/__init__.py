"""The class as one page: where it stands, and where it struggles."""
