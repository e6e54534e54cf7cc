# /// attack
# outcomes = ["wrong", "timed_out"]
# ///
"""Returns a list and a dict whose own methods never end."""


class Endless(list):
    def __iter__(self):
        while True:
            yield 1

    def __len__(self):
        return 1 << 60


class Bottomless(dict):
    def items(self):
        while True:
            yield "key", self


def read_queue_twice(queue_name, messages):
    return Endless([1]), Endless()


def read_log_twice(stream_name, messages):
    return Bottomless(key=Bottomless())
