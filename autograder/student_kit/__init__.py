"""What every student repository gets, and the skeleton of a new assignment.

`common/` is laid into each student repository; `aws/` on top of it where the assignment has the
simulated AWS. The assignment's own part is the handout, the stubs and the checks `test_*.py`, with
their fixtures in `checks/fixtures.py`. `new_assignment/` holds a first version of that part, of the
solution and of the hidden tests.
"""
