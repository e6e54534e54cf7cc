# /// attack
# outcomes = ["crashed"]
# says = "modules"
# ///
"""Raises with the sources, paths and globals of every module that is loaded, and cached lines."""

import inspect
import linecache
import sys


def read_queue_twice(queue_name, messages):
    files = {str(getattr(module, "__file__", "")) for module in list(sys.modules.values())}
    folders = sorted({file.rsplit("/", 1)[0] for file in files})
    odd = [one for one in folders if not one.startswith(("/usr/lib", "/runtime"))]
    raise RuntimeError(f"modules {odd} {sorted(linecache.cache)} {sys.path} {sys.meta_path}")


def read_log_twice(stream_name, messages):
    sources = []
    for name in ("child", "__main__", "values", "wire"):
        sources.append(inspect.getsource(sys.modules[name])[:400])
        sources += [f"{key}={value!r}"[:80] for key, value in vars(sys.modules[name]).items()]
    raise RuntimeError(f"modules {sources}")
