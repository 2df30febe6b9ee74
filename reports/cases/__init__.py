"""Float64 against proof: certificates on bundled data, and what numpy says of the same matrices."""

from reports.cases.catalogue import CASES, Case, prove_cases
from reports.cases.rows import Row, case_row, markdown, read_rows, rows_json, text_table

__all__ = ["CASES", "Case", "Row", "case_row", "markdown", "prove_cases", "read_rows", "rows_json", "text_table"]
