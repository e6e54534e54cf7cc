"""What one call of a student's function may use up."""

from pydantic import BaseModel, ConfigDict, Field


class AwsLimits(BaseModel):
    """What a call may ask of the simulated AWS: `[limits.aws]` in `assignment.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    api_calls: int = Field(default=400, gt=0)
    """Requests, retries included."""
    idle_reads: int = Field(default=50, gt=0)
    """GetRecords answers in a row, on one shard, that were empty and said "caught up"."""
    traffic_mib: int = Field(default=64, ge=1, le=1024)
    """Bodies of requests and of their answers together, in MiB."""


class Limits(BaseModel):
    """The budgets of each call, as `assignment.toml` states them under `[limits]`.

    Every budget has a default, so an assignment states only those that differ.

    CPU time, requests, traffic and virtual seconds are the same on every machine and do the
    judging. `wall_seconds` is a generous last resort, so that a noisy machine never costs a point.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    wall_seconds: float = Field(default=60.0, gt=0, le=600)
    """Real time, in seconds."""
    still_seconds: float = Field(default=10.0, gt=0, le=600)
    """How long a call may use no processor time at all, in seconds.

    Such a call waits for something that does not come: sleeping takes no real time in the sandbox,
    and the simulated AWS answers immediately.
    """
    submission_seconds: float = Field(default=600.0, gt=0, le=7200)
    """How long all calls of a submission may take together, in real time: another last resort."""
    cpu_seconds: float = Field(default=5, gt=0, le=300)
    """Processor time of the call, and as much again of the simulated AWS for its requests."""
    virtual_seconds: float = Field(default=600.0, gt=0)
    """How far sleeping may move the virtual clock, in seconds."""
    memory_mib: int = Field(default=1024, ge=256, le=16384)
    """Address space of each process, in MiB. Less than 256 would not hold Python with boto3."""
    memory_total_mib: int = Field(default=2048, ge=256, le=65536)
    """What all processes of a call may hold together, buffers of sockets included, in MiB."""
    output_kib: int = Field(default=256, ge=1, le=65536)
    """What may be printed, in KiB."""
    return_kib: int = Field(default=1024, ge=1, le=65536)
    """What may be returned, in KiB of JSON."""
    processes: int = Field(default=64, ge=8, le=1024)
    """Processes and threads at the same time."""
    aws: AwsLimits = AwsLimits()
    """What the call may ask of the simulated AWS."""
