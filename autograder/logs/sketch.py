"""Draws a picture of a log in characters, for Markdown."""

from collections.abc import Iterator

from autograder.logs.drawing import drawing_of
from autograder.logs.layout import CELL, GAP, Lane, Span
from autograder.logs.picture import LogPicture


def sketch(picture: LogPicture) -> str:
    """Draw a picture in characters; no line begins with anything of a student's."""
    drawing = drawing_of(picture)
    width = max((len(cell.text) for lane in drawing.lanes for cell in lane.cells), default=1)
    return "\n".join(line for lane in drawing.lanes for line in _in_characters(lane, width))


def _in_characters(lane: Lane, width: int) -> Iterator[str]:
    yield ", ".join(
        filter(None, (f"{lane.title}: {lane.share}" if lane.share else lane.title, lane.words))
    )
    if not lane.cells:
        return
    earlier = f"{lane.earlier} more " if lane.earlier else ""
    later = f" {lane.later} more" if lane.later else ""
    indent = f"  {earlier}"
    drawn = "|".join(
        f"[{cell.text:^{width}}]" if cell.colour == "returned" else f" {cell.text:^{width}} "
        for cell in lane.cells
    )
    yield f"{indent}|{drawn}|{later}"
    rows: list[str] = []
    for column, words in _words_below(lane, width + len("[]|")):
        text = f"^ {words}"
        row = next((at for at, line in enumerate(rows) if len(line) <= column), len(rows))
        if row == len(rows):
            rows.append("")
        rows[row] = f"{rows[row]:<{column}}{text}  "
    yield from (f"{' ' * (len(indent) + 2)}{line.rstrip()}" for line in rows)


def _words_below(lane: Lane, step: int) -> Iterator[tuple[int, str]]:
    """Yield the words below a lane's records, each with the column that it points at."""
    left = lane.cells[0].x
    spans = [
        *lane.spans,
        *(Span(cell.x, 0, CELL, f"key {cell.key}", "") for cell in lane.cells if cell.key),
    ]
    for span in sorted(spans, key=lambda span: span.x):
        at = round((span.x - left) / (CELL + GAP) * step)
        records = round((span.width + GAP) / (CELL + GAP))
        yield max(0, at), f"{span.text} ({records})" if records > 1 else span.text
