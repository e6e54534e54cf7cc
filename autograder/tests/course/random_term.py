"""A random term: what can happen in it, and what the oracle says must come of it."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from autograder.course.find_pushes import PushState
from autograder.course.push_feedback import marker_of
from autograder.course.pushes import find_class_pushes
from autograder.errors import GitHubError
from autograder.tests.course.classroom import FILE, handouts
from autograder.tests.course.oracle import HANDOUT, Expected
from autograder.tests.course.random_course import (
    DAY,
    MINUTE,
    OTHER,
    RENAMED,
    SECOND,
    SOLUTIONS,
    STUB,
    STUDENT,
    KilledError,
    RandomCourse,
    handout,
)
from autograder.tests.github_stand_in import Fault, broken, pull_requests, secondary_limit

ON_LATENESS = re.compile(r"\*\*(Late|Too late)\.\*\*.*?(?: up to (\d+) days? late)", re.DOTALL)


class DisagreementError(Exception):
    """What came of a term is not what the oracle expects."""


class Term(RandomCourse):
    """One student's term."""

    def play(self) -> None:
        """Let things happen in the order of their times, and compare now and then.

        Raises:
            DisagreementError: The oracle expects something else.
        """
        moments = sorted(self._random_moment() for _ in range(self.rng.randrange(1, 18)))
        for moment in moments:
            self.github.now = max(self.github.now + 2 * SECOND, moment)
            action = self.rng.choices(*zip(*ACTIONS, strict=True))[0]
            name = action.__name__.strip("_").replace("_", " ")
            self.log.append(f"{self.github.now:%m-%d %H:%M:%S} {name}")
            self.facts.add(name)
            action(self)
        self.github.now += self.rng.choice((MINUTE, DAY, 30 * DAY))
        if self.rng.random() < 0.3:  # what was published must be corrected
            self._round()
            self.rng.choice((Term._gets_an_extension, Term._the_penalty_changes))(self)
            self.facts.add("terms change at the end")
        self.log.append(f"{self.github.now:%m-%d %H:%M:%S} end")
        self._compare()

    def _random_moment(self) -> datetime:
        rng, due = self.rng, self._moment()
        if rng.random() < 0.5:
            return due + rng.randrange(-10 * 86400, 12 * 86400) * SECOND
        # The edges: the deadline, the end of the grace, the ends of late days by the clock.
        edge = rng.choice(
            [due, due + self.rules.grace]
            + [due + days * DAY + rng.choice((-60, -30, 0, 30, 60)) * MINUTE for days in range(5)]
        )
        return edge + rng.choice((-1, 0, 1)) * SECOND

    # What can happen.

    def _pushes_work(self) -> None:
        self._push_files(self._current() | {FILE: self._new_work()}, by_student=True)

    def _forces_work(self) -> None:
        files = dict(handout()) | {FILE: self._new_work()}
        self._push_files(files, by_student=True, force=True)

    def _pushes_in_a_folder(self) -> None:
        self._push_files(self._current() | {f"src/{FILE}": self._new_work()}, by_student=True)

    def _changes_the_readme(self) -> None:
        self._number += 1
        readme = {"README.md": b"%d" % self._number}
        self._push_files(self._current() | readme, by_student=True)

    def _squashes(self) -> None:
        self._push_files(self._current(), by_student=True, force=True)

    def _goes_back(self) -> None:
        if self._on_main:
            sha = self.rng.choice(self._on_main)
            self.github.point(self._repository, "main", sha, actor=self._login)
            self._note(sha, self._versions[sha], self._files[sha], "main", by_student=True)

    def _wipes(self) -> None:
        self._push_files(handout(), by_student=True, force=True)

    def _works_on_a_branch(self) -> None:
        files = self._current() | {FILE: self._new_work()}
        self._push_files(files, by_student=True, branch=OTHER)

    def _merges_the_branch(self) -> None:
        if files := self._tip(OTHER):
            self._push_files(files, by_student=True)

    def _deletes_the_branch(self) -> None:
        if self._tip(OTHER):
            self.github.point(self._repository, OTHER, None, actor=self._login)
            self.oracle.deleted(OTHER)

    def _staff_merges_the_branch(self) -> None:
        if files := self._tip(OTHER):
            self._push_files(files, by_student=False)

    def _staff_fixes_the_readme(self) -> None:
        self._number += 1
        readme = {"README.md": b"fixed %d" % self._number}
        self._push_files(self._current() | readme, by_student=False)

    def _staff_fixes_a_stub(self) -> None:
        self._number += 1
        stub = {STUB: b"fixed = %d\n" % self._number}
        self._push_files(self._current() | stub, by_student=False)

    def _solutions_are_released(self) -> None:
        files = self._current() | {FILE: b"solved = True\n"}
        self._push_files(files, by_student=False, branch=SOLUTIONS)

    def _merges_the_solutions(self) -> None:
        if files := self._tip(SOLUTIONS):
            self._push_files(files, by_student=True)

    def _closes_a_pull_request(self) -> None:
        pulls = pull_requests(self.github.repository(self._repository))
        pulls.append({"number": 1, "state": "closed", "head": {"label": "course:solutions"}})

    def _pushes_very_often(self) -> None:
        for _ in range(self.rng.randrange(95, 140)):
            self._pushes_work()
            self.github.now += 2 * SECOND

    def _renames_the_account(self) -> None:
        if self._login == STUDENT:
            self.github.rename_account(STUDENT, RENAMED)
            self._login = RENAMED
            if self.rng.random() < 0.5:
                self._roster_login = RENAMED
                self._extension = None  # it names the former login, which nobody has now
                self.rules.due = self._deadline

    def _the_repository_is_renamed(self) -> None:
        new = f"course/m06-renamed-{len(self.log)}"
        self.github.rename_repository(self._repository, new)
        self._repository = new

    def _gets_an_extension(self) -> None:
        due = self._deadline + self.rng.randrange(0, 6) * DAY
        if self._roster_login == STUDENT:
            self._extension = self.rules.due = due

    def _loses_the_extension(self) -> None:
        self._extension, self.rules.due = None, self._deadline

    def _the_penalty_changes(self) -> None:
        if self._has_penalty:
            self.rules.percent_per_day = self.rng.choice((0.0, 5.0, 50.0))
            self.rules.days = self.rng.choice((None, 0, 1, 4))

    def _the_grader_runs(self) -> None:
        self._round()

    def _the_grader_has_trouble(self) -> None:
        rng = self.rng
        after = rng.randrange(0, 12)
        kill = Fault(after=after, acts=rng.random() < 0.5, status=502, then=self.kill)
        lost = broken(rng.choice(("/comments", "/statuses", "/graphql", "/activity")), acts=True)
        failed = Fault(after=after, times=rng.choice((1, 2, 9)), status=502)
        self.github.faults = [rng.choice((kill, lost, failed, secondary_limit(after=after)))]
        self.log.append(f"  {self.github.faults}")
        try:
            self._round(state=self.folder / f"machine{rng.randrange(2)}")
        except (KilledError, GitHubError):
            pass
        finally:
            self.github.faults = []

    # What must come of it.

    def _compare(self) -> None:
        expected = self.oracle.expected(self.rules, self.github.now)
        outcomes = [self._round() for _ in range(3)]
        with self._client() as client:
            found = find_class_pushes(
                client, self.policy(), (self.student(),), handouts(), self.github.now
            )
        is_found = self._is_found()
        repository = self.github.repository(self._repository)

        self._note_facts(expected, is_found=is_found)
        if not is_found:
            _agree("state", outcomes[-1].state, PushState.NO_REPOSITORY)
            _agree("class", (found.pushed, found.missing), ((), (STUDENT,)))
            return
        state = PushState.ALREADY if expected.has_handed_in else PushState.NOTHING_YET
        if not repository.heads():
            state = PushState.NO_PUSH
        _agree("state", outcomes[-1].state, state)
        _agree("unseen", found.unseen, ())
        _agree(
            "what is graded",
            [(work.commit, work.handed_in_at) for work in found.pushed],
            [(expected.graded, expected.graded_at)] if expected.graded else [],
        )
        noted = [note for _, note in found.notes if "branch" in note]
        _agree("other branch", [expected.other_branch or ""], [
            re.findall(r"branch '(\w+)'", note)[0] for note in noted
        ] or [""])  # fmt: skip
        if expected.other_branch:
            _agree("the student is informed", self._is_informed(expected.other_branch), True)
        else:
            _agree("notes", [outcome.note for outcome in outcomes if "branch" in outcome.note], [])
        self._compare_comments(expected.newest, expected.newest_at, expected.is_newest_counting)
        for sha, version in self._versions.items():
            if version == HANDOUT and self._graded_comments(sha):
                raise DisagreementError(f"a comment on an untouched copy, {sha[:7]}")

    def _note_facts(self, expected: Expected, *, is_found: bool) -> None:
        at = expected.at
        if not is_found:
            self.facts.add("= no repository")
        elif at is None:
            handed_in = expected.has_handed_in
            self.facts.add("= too late" if handed_in else "= nothing handed in")
        else:
            self.facts.add("= late" if self.rules.late_days(at) else "= in time")
            if not expected.is_newest_counting:
                self.facts.add("= an earlier hand-in counts")
        if expected.other_branch:
            self.facts.add("= work on another branch")
        if is_found and self.github.find(f"course/m06-{self._roster_login}") is None:
            self.facts.add("= found by the number of the account")

    def _is_found(self) -> bool:
        name = f"course/m06-{self._roster_login}"
        if self.github.find(name) is not None:
            return True
        number = self.github.account(self._login)["id"]
        activities = self.github.repository(self._repository).activities
        return self._knows_id and any(made["actor"]["id"] == number for made in activities)

    def _is_informed(self, branch: str) -> bool:
        sha = self.github.repository(self._repository).heads()[f"refs/heads/{branch}"]
        comments = self.github.comments(self._repository, sha)
        return sum("**Not graded.**" in comment for comment in comments) == 1

    def _graded_comments(self, sha: str) -> list[str]:
        comments = self.github.comments(self._repository, sha)
        return [comment for comment in comments if marker_of(comment) is not None]

    def _compare_comments(self, newest: str | None, at: datetime | None, is_counting: bool) -> None:
        for sha in self._versions:
            if len(comments := self._graded_comments(sha)) > 1:
                raise DisagreementError(f"{len(comments)} comments on {sha[:7]}")
        if newest is None or at is None:
            return
        (comment,) = self._graded_comments(newest) or [""]
        said = ON_LATENESS.search(comment)
        days = self.rules.late_days(at)
        _agree("comment", bool(comment), True)
        _agree("late days", int(said[2]) if said else 0, days)
        _agree("instead", "What counts is" in comment, days > 0 and not is_counting and bool(
            self.oracle.expected(self.rules, self.github.now).commit
        ))  # fmt: skip
        if days and is_counting:
            percent = re.findall(r"([\d.]+)% of the points are taken off", comment)
            _agree("penalty", [float(text) for text in percent], [
                value for value in [self.rules.percent(at)] if value
            ])  # fmt: skip
        if days and not self.rules.counts(at) and "What counts is" not in comment:
            _agree("too late", said is not None and said[1], "Too late")


def _agree(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise DisagreementError(f"{what}: found {found}, expected {expected}")


ACTIONS: Sequence[tuple[Callable[[Term], None], float]] = (
    (Term._pushes_work, 12),
    (Term._forces_work, 3),
    (Term._pushes_in_a_folder, 1),
    (Term._changes_the_readme, 4),
    (Term._squashes, 2),
    (Term._goes_back, 3),
    (Term._wipes, 2),
    (Term._works_on_a_branch, 5),
    (Term._merges_the_branch, 3),
    (Term._deletes_the_branch, 1),
    (Term._staff_merges_the_branch, 2),
    (Term._staff_fixes_the_readme, 3),
    (Term._staff_fixes_a_stub, 3),
    (Term._solutions_are_released, 2),
    (Term._merges_the_solutions, 2),
    (Term._closes_a_pull_request, 1),
    (Term._pushes_very_often, 0.3),
    (Term._renames_the_account, 1),
    (Term._the_repository_is_renamed, 1),
    (Term._gets_an_extension, 3),
    (Term._loses_the_extension, 1),
    (Term._the_penalty_changes, 2),
    (Term._the_grader_runs, 8),
    (Term._the_grader_has_trouble, 6),
)
"""What can happen, and how often."""
