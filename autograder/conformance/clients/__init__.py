"""Real clients of AWS: programs that use a stream or a queue from creation to deletion.

`python -m autograder.conformance.clients` runs them against the simulated AWS. Each is a script
with separate dependencies, which uv or npm installs when it runs: the clients need other versions
of botocore than this project, so no dependency group can hold them.
"""
