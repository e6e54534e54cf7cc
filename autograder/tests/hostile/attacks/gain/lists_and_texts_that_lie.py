# /// attack
# outcomes = ["wrong"]
# says = "0 of"
# earns = 1.0
# ///
"""Returns kinds of list, text, number and dict that are empty, and say that they are not."""


class Lie:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return 0

    def __len__(self):
        return len(MESSAGES)

    def __iter__(self):
        return iter(MESSAGES)

    def __getitem__(self, key):
        return MESSAGES[key]

    def __str__(self):
        return MESSAGES[0]

    def __reduce__(self):
        return (list, (MESSAGES,))

    def items(self):
        return [("first", MESSAGES), ("second", [])]

    def encode(self, *args):
        return b'"passed"'

    __repr__ = __str__


class LyingList(Lie, list):
    pass


class LyingText(Lie, str):
    pass


class LyingDict(Lie, dict):
    pass


MESSAGES = []


def read_queue_twice(queue_name, messages):
    MESSAGES[:] = messages
    return LyingList(), LyingList()


def read_log_twice(stream_name, messages):
    MESSAGES[:] = messages
    return LyingList([LyingText("")]), LyingDict({LyingText(""): LyingText()})
