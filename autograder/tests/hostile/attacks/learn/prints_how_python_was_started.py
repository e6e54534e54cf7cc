# /// attack
# outcomes = ["crashed"]
# says = "started"
# ///
"""Raises with the command line, environment, paths, settings, host and user of its interpreter."""

import getpass
import os
import platform
import site
import socket
import sys
import sysconfig


def read_queue_twice(queue_name, messages):
    seen = [sys.argv, sys.orig_argv, sys.path, sys.flags, sys.executable, sys._base_executable]
    seen += [platform.uname(), socket.gethostname(), socket.getfqdn(), os.getcwd(), os.getlogin]
    seen += [
        os.getresuid(),
        os.getgroups(),
        os.getppid(),
        sys.stdin,
        os.environ.get("PYTEST_CURRENT_TEST"),
    ]
    try:
        seen.append(getpass.getuser())
    except (OSError, KeyError) as error:
        seen.append(error)
    raise RuntimeError(f"started {seen}")


def read_log_twice(stream_name, messages):
    settings = {
        key: value for key, value in sysconfig.get_config_vars().items() if "/" in str(value)
    }
    telling = {key: value for key, value in settings.items() if "tmp" in str(value)}
    raise RuntimeError(f"started {telling} {site.getsitepackages()} {dict(os.environ)} {settings}")
