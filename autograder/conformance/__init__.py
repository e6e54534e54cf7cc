"""What AWS documents of Kinesis and SQS, as tests that run against any endpoint.

`pytest autograder/conformance` judges the cloud that students are graded on; `--endpoint URL` any
other. `python -m autograder.conformance` runs them against other emulators too and writes the
table in `FIDELITY.md`.
"""
