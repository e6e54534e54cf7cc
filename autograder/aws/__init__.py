"""The simulated AWS: moto behind a gate, corrected where it departs from AWS, with faults."""

from pathlib import Path

PRELOAD = Path(__file__).parent / "inside" / "boto3_adapter.py"
"""What a sandbox preloads: its code finds boto3 ready, and has the same time as a `Cloud`."""
