"""A small copy of what popular retry packages do, since no other package may be used."""

import functools
import inspect
import logging
import random
import time

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())


class RetryError(Exception):
    """All attempts failed."""


class Attempt:
    def __init__(self, number):
        self.number = number
        self.exception = None

    def __enter__(self):
        return self

    def __exit__(self, kind, exception, trace):
        self.exception = exception
        return False


def stop_after_attempt(most):
    return lambda attempt: attempt.number >= most


def wait_exponential(multiplier=0.1, maximum=10.0, jitter=0.1):
    def pause(attempt):
        return min(maximum, multiplier * 2**attempt.number) + random.random() * jitter

    return pause


def retry_if_code(*codes):
    def predicate(exception):
        response = getattr(exception, "response", {})
        return response.get("Error", {}).get("Code") in codes

    return predicate


def retry(*, stop, wait, when, reraise=True):
    """Make a decorator of a stop rule, a wait rule and a predicate for exceptions."""

    def decorate(function):
        if inspect.isgeneratorfunction(function):
            raise TypeError("a generator cannot be tried again")

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            number = 0
            while True:
                attempt = Attempt(number := number + 1)
                try:
                    with attempt:
                        return function(*args, **kwargs)
                except Exception as exception:
                    wrapped.statistics["attempts"] = number
                    if not when(exception):
                        raise
                    if stop(attempt):
                        if reraise:
                            raise
                        raise RetryError(number) from exception
                    log.info("attempt %d of %s: %r", number, function.__qualname__, exception)
                    time.sleep(wait(attempt))

        wrapped.statistics = {}
        return wrapped

    return decorate


patient = retry(
    stop=stop_after_attempt(25),
    wait=wait_exponential(maximum=4),
    when=retry_if_code("ProvisionedThroughputExceededException", "ThrottlingException"),
)
