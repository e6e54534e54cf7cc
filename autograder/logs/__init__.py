"""Logs of records: what is wrong with one, and how it is drawn."""
