"""What AWS documents of Kinesis and SQS, as tests that run against any endpoint.

`pytest autograder/conformance` judges the simulated AWS; `--endpoint URL` judges any other
endpoint. `python -m autograder.conformance` runs them against other emulators too and writes the
table in `FIDELITY.md`.
"""
