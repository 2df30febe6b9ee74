"""Points from comma separated text: every cell is the exact decimal or ratio that it shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from certify.arithmetic.rationals import MAX_CHARACTERS, Ratio, abbreviate, is_text, ratio_of_text
from certify.errors import InputError
from certify.points.limits import common_denominator, require_columns, require_entries, require_rows
from certify.points.values import Points


def points_of_csv(content: bytes, *, rows: int | None, name: str, source_sha256: str) -> Points:
    """The exact points in the bytes of a CSV file, all columns included.

    UTF-8 with or without a byte order mark, comma separated, cells quoted or not, blank lines skipped. The first line
    names the columns if one of its cells is no number (an empty cell, NaN or infinity does not make it a heading: it is
    reported). With `rows` the lines after so many rows are not looked at.

    Raises InputError for text, an empty cell, NaN or infinity (naming line and column), ragged rows, quotes that do not
    close, text that is not UTF-8, no rows, more than 10**7 rows or 10**5 columns, and numbers beyond the limits.
    """
    table = _Table.read(content, rows, name)
    denominator = common_denominator({d for _, d in table.exact.values()}, name)
    entries = {cell: numerator * (denominator // d) for cell, (numerator, d) in table.exact.items()}
    integers = tuple(tuple(map(entries.__getitem__, row)) for row in table.rows)
    require_entries(integers, name)
    return Points.reduced(integers, denominator, name=name, source_sha256=source_sha256, column_names=table.heading)


@dataclass(frozen=True)
class _Table:
    heading: tuple[str, ...] | None
    rows: list[list[str]]
    exact: dict[str, Ratio]

    @classmethod
    def read(cls, content: bytes, limit: int | None, name: str) -> _Table:
        records = _records(_decode(content, name), name)
        line, first = next(records, (0, []))
        if not first:
            raise InputError(f"{name} has no rows; give at least one point.")
        require_columns(len(first), name)
        heading = tuple(cell.strip() for cell in first) if any(map(is_text, first)) else None
        table = cls(heading, [], {})
        if heading is None:
            table._append(line, first, name)
        while limit is None or len(table.rows) < limit:
            line, record = next(records, (0, []))
            if not record:
                break
            if len(record) != len(first):
                raise InputError(
                    f"{name}, line {line} has {_count(len(record))} where the first line has {len(first)}; "
                    "give every row the same number of cells, separated by commas."
                )
            table._append(line, record, name)
            require_rows(len(table.rows), name)
        if not table.rows:
            raise InputError(f"{name} has a heading but no rows; give at least one point.")
        return table

    def _append(self, line: int, record: list[str], name: str) -> None:
        for column, cell in enumerate(record):
            if cell not in self.exact:
                try:
                    self.exact[cell] = ratio_of_text(cell)
                except InputError as error:
                    heading = f" ({abbreviate(self.heading[column])})" if self.heading else ""
                    raise InputError(f"{name}, line {line}, column {column + 1}{heading}: {error}") from None
        self.rows.append(record)


def _records(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                f"{name}, line {reader.line_num} cannot be split into cells ({error}); "
                f"check its quotes and write at most {MAX_CHARACTERS} characters a cell."
            ) from error
        if record:
            yield reader.line_num, record


def _decode(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not UTF-8 text (byte {error.start + 1}); save it as comma separated UTF-8."
        ) from error


def _count(cells: int) -> str:
    return "1 cell" if cells == 1 else f"{cells} cells"
