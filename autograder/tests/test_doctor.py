"""What the doctor says about this machine, and about machines on which something is missing."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.doctor import Machine, examine, refusal_of_memory_counts, refusal_of_user_namespaces

WELL = Machine(
    system="Linux",
    distribution="debian",
    is_root=False,
    python=(3, 12),
    missing_pythons=(),
    bubblewrap="/usr/bin/bwrap",
    filter="",
    user_namespaces="",
    sandbox="",
    memory="",
    engine="",
    other_versions=(),
    free_bytes=1 << 34,
)
REFUSED = "no sandbox can be had here: bwrap: setting up uid map: Permission denied"


def advice(machine: Machine) -> dict[str, str]:
    """Return the advice for each thing that is missing."""
    return {finding.what: finding.advice for finding in examine(machine) if not finding.is_there}


def test_a_machine_that_has_everything_needs_no_advice() -> None:
    """Debian with bubblewrap, as an ordinary user."""
    assert advice(WELL) == {}


@pytest.mark.parametrize(
    ("lacking", "what", "words"),
    [
        ({"python": (3, 14)}, "Python", "3.11 to 3.13"),
        ({"missing_pythons": ("3.14",)}, "Python of the assignments", "install 3.14"),
        ({"bubblewrap": ""}, "bubblewrap", "apt-get install -y bubblewrap"),
        ({"bubblewrap": "", "distribution": "fedora"}, "bubblewrap", "of your distribution"),
        ({"filter": "not on riscv64"}, "filter of system calls", "x86_64"),
        ({"engine": "moto 6"}, "moto", "uv sync"),
        ({"other_versions": ("rich 1 instead of 2",)}, "packages", "uv sync"),
        ({"free_bytes": 1 << 20}, "temporary files", "TMPDIR"),
        ({"sandbox": REFUSED}, "sandbox", "container"),
        ({"memory": "/proc lacks smaps_rollup"}, "bound on memory", "PAGE_MONITOR"),
        ({"user_namespaces": "user.max_user_namespaces is 0"}, "user namespaces", "sysctl"),
        (
            {"user_namespaces": "kernel.unprivileged_userns_clone is 0"},
            "user namespaces",
            "kernel.unprivileged_userns_clone=1",
        ),
    ],
)
def test_what_is_missing_comes_with_advice(
    lacking: dict[str, object], what: str, words: str
) -> None:
    """One thing is missing, and there is one piece of advice."""
    found = advice(replace(WELL, **lacking))  # type: ignore[arg-type]  # any keyword

    assert list(found) == [what]
    assert words in found[what]


def test_another_python_will_do_where_it_is_allowed() -> None:
    """`--any-python` allows it, as for `grade-class`."""
    machine = replace(WELL, missing_pythons=("3.14",))

    missing = [
        finding.what for finding in examine(machine, any_python=True) if not finding.is_there
    ]

    assert missing == []


def test_the_advice_for_ubuntu_is_a_profile() -> None:
    """Ubuntu 24.04 allows user namespaces only to programs with an AppArmor profile."""
    ubuntu = replace(
        WELL,
        distribution="ubuntu",
        user_namespaces="kernel.apparmor_restrict_unprivileged_userns is 1",
        sandbox=REFUSED,
    )

    found = advice(ubuntu)

    assert "profile bwrap /usr/bin/bwrap flags=(unconfined)" in found["user namespaces"]
    assert "apparmor_parser -r" in found["user namespaces"]


def test_root_needs_no_user_namespace() -> None:
    """Its sandbox does without."""
    assert advice(replace(WELL, is_root=True, user_namespaces="is 0")) == {}


def test_the_advice_for_a_mac_is_another_machine() -> None:
    """This is the only advice about the sandbox."""
    found = advice(replace(WELL, system="Darwin", distribution="", bubblewrap=""))

    assert list(found) == ["sandbox"]
    assert "Linux virtual machine" in found["sandbox"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "is 1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "0", ""),
        ("user/max_user_namespaces", "0", "user.max_user_namespaces is 0"),
        ("user/max_user_namespaces", "9000", ""),
    ],
)
def test_the_kernels_settings_are_read(tmp_path: Path, name: str, value: str, said: str) -> None:
    """The setting that forbids user namespaces is named as sysctl names it."""
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text(f"{value}\n")

    assert refusal_of_user_namespaces(tmp_path).endswith(said)
    assert bool(refusal_of_user_namespaces(tmp_path)) == bool(said)


def test_a_kernel_that_does_not_count_pages_is_reported(tmp_path: Path) -> None:
    """Without the count, pages that are shared after a fork count several times."""
    assert refusal_of_memory_counts(tmp_path) == "/proc lacks smaps_rollup"


def test_this_machine_can_grade() -> None:
    """The other tests of the sandbox need it."""
    done = CliRunner().invoke(app, ["doctor"])

    assert done.exit_code == 0, done.output
    assert "+ sandbox: starts, and each of its walls is there" in done.output
    assert "+ bound on memory: the grader looks at all processes" in done.output
