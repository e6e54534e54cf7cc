"""What runs in the jail: nothing here imports the rest of the package."""
