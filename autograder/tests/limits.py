"""Budgets for tests that call functions in a sandbox."""

from autograder.limits import AwsLimits, Limits

LIMITS = Limits(
    wall_seconds=20.0,
    still_seconds=10.0,
    submission_seconds=600.0,
    cpu_seconds=5,
    virtual_seconds=600.0,
    memory_mib=1024,
    output_kib=64,
    return_kib=64,
    processes=64,
    aws=AwsLimits(api_calls=100, idle_reads=10, traffic_mib=16),
)
