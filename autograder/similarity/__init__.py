"""Alike code in a class, for a person to judge: it says nothing of why, and touches no grade."""
