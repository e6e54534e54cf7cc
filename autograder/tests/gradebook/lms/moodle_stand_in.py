"""A stand-in of Moodle's web service, which takes only what its functions describe.

Source: moodle/moodle, the `..._parameters` of each function: mod/assign/externallib.php,
enrol/externallib.php, grade/report/user/classes/external/user.php. As there, a parameter that is
not described, or of another type, is an error, and errors have status 200.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from autograder.tests.gradebook.lms.stand_in import TOKEN, Asked, LmsStandIn, Told

COURSE, ASSIGNMENT = 17, 42
_TYPES = {
    "int": r"-?\d+",
    "float": r"-?\d+(\.\d+)?",
    "bool": r"[01]",
    "alpha": r"[a-zA-Z]*",
    "alphanumext": r"[\w-]*",
    "raw": r"(?s:.*)",
}
Described = str | list["Described"] | dict[str, "Described"]
"""A type, a list of one description, or a structure; a name that ends in `?` is optional."""
DESCRIBED: dict[str, dict[str, Described]] = {
    "mod_assign_get_assignments": {
        "courseids?": ["int"],
        "capabilities?": ["raw"],
        "includenotenrolledcourses?": "bool",
    },
    "core_enrol_get_enrolled_users": {
        "courseid": "int",
        "options?": [{"name": "alphanumext", "value": "raw"}],
    },
    "gradereport_user_get_grade_items": {
        "courseid": "int",
        "userid?": "int",
        "groupid?": "int",
    },
    "mod_assign_save_grade": {
        "assignmentid": "int",
        "userid": "int",
        "grade": "float",
        "attemptnumber": "int",
        "addattempt": "bool",
        "workflowstate": "alpha",
        "applytoall": "bool",
        "plugindata?": {"assignfeedbackcomments_editor?": {"text": "raw", "format": "int"}},
    },
}


@dataclass
class MoodleUser:
    """A user in the course, with what Moodle has of them."""

    fullname: str
    username: str = ""
    email: str = ""
    idnumber: str = ""
    role: str = "student"
    grade: float | None = None
    feedback: str = ""
    is_locked: bool = False


class MoodleStandIn(LmsStandIn):
    """Moodle, with one course and one assignment."""

    def __init__(self, users: dict[int, MoodleUser]) -> None:
        super().__init__()
        self.users = users
        self.has_comments = True
        self.has_rubric = False
        self.forbidden = ""
        self.settings: dict[str, Any] = {
            "id": ASSIGNMENT,
            "cmid": 4242,
            "name": "Partitioned logs",
            "grade": 100,
            "blindmarking": 0,
            "revealidentities": 0,
            "markingworkflow": 0,
        }

    @property
    def writes(self) -> int:
        """How many requests wrote."""
        return sum(
            dict(asked.form).get("wsfunction") == "mod_assign_save_grade" for asked in self.requests
        )

    def respond(self, asked: Asked) -> Told:
        """Answer a request as Moodle does."""
        if asked.method != "POST" or asked.path != "/webservice/rest/server.php" or asked.query:
            self.complain(f"{asked.method} {asked.path} {asked.query}")
        form = list(asked.form)
        named = dict(form[:3])
        if named.get("wstoken") != TOKEN:
            return _refused("invalidtoken", "Invalid token - token not found")
        function = named.get("wsfunction", "")
        if named.get("moodlewsrestformat") != "json" or function not in DESCRIBED:
            self.complain(f"not documented: {function}")
            return _refused("invalidrecord", "Can't find data record in database table.")
        if function == self.forbidden:
            return _refused("accessexception", "Access control exception")
        parameters = nested(form[3:])
        problem = mismatch(parameters, DESCRIBED[function])
        if problem:
            self.complain(f"{function}: {problem}")
            return _refused("invalidparameter", "Invalid parameter value detected")
        return self._act(function, parameters)

    def _act(self, function: str, parameters: dict[str, Any]) -> Told:
        if function == "mod_assign_get_assignments":
            return self._assignments(list(parameters["courseids"].values()))
        if function == "core_enrol_get_enrolled_users":
            return _told([self._user(number) for number in self.users])
        number = int(parameters["userid"])
        if number not in self.users:
            return _refused("invaliduser", "Invalid user")
        user = self.users[number]
        if function == "gradereport_user_get_grade_items":
            return _told({"usergrades": [self._grades(number)], "warnings": []})
        if int(parameters["assignmentid"]) != ASSIGNMENT:
            return _refused("invalidrecord", "Can't find data record in database table.")
        if not self.has_rubric:
            user.grade = float(parameters["grade"])
        if self.has_comments:
            data = parameters.get("plugindata", {})
            user.feedback = data.get("assignfeedbackcomments_editor", {}).get("text", "")
        return _told(None)

    def _assignments(self, courses: list[str]) -> Told:
        if courses != [str(COURSE)]:
            warning = {"item": "course", "itemid": 1, "warningcode": "1", "message": "No access"}
            return _told({"courses": [], "warnings": [warning]})
        enabled = {
            "plugin": "comments",
            "subtype": "assignfeedback",
            "name": "enabled",
            "value": "1" if self.has_comments else "0",
        }
        course = {"id": COURSE, "assignments": [{**self.settings, "configs": [enabled]}]}
        return _told({"courses": [course], "warnings": []})

    def _user(self, number: int) -> dict[str, Any]:
        user = self.users[number]
        shown = {
            "id": number,
            "fullname": user.fullname,
            "roles": [{"roleid": 5, "name": "", "shortname": user.role, "sortorder": 0}],
        }
        # What a token may not see is left out.
        optional = {"username": user.username, "email": user.email, "idnumber": user.idnumber}
        return shown | {name: value for name, value in optional.items() if value}

    def _grades(self, number: int) -> dict[str, Any]:
        user = self.users[number]
        item = {
            "id": 1,
            "itemname": self.settings["name"],
            "itemtype": "mod",
            "itemmodule": "assign",
            "iteminstance": ASSIGNMENT,
            "itemnumber": 0,
            "graderaw": user.grade,
            "gradeislocked": user.is_locked,
            "feedback": f'<div class="no-overflow">{user.feedback}</div>' if user.feedback else "",
            "feedbackformat": 1,
        }
        total = {"id": 2, "itemname": None, "itemtype": "course", "itemmodule": None,
                 "iteminstance": 3, "itemnumber": None, "graderaw": 12.0}  # fmt: skip
        return {"courseid": COURSE, "userid": number, "gradeitems": [item, total]}


def nested(fields: list[tuple[str, str]]) -> dict[str, Any]:
    """Read a form as PHP does: `a[0][b]=1` becomes a structure."""
    found: dict[str, Any] = {}
    for name, value in fields:
        first, *rest = re.findall(r"[^\[\]]+", name)
        place = found
        for key in (first, *rest)[:-1]:
            place = place.setdefault(key, {})
        place[(first, *rest)[-1]] = value
    return found


def mismatch(value: Any, described: Described, name: str = "") -> str:
    """Say in what a value is not as described; empty if it is."""
    if isinstance(described, str):
        fits = isinstance(value, str) and re.fullmatch(_TYPES[described], value)
        return "" if fits else f"{name} is {value!r}, not {described}"
    if not isinstance(value, dict):
        return f"{name} is {value!r}"
    if isinstance(described, list):
        problems = [mismatch(part, described[0], f"{name}[{key}]") for key, part in value.items()]
        return next(filter(None, problems), "")
    known = {key.removesuffix("?"): part for key, part in described.items()}
    lacking = {key for key in described if not key.endswith("?")} - value.keys()
    if lacking or value.keys() - known.keys():
        return f"{name} lacks {lacking}, and has {value.keys() - known.keys()} too much"
    problems = [mismatch(part, known[key], f"{name}[{key}]") for key, part in value.items()]
    return next(filter(None, problems), "")


def _told(content: object) -> Told:
    return Told(200, json.dumps(content), {"Content-Type": "application/json; charset=utf-8"})


def _refused(code: str, message: str) -> Told:
    return _told({"exception": "moodle_exception", "errorcode": code, "message": message})
