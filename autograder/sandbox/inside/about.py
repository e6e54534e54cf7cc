"""Tells what an interpreter is made of. Each Python that may run student code can run it."""

import json
import os
import site
import sys
import sysconfig


def interpreter_facts() -> dict[str, object]:
    """Name this interpreter's version, the paths that it needs, and where packages lie in them."""
    stdlib = sysconfig.get_path("stdlib")
    paths = [stdlib, sysconfig.get_path("platstdlib", vars={"platbase": sys.base_prefix})]
    shared = sysconfig.get_config_var("INSTSONAME") or ""
    if ".so" in shared:
        paths.append(os.path.join(sysconfig.get_config_var("LIBDIR") or "/nowhere", shared))  # noqa: PTH118 - only os is imported so far
    return {
        "executable": os.path.realpath(getattr(sys, "_base_executable", sys.executable)),
        "version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "paths": paths,
        "sites": [
            os.path.join(stdlib, "site-packages"),  # noqa: PTH118 - as above
            os.path.join(stdlib, "dist-packages"),  # noqa: PTH118 - as above
            "/usr/lib/python3/dist-packages",
            *site.getsitepackages([sys.base_prefix, "/usr"]),
        ],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(interpreter_facts()))
