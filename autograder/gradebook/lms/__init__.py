"""Sends grades to an LMS by its API: only those that differ from what the LMS has.

`plan` compares, without any I/O. `push` writes one student at a time. `canvas` and `moodle` are
the two LMSs, and `client` carries their requests.
"""
