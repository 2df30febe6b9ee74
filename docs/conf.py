"""Sphinx configuration: `tox -e docs` builds the pages into build/docs, warnings being errors."""

from pathlib import Path

from certify import __version__
from reports.cases import markdown, prove_cases, read_rows

project = "ntk-certify"
author = "The ntk-certify authors"
copyright = "The ntk-certify authors"
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "sphinx_copybutton",
]
myst_enable_extensions = ["dollarmath", "amsmath", "deflist"]
myst_heading_anchors = 3
autodoc_typehints = "none"
autodoc_member_order = "bysource"
copybutton_exclude = ".linenos, .gp, .go"
html_theme = "furo"
html_title = "ntk-certify"
html_theme_options = {"navigation_with_keys": True}
exclude_patterns = ["_build", "generated/*.md"]
GENERATED = Path(__file__).parent / "generated"
nitpicky = False


def _escape_bars(app: object, *rest: object) -> None:
    """|x| is an absolute value here and no substitution of reStructuredText."""
    lines = rest[-1]
    assert isinstance(lines, list)
    lines[:] = [line.replace("|", r"\|") for line in lines]


def _write_table(app: object) -> None:
    """Float64 against proof: certificates that are missing are proved, all are checked, and the table is written."""
    prove_cases(GENERATED / "cases", report=lambda line: None)
    rows, refused = read_rows(sorted((GENERATED / "cases").glob("*.cert")), print)
    if refused:
        raise RuntimeError(f"certificates that do not verify: {refused}; remove docs/generated and build again.")
    table = markdown(rows, "{{download}}`file <generated/cases/{name}.cert>`")
    (GENERATED / "float64-table.md").write_text(table, encoding="utf-8")


def setup(app: object) -> None:
    app.connect("builder-inited", _write_table)  # type: ignore[attr-defined]
    for event in ("autodoc-process-docstring", "sphinx-click-process-description", "sphinx-click-process-options"):
        app.connect(event, _escape_bars)  # type: ignore[attr-defined]
