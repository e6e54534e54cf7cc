"""Kinesis: operations, streams, and their inspection."""
