"""Moodle: grades and comments of one assignment, through its web service.

Sources: Moodle's "Web service API functions" and "Creating a web service client"; moodle/moodle,
mod/assign/externallib.php (`get_assignments`, `save_grade`), enrol/externallib.php
(`get_enrolled_users`), grade/report/user/classes/external/user.php (`get_grade_items`) and
mod/assign/feedback/comments/locallib.php: an assignment keeps one comment for each student, which
each write replaces, and which is lost if a write has none.

Grades are read from the gradebook, since it has points, comment and locks in one answer, for
students in groups too (`mod_assign_get_grades` leaves those out).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from autograder.errors import LmsError
from autograder.gradebook.lms.client import LmsClient, LmsServer, said
from autograder.gradebook.lms.comments import is_ours, plain_comment
from autograder.gradebook.lms.plan import (
    Difference,
    GradeValue,
    LmsAssignment,
    LmsGrade,
    LmsPerson,
    match,
)
from autograder.gradebook.lms.push import GradePart
from autograder.gradebook.student import Student

_ADDRESS = "/webservice/rest/server.php"
_HTML = 1
"""Moodle's FORMAT_HTML."""
_LATEST_ATTEMPT = -1
_NO_SUCH = ("invalidrecord", "invalidrecordunknown", "errorcoursecontextnotvalid")

Answered = TypeVar("Answered")


class _MoodleModel(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class _MoodleError(_MoodleModel):
    exception: str
    errorcode: str = ""
    message: str = ""


class _MoodleSetting(_MoodleModel):
    plugin: str
    subtype: str
    name: str
    value: str


class _MoodleAssignment(_MoodleModel):
    id: int
    name: str
    grade: float
    """The most points; a scale is negative."""
    blindmarking: bool = False
    revealidentities: bool = False
    markingworkflow: bool = False
    configs: list[_MoodleSetting] = Field(default=[])


class _MoodleCourse(_MoodleModel):
    assignments: list[_MoodleAssignment]


class _MoodleCourses(_MoodleModel):
    courses: list[_MoodleCourse]


class _MoodleRole(_MoodleModel):
    shortname: str = ""


class _MoodleUser(_MoodleModel):
    id: int
    fullname: str = ""
    username: str = ""
    email: str = ""
    idnumber: str = ""
    roles: list[_MoodleRole] = Field(default=[])


class _MoodleItem(_MoodleModel):
    itemmodule: str | None = None
    iteminstance: int | None = None
    itemnumber: int | None = None
    graderaw: float | None = None
    locked: bool | None = None
    gradeislocked: bool | None = None
    gradeisoverridden: bool | None = None
    feedback: str | None = None


class _MoodleUserGrades(_MoodleModel):
    userid: int
    gradeitems: list[_MoodleItem]


class _MoodleGrades(_MoodleModel):
    usergrades: list[_MoodleUserGrades]


class MoodleCourse:
    """One assignment in a course of Moodle.

    Args:
        server: Where Moodle is, and the token for it.
        course: The course's id.
        assignment: The assignment's id, as the web service names it (not that of its page).
        sleep: Waits for a number of seconds.
    """

    def __init__(
        self,
        server: LmsServer,
        course: int,
        assignment: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = LmsClient(server, {}, sleep)
        self._course = course
        self._assignment = assignment

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def read_all(self, students: Sequence[Student]) -> LmsAssignment:
        """Read the assignment, who is in the course, and what it has of these students.

        Raises:
            LmsError: It cannot be read, or its grades cannot be written like this.
        """
        assignment = self._find_assignment()
        options = {"onlyactive": "1", "userfields": "id,fullname,username,email,idnumber,roles"}
        users = self._call(
            "core_enrol_get_enrolled_users",
            {
                "courseid": self._course,
                "options": [{"name": name, "value": value} for name, value in options.items()],
            },
            TypeAdapter(list[_MoodleUser]),
        )
        people = tuple(map(_person, users))
        matched, _ = match(students, people)
        return LmsAssignment(
            title=assignment.name,
            max_points=assignment.grade,
            people=people,
            grades={person.id: self.read(person.id) for person in matched.values()},
            knows_excused=False,
            takes_comments=_takes_comments(assignment),
        )

    def read(self, person: int) -> LmsGrade:
        """Read what the assignment has of one person now.

        Raises:
            LmsError: It cannot be read.
        """
        found = self._call(
            "gradereport_user_get_grade_items",
            {"courseid": self._course, "userid": person},
            TypeAdapter(_MoodleGrades),
        )
        for item in (
            item
            for grades in found.usergrades
            if grades.userid == person
            for item in grades.gradeitems
        ):
            # An assignment's outcomes are items, too, with numbers from 1000 on.
            if (item.itemmodule, item.iteminstance, item.itemnumber) == (
                "assign",
                self._assignment,
                0,
            ):
                return _grade(item)
        return LmsGrade(is_blocked=True)

    def write(self, difference: Difference, missing: frozenset[GradePart]) -> None:
        """Write the grade and the comment of one student.

        Raises:
            UncertainLmsError: It may have been written or not.
            LmsError: It was not written.
        """
        del missing  # what is not sent would be lost
        parameters: dict[str, object] = {
            "assignmentid": self._assignment,
            "userid": difference.person,
            "grade": str(difference.after),
            "attemptnumber": _LATEST_ATTEMPT,
            "addattempt": 0,
            "workflowstate": "",
            # Each member of a group is written separately, with the right comment.
            "applytoall": 0,
        }
        if difference.comment is not None:
            editor = {"text": difference.comment.html, "format": _HTML}
            parameters["plugindata"] = {"assignfeedbackcomments_editor": editor}
        self._call("mod_assign_save_grade", parameters, TypeAdapter(None), repeatable=False)

    def _find_assignment(self) -> _MoodleAssignment:
        """Read the assignment, and refuse one whose grades could not be read back."""
        found = self._call(
            "mod_assign_get_assignments",
            {"courseids": [self._course], "includenotenrolledcourses": 1},
            TypeAdapter(_MoodleCourses),
        )
        assignments = [assignment for course in found.courses for assignment in course.assignments]
        for assignment in assignments:
            if assignment.id != self._assignment:
                continue
            name = f"the assignment {said(assignment.name)!r} of Moodle"
            if assignment.grade <= 0:
                raise LmsError(f"{name} takes no points: set the type of its grade to Point")
            if assignment.markingworkflow:
                raise LmsError(
                    f"{name} uses marking workflow, and grades that are not released cannot be "
                    "read back: turn it off, or import the CSV"
                )
            if assignment.blindmarking and not assignment.revealidentities:
                raise LmsError(f"{name} hides whose a grade is: reveal the identities first")
            return assignment
        names = ", ".join(f"{other.id} ({said(other.name)})" for other in assignments[:20])
        raise LmsError(
            f"Moodle shows the token no assignment {self._assignment} in the course "
            f"{self._course}; it shows {names or 'none'}"
        )

    def _call(
        self,
        function: str,
        parameters: Mapping[str, object],
        form: TypeAdapter[Answered],
        *,
        repeatable: bool = True,
    ) -> Answered:
        """Call a function of the web service.

        Raises:
            UncertainLmsError: It may have been done or not, and is not repeatable.
            LmsError: It was not done.
        """
        named = [
            ("wstoken", self._client.server.token),
            ("wsfunction", function),
            ("moodlewsrestformat", "json"),
            *flattened(parameters),
        ]
        # By POST: a token in an address would be written into the server's log.
        answer = self._client.send("POST", _ADDRESS, named, function, repeatable=repeatable)
        if answer.status >= 300:
            moved = answer.status < 400
            reason = "has another address" if moved else "did not answer as a web service"
            raise LmsError(f"Moodle {reason} ({function}: {answer.status})")
        content = answer.json()
        if isinstance(content, dict) and "exception" in content:
            raise LmsError(_reason(content, function))
        try:
            return form.validate_python(content)
        except ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"]))
            raise LmsError(
                f"Moodle's answer is not understood ({function}: {said(place)})"
            ) from None


def flattened(value: object, name: str = "") -> list[tuple[str, str]]:
    """Write lists and dicts as PHP reads them from a form.

    >>> flattened({"courseids": [7], "options": [{"name": "a"}]})
    [('courseids[0]', '7'), ('options[0][name]', 'a')]
    """
    if isinstance(value, Mapping):
        entries = list(value.items())
    elif isinstance(value, list):
        entries = list(enumerate(value))
    else:
        return [(name, str(value))]
    return [
        field
        for key, part in entries
        for field in flattened(part, f"{name}[{key}]" if name else str(key))
    ]


def _reason(content: dict[str, Any], function: str) -> str:
    """Say why Moodle did not do what was asked: errors arrive with status 200."""
    try:
        error = _MoodleError.model_validate(content)
    except ValidationError:
        return f"Moodle's answer is not understood ({function})"
    if error.errorcode == "invalidtoken":
        return "Moodle does not take the token of MOODLE_TOKEN"
    if error.errorcode == "accessexception":
        return f"the token may not call {function}: add it to the external service of the token"
    if error.errorcode in _NO_SUCH:
        return f"Moodle has no such course or assignment, or the token may not see it ({function})"
    return f"Moodle refused {function}: {said(error.message)} ({said(error.errorcode)})"


def _takes_comments(assignment: _MoodleAssignment) -> bool:
    """Whether "Feedback comments" is on in the assignment's settings."""
    return any(
        (setting.subtype, setting.plugin, setting.name) == ("assignfeedback", "comments", "enabled")
        and setting.value == "1"
        for setting in assignment.configs
    )


def _person(user: _MoodleUser) -> LmsPerson:
    keys = {"idnumber": user.idnumber, "username": user.username, "email": user.email}
    is_student = any(role.shortname == "student" for role in user.roles)
    return LmsPerson(user.id, user.fullname, keys, is_student)


def _grade(item: _MoodleItem) -> LmsGrade:
    comment = plain_comment(item.feedback or "")
    return LmsGrade(
        value=GradeValue(item.graderaw),
        comments=(comment,) if comment else (),
        is_blocked=bool(item.locked or item.gradeislocked or item.gradeisoverridden),
        has_comment_to_lose=bool(comment) and not is_ours(comment),
    )
