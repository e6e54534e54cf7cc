"""Scripts that measure and print; nothing in here is asserted."""
