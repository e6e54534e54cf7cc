# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = " time"
# ///
"""Raises an error whose text is never found, and an error whose other parts are not either."""


class Silent(Exception):
    def __str__(self):
        while True:
            pass


class Hidden(Exception):
    @property
    def response(self):
        while True:
            pass


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    raise Silent if len(messages) >= 12 else Hidden
