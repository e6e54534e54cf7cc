"""The workflow of student repositories, with and without the step that asks a grading desk."""

import re

from autograder.tests.student_repository.clone import COURSE, REPOSITORY

TEXT = (REPOSITORY / ".github" / "workflows" / "grade.yml").read_text("utf-8")
LAST_STEP = "      - name: Grade by the hidden tests\n"

_DESK = COURSE.assignments.parent / ".github" / "grading-desk" / "README.md"
(ASKING_STEP,) = re.findall(r"^```yaml\n(.*?)^```$", _DESK.read_text("utf-8"), re.DOTALL | re.M)

# One of these two is handed out; the tests check both.
WITHOUT_DESK = TEXT.replace(ASKING_STEP, "")
WITH_DESK = WITHOUT_DESK.replace(LAST_STEP, ASKING_STEP + LAST_STEP)
