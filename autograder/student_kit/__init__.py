"""The files that all student repositories share, and the skeleton of a new assignment.

`common/` is copied into each student repository. If the assignment uses the simulated AWS, `aws/`
is added. Each assignment brings its handout, its stubs and its checks `test_*.py`, with their
fixtures in `checks/fixtures.py`. `new_assignment/` holds a first version of these, of the solution
and of the hidden tests.
"""
