"""The errors that this package raises on purpose.

AutograderError            one clear line for the person at the terminal; exit 2
+-- AssignmentError        an assignment.toml, a suite or a solution that is not as it should be
+-- SubmissionError        a path that cannot be read as a submission
+-- SandboxError           no sandbox is available, or it did not start (never the student's fault)
+-- CloudError             the simulated AWS is not the one that the suites were made for
+-- RosterError            a list of students that cannot be used as it is; a line for each mistake
+-- ExportError            a system needs what is not known of some students; a line for each
+-- DistributionError      files cannot be handed out to students; nothing else has changed
+-- GradebookError         the gradebook's folder or database cannot be used; nothing is lost
+-- PolicyError            a course.toml that cannot be used; a line for each mistake
+-- LmsError               an LMS did not take or give grades; what it took before stays
+-- GitHubError            GitHub, or git, did not do what was asked; it names no student
"""


class AutograderError(Exception):
    """Something a person must fix before grading can go on; its text is one complete line.

    If there are many things to fix, a line for each follows.
    """


class AssignmentError(AutograderError):
    """The assignment's own files are wrong: its settings, its suite or its solutions."""


class SubmissionError(AutograderError):
    """The path given cannot be read as a submission."""


class SandboxError(AutograderError):
    """No sandbox is available on this machine, or one did not start: the grader's fault."""


class CloudError(AutograderError):
    """The installed moto is not the version that the simulated AWS corrects."""


class RosterError(AutograderError):
    """A list of students cannot be used; a line for each mistake says where and what to do."""


class ExportError(AutograderError):
    """Grades cannot be written in a form; a line for each student says what is missing."""


class GradebookError(AutograderError):
    """The gradebook cannot be read or written as it is; its content is unchanged."""


class DistributionError(AutograderError):
    """Files cannot be handed out to students; nothing else has changed."""


class PolicyError(AutograderError):
    """The course's policy cannot be used; a line for each mistake names the key."""


class LmsError(AutograderError):
    """An LMS did not do what was asked; the text holds no token."""


class GitHubError(AutograderError):
    """GitHub or git did not do what was asked; the text holds no token and names no repository."""
