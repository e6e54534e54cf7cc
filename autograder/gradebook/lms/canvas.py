"""Canvas: grades and comments of one assignment, through `canvasapi`.

Sources: Canvas's API documentation, "Assignments" (get a single assignment), "Courses" (list users
in course), "Submissions" (list assignment submissions, get a single submission, grade or comment
on a submission) and "Pagination"; instructure/canvas-lms, app/models/abstract_assignment.rb,
`grade_student`: the grade of one member of a group goes to all who are not excused, and an excuse
to one alone.

`canvasapi` knows the form of parameters, and the pages. It lacks types, time limits and bounds, so
requests go through `LmsClient`, and answers through models. Its objects are not used: they try to
read each value as a date in many forms, 9 ms for a submission, and whatever Canvas sends becomes
their attributes.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from canvasapi.paginated_list import PaginatedList
from canvasapi.requester import Requester
from canvasapi.util import combine_kwargs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.errors import LmsError
from autograder.gradebook.lms.client import LmsAnswer, LmsClient, LmsServer, said
from autograder.gradebook.lms.comments import plain_comment
from autograder.gradebook.lms.plan import (
    Difference,
    GradeValue,
    LmsAssignment,
    LmsGrade,
    LmsPerson,
)
from autograder.gradebook.lms.push import GradePart
from autograder.gradebook.student import Student

MOST_PAGES = 1_000
"""Of one list, each with up to 100 entries."""
LARGEST_LIST = 64 << 20
"""Bytes of all its pages."""
_API = "/api/v1/"
_UNGRADABLE = ("pass_fail", "not_graded")
"""Canvas keeps no points for these types of grading."""


class _CanvasModel(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class _CanvasAssignment(_CanvasModel):
    name: str
    points_possible: float | None = None
    grading_type: str = ""
    group_category_id: int | None = None
    grade_group_students_individually: bool | None = None


class _CanvasUser(_CanvasModel):
    id: int
    name: str = ""
    sis_user_id: str | None = None
    login_id: str | None = None


class _CanvasComment(_CanvasModel):
    author_id: int | None = None
    comment: str | None = None


class _CanvasGroup(_CanvasModel):
    id: int | None = None
    name: str | None = None


class _CanvasSubmission(_CanvasModel):
    user_id: int | None = None
    score: float | None = None
    entered_score: float | None = None
    """Before Canvas's own deduction for lateness."""
    excused: bool | None = None
    submission_comments: list[_CanvasComment] = Field(default=[])
    group: _CanvasGroup | None = None


class CanvasCourse:
    """One assignment in a course of Canvas.

    Args:
        server: Where Canvas is, and the token for it.
        course: The course's id.
        assignment: The assignment's id.
        sleep: Waits for a number of seconds.
    """

    def __init__(
        self,
        server: LmsServer,
        course: int,
        assignment: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        authorization = {"Authorization": f"Bearer {server.token}"}
        self._client = LmsClient(server, authorization, sleep)
        self._requester = _Requester(self._client)
        self._course = course
        self._place = f"courses/{course}/assignments/{assignment}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def read_all(self, students: Sequence[Student]) -> LmsAssignment:
        """Read the assignment, and what it has of everybody in the course.

        Raises:
            LmsError: It cannot be read, or does not take points.
        """
        del students  # Canvas lists everybody in a few pages
        with self._asking("reading the assignment"):
            found = self._requester.request("GET", self._place).json()
            assignment = _CanvasAssignment.model_validate(found)
        if assignment.grading_type in _UNGRADABLE or not assignment.points_possible:
            raise LmsError(
                f"the assignment {said(assignment.name)!r} of Canvas takes no points: display its "
                "grade as points, and set the points that are possible"
            )
        with self._asking("listing the students"):
            listed = self._list(f"courses/{self._course}/users", enrollment_type=["student"])
            users = [_CanvasUser.model_validate(user) for user in listed]
        has_group_grades = bool(
            assignment.group_category_id and not assignment.grade_group_students_individually
        )
        with self._asking("listing the grades"):
            listed = self._list(
                f"{self._place}/submissions", include=["submission_comments", "group"]
            )
            submissions = [_CanvasSubmission.model_validate(submission) for submission in listed]
        return LmsAssignment(
            title=assignment.name,
            max_points=assignment.points_possible,
            people=tuple(map(_person, users)),
            grades=dict(_grades(submissions, has_group_grades=has_group_grades)),
            knows_excused=True,
        )

    def read(self, person: int) -> LmsGrade:
        """Read what the assignment has of one person now.

        Raises:
            LmsError: It cannot be read.
        """
        with self._asking("reading a grade"):
            answer = self._requester.request(
                "GET",
                f"{self._place}/submissions/{person}",
                _kwargs=combine_kwargs(include=["submission_comments"]),
            )
            submission = _CanvasSubmission.model_validate(answer.json())
            return dict(_grades([submission], has_group_grades=False))[person]

    def write(self, difference: Difference, missing: frozenset[GradePart]) -> None:
        """Write what is missing for one student, in one request.

        Raises:
            UncertainLmsError: It may have been written or not.
            LmsError: It was not written.
        """
        parts: dict[str, Any] = {}
        if GradePart.VALUE in missing and difference.after.is_excused:
            parts["submission"] = {"excuse": True}
        elif GradePart.VALUE in missing:
            # Without the preference, a scheme with a grade called `4` would take 4 points for it.
            parts["submission"] = {"posted_grade": str(difference.after)}
            parts["prefer_points_over_scheme"] = True
        if GradePart.COMMENT in missing and difference.comment is not None:
            parts["comment"] = {"text_comment": difference.comment.text}
        with self._asking("writing a grade"):
            self._requester.request(
                "PUT",
                f"{self._place}/submissions/{difference.person}",
                _kwargs=combine_kwargs(**parts),
            )

    def _list(self, endpoint: str, **parameters: list[str]) -> Iterator[object]:
        """Yield the entries of all pages of a list."""
        pages = PaginatedList(
            _Entry, self._requester, "GET", endpoint, _kwargs=combine_kwargs(**parameters)
        )
        return (entry.content for entry in pages)

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        """Say in errors what a request is for; an answer of another form is an error, too.

        Raises:
            LmsError: The answer is not as Canvas documents it.
        """
        self._requester.begin(what)
        try:
            yield
        except ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"]))
            raise LmsError(f"Canvas's answer is not understood ({what}: {said(place)})") from None
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # canvasapi assumes that a list is one, and that its next page is in Canvas.
            raise LmsError(f"Canvas's answer is not understood ({what})") from None


class _Entry:
    """An entry of a list, as `PaginatedList` makes it."""

    def __init__(self, requester: object, content: object) -> None:
        del requester
        self.content = content


class _Requester(Requester):  # type: ignore[misc]  # canvasapi is untyped
    """Sends the requests of canvasapi through our client."""

    def __init__(self, client: LmsClient) -> None:
        super().__init__(client.server.url, client.server.token)
        self._client = client
        self.begin("")

    def begin(self, what: str) -> None:
        """Begin to read or write something else, as errors name it."""
        self._what = what
        self._requests = 0
        self._size = 0

    def request(
        self,
        method: str,
        endpoint: str = "",
        *,
        _kwargs: Iterable[tuple[str, object]] = (),
        per_page: int | None = None,
        _url: None = None,
    ) -> LmsAnswer:
        """Send a request to Canvas, and return its answer.

        Args:
            method: `GET` or `PUT`.
            endpoint: The path below `/api/v1/`; for a further page, with its query.
            _kwargs: The parameters.
            per_page: How many entries a page of a list may have.
            _url: Canvas's other API, which we do not use.

        Raises:
            LmsError: It was not answered with success; the text says why.
        """
        self._requests += 1
        if self._requests > MOST_PAGES or self._size > LARGEST_LIST:
            raise LmsError(f"Canvas's list does not end ({self._what})")
        parameters = [(key, _text(value)) for key, value in _kwargs]
        if per_page is not None:
            parameters.append(("per_page", str(per_page)))
        answer = self._client.send(
            method, f"{_API}{endpoint}", parameters, self._what, repeatable=method == "GET"
        )
        if answer.status >= 300:
            raise LmsError(f"{_reason(answer)} ({self._what}: {answer.status})")
        self._size += len(answer.body)
        return answer


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _reason(answer: LmsAnswer) -> str:
    """Say why Canvas did not do what was asked."""
    if answer.status == 401 and "www-authenticate" in answer.headers:
        return "Canvas does not take the token of CANVAS_API_KEY"
    reason = {
        401: "the token may not do this in Canvas",
        403: "the token may not do this in Canvas",
        404: "Canvas has no such course or assignment, or the token may not see it",
    }.get(answer.status, "Canvas has another address" if answer.status < 400 else "Canvas refused")
    if answer.status in (400, 422):
        reason += f": {said(answer.body[:1000].decode('utf-8', 'replace'))}"
    return reason


def _person(user: _CanvasUser) -> LmsPerson:
    keys = {
        "canvas_id": str(user.id),
        "sis_user_id": user.sis_user_id or "",
        "sis_login_id": user.login_id or "",
    }
    return LmsPerson(user.id, user.name, keys)


def _grades(
    submissions: Iterable[_CanvasSubmission], *, has_group_grades: bool
) -> Iterator[tuple[int, LmsGrade]]:
    for submission in submissions:
        if submission.user_id is None:
            raise LmsError("Canvas hides whose a grade is: turn anonymous grading off")
        score = submission.score if submission.entered_score is None else submission.entered_score
        group = submission.group
        yield (
            submission.user_id,
            LmsGrade(
                value=GradeValue(is_excused=True) if submission.excused else GradeValue(score),
                comments=tuple(
                    plain_comment(comment.comment or "")
                    for comment in submission.submission_comments
                    if comment.author_id != submission.user_id
                ),
                # The id keeps groups of the same name apart.
                group=f"{group.name or 'group'} ({group.id})"
                if has_group_grades and group is not None and group.id is not None
                else "",
            ),
        )
