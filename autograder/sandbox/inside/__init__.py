"""What runs in the sandbox: nothing here imports the rest of the package."""
