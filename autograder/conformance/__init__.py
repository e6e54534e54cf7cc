"""AWS's documented behaviour of Kinesis and SQS, as tests that run against any endpoint.

`pytest autograder/conformance` tests the simulated AWS; `--endpoint URL` tests any other
endpoint. `python -m autograder.conformance` runs them against other emulators too and writes the
table in `FIDELITY.md`.
"""
