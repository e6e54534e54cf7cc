"""Students' requests of a course without GitHub: `requests.csv`, next to the course file.

    student,test,reason,answer
    ada,reader/an_empty_page_is_not_the_end,"The handout says ...",

`student` is a login, id or e-mail address in the roster. A row without `answer` is open. An answer
changes its own row; everything else in the file stays as it is, byte by byte.
"""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from autograder.course.regrade_requests import (
    LONGEST_REASON,
    ClassRequests,
    RegradeRequest,
    find_requests,
    first_named,
    request_names,
)
from autograder.errors import AutograderError
from autograder.files import locked, write_whole
from autograder.github.client import GitHubClient, GitHubServer
from autograder.gradebook.book import Book
from autograder.gradebook.roster import Roster
from autograder.grading.judge.plan import SuitePlan
from autograder.policy import Policy
from autograder.text import counted, in_csv

REQUESTS_FILE = "requests.csv"
COLUMNS = ("student", "test", "reason", "answer")
LARGEST = 5 << 20
"""Bytes: enough for thousands of long requests."""
MOST_NUMBERS = 10**8
"""Of two among 300 requests, the same number comes once in 2,000 courses; then neither is taken."""
_MARK = "\ufeff"


def class_requests(
    course_file: Path,
    policy: Policy,
    roster: Roster,
    names: Mapping[str, str],
    client: GitHubClient | None,
) -> ClassRequests:
    """Find the open requests of a course: those in its file, and those on GitHub.

    Args:
        course_file: The course's `course.toml`.
        policy: What it says.
        roster: Who is in the class.
        names: What a request may be about, see `request_names`.
        client: For GitHub; None to leave it out.

    Raises:
        AutograderError: The file cannot be read, or GitHub could not be asked at all.
    """
    found = read_requests(course_file.with_name(REQUESTS_FILE), roster, names)
    if client is None or policy.organization is None:
        return found
    on_github = find_requests(client, policy, roster, names)
    return ClassRequests((*found.requests, *on_github.requests), (*found.unread, *on_github.unread))


def open_request_lines(
    course_file: Path, book: Book, plan: SuitePlan, server: GitHubServer | None
) -> Iterator[str]:
    """Say how many requests are open, and what could not be read: a line each, none if nothing.

    Args:
        course_file: The course's `course.toml`.
        book: The gradebook of the assignment.
        plan: The hidden tests.
        server: GitHub; None to leave it out.
    """
    names = request_names(book.assignment, plan)
    with ExitStack() as opened:
        client = None if server is None else opened.enter_context(GitHubClient(server))
        try:
            found = class_requests(course_file, book.policy, book.roster(), names, client)
        except AutograderError as error:
            yield f"requests: {error}"
            return
    if found.requests:
        number = counted(len(found.requests), "open request")
        yield f"{number} of students: autograder requests list --course {course_file}"
    yield from found.unread


def read_requests(path: Path, roster: Roster, names: Mapping[str, str]) -> ClassRequests:
    """Read the open requests of a file; a missing file has none.

    Raises:
        AutograderError: It cannot be read.
    """
    if not path.exists():
        return ClassRequests((), ())
    requests: list[RegradeRequest] = []
    unread: list[str] = []
    for row in _read(path).rows:
        here = f"{path}, line {row.line}"
        student = roster.find(row.student)
        if row.fault:
            unread.append(f"{here}: {row.fault}")
        elif row.answer:
            continue
        elif student is None:
            unread.append(
                f"{here}: {row.student[:100]!r} is not in the roster: correct it, or write an"
                " answer if they have left"
            )
        else:
            about = first_named(f"{row.test} {row.reason}"[:LONGEST_REASON], names)
            reason = row.reason[:LONGEST_REASON]
            requests.append(RegradeRequest(row.number, student.id, about, reason))
            if row.test and not first_named(row.test[:LONGEST_REASON], names):
                unread.append(f"{here}: {_unknown_test(row.test, names)}")
    return ClassRequests(tuple(requests), tuple(unread))


def _unknown_test(text: str, names: Mapping[str, str]) -> str:
    alike = get_close_matches(text.casefold()[:100], names, n=1)
    hint = f": did you mean {names[alike[0]]!r}?" if alike else ""
    return f"{text[:100]!r} is not a test, requirement or checkpoint{hint}"


def answer_row(path: Path, number: int, answer: str) -> None:
    """Write the answer to a request into its row.

    Args:
        path: The file.
        number: The request's.
        answer: What was decided.

    Raises:
        AutograderError: The file cannot be read or written, or lacks an open request of that
            number, as somebody else has answered it meanwhile; what was there stays.
    """
    with locked(path, wait=True):
        table = _read(path)
        found = [row for row in table.rows if row.number == number and row.is_open]
        if len(found) != 1:
            raise AutograderError(
                f"{path}: the request with the number {number} is not open any more"
            )
        write_whole(path, table.answered(found[0], in_csv(answer, len(answer) + 100)))


@dataclass(frozen=True)
class _Row:
    """A request as the file has it."""

    at: int
    """Its place among the records of the file."""
    line: int
    """On which it begins, from 1."""
    number: int
    student: str
    test: str
    reason: str
    answer: str
    fault: str
    """Why it cannot be told what it says; empty if it can."""

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return not self.answer and not self.fault


@dataclass(frozen=True)
class _RequestTable:
    """The file: its records as they are written, and what they say."""

    mark: str
    """The byte order mark; empty if the file lacks it."""
    delimiter: str
    records: Sequence[tuple[str, Sequence[str]]]
    """Each with its text and its cells: the header, rows, and blank lines."""
    header: Sequence[str]
    rows: Sequence[_Row]

    def answered(self, row: _Row, answer: str) -> str:
        """Return the text of the file with an answer in one row."""
        texts = [text for text, _ in self.records]
        column = COLUMNS[3]
        at = self.header.index(column) if column in self.header else len(self.header)
        if at == len(self.header):
            first = next(at for at, (_, cells) in enumerate(self.records) if cells)
            texts[first] = _with_content(texts[first], f"{_content(texts[first])}{self.delimiter}"
                                         f"{column}")  # fmt: skip
        cells = [*self.records[row.at][1]]
        cells += [""] * (at + 1 - len(cells))
        cells[at] = answer
        line = io.StringIO()
        csv.writer(line, delimiter=self.delimiter, lineterminator="").writerow(cells)
        texts[row.at] = _with_content(texts[row.at], line.getvalue())
        return self.mark + "".join(texts)


def _content(record: str) -> str:
    return record.rstrip("\r\n")


def _with_content(record: str, content: str) -> str:
    """Replace the content of a record, and keep its line end."""
    return content + record[len(_content(record)) :]


def _read(path: Path) -> _RequestTable:
    """Read a file.

    Raises:
        AutograderError: It cannot be read, or lacks a column.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise AutograderError(f"{path} is larger than {LARGEST >> 20} MiB")
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        raise AutograderError(f"{path} is not in UTF-8: save it again as 'CSV UTF-8'") from None
    except OSError as error:
        raise AutograderError(f"{path} cannot be read: {error.strerror}") from None
    mark = _MARK if text.startswith(_MARK) else ""
    text = text.removeprefix(_MARK)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    records = list(_records(path, text, delimiter))
    header = next(
        ([title.strip().casefold() for title in cells] for _, cells in records if cells), []
    )
    for column in COLUMNS:
        if header.count(column) > 1:
            raise AutograderError(f"{path} has two columns {column!r}: rename one of them")
        if column not in header and column != COLUMNS[3]:
            raise AutograderError(
                f"{path} lacks the column {column!r}: its columns are {', '.join(COLUMNS)}"
            )
    return _RequestTable(mark, delimiter, records, header, tuple(_rows(records, header)))


def _records(path: Path, text: str, delimiter: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each record's text and cells, which are empty for a blank line."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begin = 0
    try:
        for cells in reader:
            blank = not any(cell.strip() for cell in cells)
            yield "".join(lines[begin : reader.line_num]), [] if blank else cells
            begin = reader.line_num
    except csv.Error as error:
        raise AutograderError(
            f"{path} is not valid CSV from line {begin + 1} on: {error}"
        ) from None


def _rows(records: Sequence[tuple[str, Sequence[str]]], header: Sequence[str]) -> Iterator[_Row]:
    """Yield what the records below the header say."""
    seen: Counter[tuple[str, ...]] = Counter()
    line = 1
    is_header = True
    for at, (text, cells) in enumerate(records):
        if cells and not is_header:
            values = dict(zip(header, (*cells, *[""] * len(header)), strict=False))
            student, test, reason, answer = (values.get(column, "") for column in COLUMNS)
            key = tuple(" ".join(value.casefold().split()) for value in (student, test, reason))
            seen[key] += 1
            yield _Row(
                at=at,
                line=line,
                number=_number(*key, str(seen[key])),
                student=student.strip(),
                test=test.strip(),
                reason=reason.strip(),
                answer=answer.strip(),
                fault=_fault(cells, header, answer),
            )
        is_header = is_header and not cells
        line += text.count("\n") or text.count("\r")


def _number(*values: str) -> int:
    """Return a request's number; it stays the same if the file is sorted, or rows are added."""
    digest = hashlib.sha256("\0".join(values).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8]) % MOST_NUMBERS + 1


def _fault(cells: Sequence[str], header: Sequence[str], answer: str) -> str:
    if len(cells) > len(header):
        return (
            f"has {len(cells)} cells, and the header {len(header)}: put a text with a comma into"
            " double quotes"
        )
    if answer.strip() and answer[0] == " ":
        return (
            "the answer begins with a blank, as the rest of a reason does: put the reason into"
            " double quotes, or remove the blank"
        )
    return ""
