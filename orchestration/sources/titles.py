"""Rows above a table's column names: the title of a report, when it was made, for whom.

Belongs here: how many there are. Reading the files is `headers`', `csv_reader`'s and `workbooks`' business.
"""

from collections.abc import Sequence

LOOKED_AT = 20  # rows of a file; reports have a dozen lines above their table at most
TITLE_CELLS = 3  # `Created by | Jane | 3/1/2026`
_NAME_LENGTH = 100


def titles_above(rows: Sequence[Sequence[str]]) -> int:
    """How many of a file's first `rows` (their cells as text) are titles; 0 where the first one may name the
    columns.

    A title fills up to three cells and less than half as many as the row that names the columns: the first
    that is so much wider, of texts that differ and begin with no digit, above rows that are mostly wider than
    any title too. A single wide row in a narrow file is a damaged record.
    """
    filled = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    widest = 0
    for index, cells in enumerate(filled):
        if index and len(cells) >= TITLE_CELLS and len(cells) > 2 * widest:
            below = [len(row) > widest for row in filled[index + 1 :]]
            return index if _are_names(cells) and 2 * sum(below) >= len(below) else 0
        widest = max(widest, len(cells))
        if widest > TITLE_CELLS:
            break
    return 0


def told(file: str, titles: Sequence[str]) -> tuple[str, ...]:
    """The warning about what stands above the column names; nothing where nothing does."""
    shown = "; ".join(title[:80] for title in titles)
    return (f"{file}: left out above the column names: {shown}",) if titles else ()


def _are_names(cells: Sequence[str]) -> bool:
    is_short = all(len(cell) <= _NAME_LENGTH and not cell[0].isdigit() for cell in cells)
    return is_short and len({cell.lower() for cell in cells}) == len(cells)
