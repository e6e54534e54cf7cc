"""The comment that goes with a grade: where the feedback is, or the points by checkpoint."""

import html
import re
from dataclasses import dataclass

from autograder.gradebook.exports.table import number, repository_address
from autograder.gradebook.standing import Standing
from autograder.text import in_html, inert

_LEAD = "Autograder: "
_NUMBER = r"-?\d+(?:\.\d+)?"
_PART = rf"[^;()]+: {_NUMBER} of {_NUMBER}"
_TOO_LATE = ", too late to count"
_OURS = re.compile(
    rf"{_LEAD}(?:feedback at \S+|{_NUMBER} of {_NUMBER} points"
    rf"(?: after a deduction of {_NUMBER}|{_TOO_LATE})?(?: \({_PART}(?:; {_PART})*\))?)"
)
_TITLE = re.compile(r"[;()]")
"""What a title loses here: it parts the comment."""
_TAG = re.compile(r"<[^<>]*>")
LONGEST_COMMENT = 60_000
"""Characters of a comment that are looked at; Canvas and Moodle keep 64 KiB at least."""


@dataclass(frozen=True)
class GradeComment:
    """A comment in two parts, of which the second may be empty."""

    words: str
    link: str = ""

    @property
    def text(self) -> str:
        """The comment as plain text, in one line."""
        return f"{self.words}{self.link}"

    @property
    def html(self) -> str:
        """The comment as HTML, with a link that can be followed."""
        words = in_html(self.words, LONGEST_COMMENT)
        link = in_html(self.link)
        return f'<p>{words}<a href="{link}">{link}</a></p>' if link else f"<p>{words}</p>"


def comment_of(standing: Standing) -> GradeComment:
    """Return the comment on a student's grade.

    It names the commit whose feedback was posted on GitHub; the link stays the same when the
    grade changes. Without a commit, it has the points of each checkpoint.
    """
    address = repository_address(standing)
    if address.startswith("https://") and standing.commit:
        return GradeComment(
            f"{_LEAD}feedback at ", inert(f"{address}/commit/{standing.commit}#comments")
        )
    scores = [
        (checkpoint.title, checkpoint.so_far, checkpoint.max_score)
        for checkpoint in standing.checkpoints
    ]
    total = standing.total or 0.0
    deducted = number(sum(score for _, score, _ in scores) - total)
    parts = "; ".join(
        f"{_TITLE.sub(' ', inert(title))}: {number(score)} of {number(most)}"
        for title, score, most in scores
    )
    taken = f" after a deduction of {deducted}" if deducted else ""
    return GradeComment(
        f"{_LEAD}{number(total)} of {number(standing.max_score)} points"
        + (taken if standing.counts else _TOO_LATE)
        + (f" ({parts})" if parts else "")
    )


def plain_comment(text: str) -> str:
    """Return what two forms of the same comment share: its words, without tags and entities.

    Plain text becomes what its HTML becomes, so that ours is found again in what an LMS made of it.
    """
    without_tags = _TAG.sub("", text[:LONGEST_COMMENT])
    # Twice, and tags once more: in plain text, `&amp;` and `<b>` may be somebody's words.
    words = html.unescape(html.unescape(without_tags))
    return " ".join(_TAG.sub("", words).split())


def is_ours(text: str) -> bool:
    """Whether a comment is one that `comment_of` wrote, for any grade, and nobody has edited."""
    return _OURS.fullmatch(text) is not None


def is_there(comment: GradeComment, comments: tuple[str, ...]) -> bool:
    """Whether a comment is among those of the LMS, which are as `plain_comment` returns them."""
    return plain_comment(comment.text) in comments
