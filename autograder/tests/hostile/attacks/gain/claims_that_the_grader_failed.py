# /// attack
# outcomes = ["crashed"]
# says = "raised GraderFaultError"
# ///
"""Raises the grader's own exceptions by name, so that the failure is put down to the grader."""


class Verdict(Exception):
    outcome = "passed"
    feedback = None


class GraderFaultError(AssertionError):
    outcome = "grader_error"


class SandboxError(GraderFaultError):
    pass


def read_queue_twice(queue_name, messages):
    raise GraderFaultError("grader_error: the grader itself failed here") from SandboxError()


def read_log_twice(stream_name, messages):
    raise Verdict("passed")
