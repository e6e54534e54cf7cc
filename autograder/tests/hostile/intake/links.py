"""Entries that look like files but are links, pipes, devices, sockets or folders."""

import os
import socket
from pathlib import Path

from autograder.grading.grade import Outcome
from autograder.tests.hostile.corpus import Attack
from autograder.tests.hostile.intake.making import GRADED, POINTS, SOLUTION, attack, honest

FOUND: list[Attack] = []
LINK = "it is a link or a submodule"
PLAIN = "not a plain file"


@attack(FOUND, Outcome.REFUSED, says=LINK)
def graded_file_is_a_link_to_the_solution(folder: Path) -> None:
    """Links to the reference solution on the grader's disk."""
    (folder / GRADED).symlink_to(SOLUTION)


@attack(FOUND, Outcome.REFUSED, says=LINK)
def graded_file_is_a_link_to_passwords(folder: Path) -> None:
    """Links to /etc/passwd; the message of a syntax error would show the users' names."""
    (folder / GRADED).symlink_to("/etc/passwd")


@attack(FOUND, Outcome.REFUSED, says=LINK)
def graded_file_is_a_link_to_a_device(folder: Path) -> None:
    """Links to an endless stream of zeros."""
    (folder / GRADED).symlink_to("/dev/zero")


@attack(FOUND, Outcome.REFUSED, says=LINK)
def graded_file_is_a_link_to_itself(folder: Path) -> None:
    """Links to itself."""
    (folder / GRADED).symlink_to(GRADED)


@attack(FOUND, Outcome.REFUSED, says=LINK)
def graded_file_is_a_link_to_a_folder(folder: Path) -> None:
    """Links to the folder of all solutions."""
    (folder / GRADED).symlink_to(SOLUTION.parent)


@attack(FOUND, Outcome.REFUSED, says=LINK)
def graded_file_is_a_dangling_link(folder: Path) -> None:
    """Links to a file that does not exist yet."""
    (folder / GRADED).symlink_to(folder / "later.py")


@attack(FOUND, Outcome.REFUSED, says=LINK)
def graded_file_is_a_link_to_the_graders_descriptors(folder: Path) -> None:
    """Links to a file that the grader has open."""
    (folder / GRADED).symlink_to("/proc/self/fd/0")


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def unused_helper_is_a_link_to_the_solution(folder: Path) -> None:
    """Is honest, next to a link to the solution, which is left out."""
    honest(folder)
    (folder / "helper.py").symlink_to(SOLUTION)


@attack(FOUND, Outcome.REFUSED, says=LINK)
def helper_is_a_link_to_the_solution(folder: Path) -> None:
    """Imports its functions from a link to the solution."""
    (folder / GRADED).write_text("from helper import *\n")
    (folder / "helper.py").symlink_to(SOLUTION)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def folders_are_links(folder: Path) -> None:
    """Is honest, next to links to folders, such as the solutions and the root folder."""
    honest(folder)
    (folder / "solutions").symlink_to(SOLUTION.parent)
    (folder / "root").symlink_to("/")
    (folder / "round").symlink_to(folder)


@attack(FOUND, Outcome.REFUSED, says="more than one name")
def graded_file_is_a_hard_link_to_a_secret(folder: Path) -> None:
    """Is a second name of a file elsewhere on the grader's disk."""
    secret = folder.parent / "secret"
    secret.write_bytes(SOLUTION.read_bytes())
    os.link(secret, folder / GRADED)


@attack(FOUND, Outcome.REFUSED, says=PLAIN)
def graded_file_is_a_fifo(folder: Path) -> None:
    """Is a FIFO: a process that opens it waits without end."""
    os.mkfifo(folder / GRADED)


@attack(FOUND, Outcome.REFUSED, says=PLAIN)
def graded_file_is_a_device(folder: Path) -> None:
    """Is an endless stream of zeros, or a FIFO where making a device is forbidden."""
    try:
        os.mknod(folder / GRADED, 0o20666, os.makedev(1, 5))
    except PermissionError:
        os.mkfifo(folder / GRADED)


@attack(FOUND, Outcome.REFUSED, says=LINK)
def graded_file_is_a_socket(folder: Path) -> None:
    """Cannot be opened at all."""
    here = Path.cwd()
    os.chdir(folder)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(GRADED)
    finally:
        os.chdir(here)


@attack(FOUND, Outcome.REFUSED, says=PLAIN)
def graded_file_is_a_folder(folder: Path) -> None:
    """Is a folder, with a package's code in it."""
    (folder / GRADED).mkdir()
    (folder / GRADED / "__init__.py").write_bytes(SOLUTION.read_bytes())


@attack(FOUND, Outcome.REFUSED, Outcome.PASSED, earns=POINTS)
def graded_file_cannot_be_read(folder: Path) -> None:
    """Has no permissions. It is honest, and a grader that runs as root can read it."""
    honest(folder)
    (folder / GRADED).chmod(0)
