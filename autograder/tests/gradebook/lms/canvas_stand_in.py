"""A stand-in of Canvas, which takes only what its documentation names.

Source: Canvas's API documentation, "Assignments", "Courses", "Submissions", "Pagination",
"Throttling" and "OAuth2 Overview" (the form of a wrong token's answer).
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from autograder.tests.gradebook.lms.stand_in import TOKEN, Asked, LmsStandIn, Told

COURSE, ASSIGNMENT, TEACHER = 17, 42, 7


def _one_of(*words: str) -> Callable[[str], bool]:
    return lambda value: value in words


def _is_number(value: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)?", value) is not None


_IS_BOOLEAN = _one_of("true", "false")
_PAGES = {"per_page": str.isdigit, "page": str.isdigit}
_SUBMISSIONS = r"/api/v1/courses/(?P<course>\d+)/assignments/(?P<assignment>\d+)/submissions"
DOCUMENTED: dict[tuple[str, str], dict[str, Callable[[str], bool]]] = {
    ("GET", r"/api/v1/courses/(?P<course>\d+)/assignments/(?P<assignment>\d+)"): {},
    ("GET", r"/api/v1/courses/(?P<course>\d+)/users"): {
        "enrollment_type[]": _one_of("teacher", "student", "ta", "observer", "designer"),
        **_PAGES,
    },
    ("GET", _SUBMISSIONS): {
        "include[]": _one_of("submission_comments", "group", "user", "visibility"),
        **_PAGES,
    },
    ("GET", rf"{_SUBMISSIONS}/(?P<user>\d+)"): {
        "include[]": _one_of("submission_comments", "user", "visibility"),
    },
    ("PUT", rf"{_SUBMISSIONS}/(?P<user>\d+)"): {
        "comment[text_comment]": bool,
        "comment[group_comment]": _IS_BOOLEAN,
        "submission[posted_grade]": _is_number,
        "submission[excuse]": _IS_BOOLEAN,
        "prefer_points_over_scheme": _IS_BOOLEAN,
    },
}  # fmt: skip
"""The requests that we may send: method and path, and each parameter with its check."""


@dataclass
class CanvasStudent:
    """A student in the course, with what Canvas has of them."""

    name: str
    sis_user_id: str | None = None
    login_id: str | None = None
    score: float | None = None
    excused: bool = False
    comments: list[tuple[int, str]] = field(default_factory=list)
    """The author's id, and the text."""
    group: int | None = None
    is_assigned: bool = True
    deduction: float = 0.0


class CanvasStandIn(LmsStandIn):
    """Canvas, with one course and one assignment."""

    def __init__(self, students: dict[int, CanvasStudent]) -> None:
        super().__init__()
        self.students = students
        self.page_size = 100
        self.settings: dict[str, Any] = {
            "id": ASSIGNMENT,
            "course_id": COURSE,
            "name": "Partitioned logs",
            "points_possible": 100.0,
            "grading_type": "points",
            "group_category_id": None,
            "grade_group_students_individually": False,
        }
        self.quota = "600.0"
        self.hides_names = False

    @property
    def comments(self) -> list[str]:
        """All comments, with the student's id in front."""
        return [
            f"{user}: {text}"
            for user, student in self.students.items()
            for _, text in student.comments
        ]

    @property
    def writes(self) -> int:
        """How many requests wrote."""
        return sum(asked.method == "PUT" for asked in self.requests)

    def state(self) -> list[tuple[int, float | None, bool, list[str]]]:
        """What it has of each student."""
        return [
            (user, student.score, student.excused, [text for _, text in student.comments])
            for user, student in self.students.items()
        ]

    def respond(self, asked: Asked) -> Told:
        """Answer a request as Canvas documents it."""
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            error = {"errors": [{"message": "Invalid access token."}]}
            return self._told(401, error, {"WWW-Authenticate": 'Bearer realm="canvas-lms"'})
        parameters = asked.query + asked.form
        for (method, pattern), known in DOCUMENTED.items():
            match = re.fullmatch(pattern, asked.path)
            if match and method == asked.method:
                for name, value in parameters:
                    if name not in known or not known[name](value):
                        self.complain(f"{method} {asked.path}: {name}={value!r}")
                return self._act(asked, match.groupdict(), parameters)
        self.complain(f"{asked.method} {asked.path}: not documented")
        return self._told(404, _NOT_FOUND)

    def _act(
        self, asked: Asked, place: dict[str, str], parameters: tuple[tuple[str, str], ...]
    ) -> Told:
        if int(place["course"]) != COURSE or int(place.get("assignment", ASSIGNMENT)) != ASSIGNMENT:
            return self._told(404, _NOT_FOUND)
        included = [value for name, value in parameters if name == "include[]"]
        if "user" in place:
            student = self.students.get(int(place["user"]))
            if student is None:
                return self._told(404, _NOT_FOUND)
            if asked.method == "PUT":
                return self._write(int(place["user"]), dict(parameters))
            return self._told(200, self._submission(int(place["user"]), included))
        if asked.path.endswith("/submissions"):
            assigned = [user for user, student in self.students.items() if student.is_assigned]
            return self._page(asked, [self._submission(user, included) for user in assigned])
        if asked.path.endswith("/users"):
            return self._page(
                asked,
                [
                    {
                        "id": user,
                        "name": student.name,
                        "sis_user_id": student.sis_user_id,
                        "login_id": student.login_id,
                        "created_at": "2026-09-01T08:00:00Z",
                    }
                    for user, student in self.students.items()
                ],
            )
        return self._told(200, self.settings)

    def _write(self, user: int, parameters: dict[str, str]) -> Told:
        student = self.students[user]
        grade = parameters.get("submission[posted_grade]")
        is_excuse = parameters.get("submission[excuse]") == "true"
        if not student.is_assigned:
            return self._told(401, {"status": "unauthorized"})
        if grade and is_excuse:
            return self._told(400, {"error": "Cannot simultaneously grade and excuse"})
        if is_excuse:
            student.score, student.excused = None, True
        elif grade:
            for member in self._graded_with(user):
                member.score, member.excused = float(grade), False
        if text := parameters.get("comment[text_comment]"):
            student.comments.append((TEACHER, text))
        return self._told(200, self._submission(user, ["submission_comments"]))

    def _graded_with(self, user: int) -> list[CanvasStudent]:
        """Who gets a grade with a student: the group, but for those who are excused."""
        student = self.students[user]
        if (
            self.settings["group_category_id"] is None
            or self.settings["grade_group_students_individually"]
            or student.group is None
        ):
            return [student]
        return [
            other
            for number, other in self.students.items()
            if other.group == student.group and (number == user or not other.excused)
        ]

    def _submission(self, user: int, included: list[str]) -> dict[str, Any]:
        student = self.students[user]
        score = None if student.score is None else student.score - student.deduction
        submission: dict[str, Any] = {
            "id": user + 1000,
            "assignment_id": ASSIGNMENT,
            "user_id": user,
            "score": score,
            "entered_score": student.score,
            "grade": None if score is None else f"{score:g}",
            "excused": student.excused,
            "workflow_state": "unsubmitted" if score is None else "graded",
        }
        if self.hides_names:
            del submission["user_id"]
            submission["anonymous_id"] = "acJ4Q"
        if "submission_comments" in included:
            submission["submission_comments"] = [
                {"id": number, "author_id": author, "comment": text}
                for number, (author, text) in enumerate(student.comments)
            ]
        if "group" in included:
            name = None if student.group is None else "Team"
            submission["group"] = {"id": student.group, "name": name}
        return submission

    def _page(self, asked: Asked, entries: list[dict[str, Any]]) -> Told:
        query = dict(asked.query)
        size = min(int(query.get("per_page", 10)), self.page_size)
        page = int(query.get("page", 1))
        links = {}
        if page * size < len(entries):
            rest = [(name, value) for name, value in asked.query if name != "page"]
            following = urlencode([*rest, ("page", str(page + 1))])
            first = urlencode([*rest, ("page", "1")])
            links["Link"] = (
                f'<{self.url}{asked.path}?{first}>; rel="first",'
                f'<{self.url}{asked.path}?{following}>; rel="next"'
            )
        return self._told(200, entries[(page - 1) * size : page * size], links)

    def _told(self, status: int, content: object, headers: dict[str, str] | None = None) -> Told:
        common = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Request-Cost": "0.25",
            "X-Rate-Limit-Remaining": self.quota,
        }
        return Told(status, json.dumps(content), common | (headers or {}))


_NOT_FOUND = {"errors": [{"message": "The specified resource does not exist."}]}
