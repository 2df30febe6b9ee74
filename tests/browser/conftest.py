"""A headless Chromium, and a site to look at.

CERTIFY_SITE names a built site; without it a small one is built. CERTIFY_REQUIRE_BROWSER turns "no browser here" from a
skip into a failure. Chromium and its driver are found on the path, or where CERTIFY_CHROMIUM, CERTIFY_CHROMEDRIVER say.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certify import prove
from certify.proofs import prove_matrix
from reports.site import build_site

ERF = 'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))'
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
# The browser's own errands stay off, so that any request that is seen is the page's.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


def _missing(what: str) -> Any:
    if os.environ.get("CERTIFY_REQUIRE_BROWSER"):
        pytest.fail(f"the site was not tested: {what}")
    pytest.skip(f"the site was not tested: {what}")


def _program(variable: str, *names: str) -> str:
    named = os.environ.get(variable)
    found = named if named else next((path for name in names if (path := shutil.which(name))), None)
    if found is None or shutil.which(found) is None:
        _missing(f"there is no {found or names[0]}; {variable} may name one")
    return str(found)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A driver whose console and network logs are kept."""
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
    except ModuleNotFoundError:
        _missing("selenium is not installed")
    chromium = _program("CERTIFY_CHROMIUM", "chromium", "chromium-browser", "google-chrome")
    driver = _program("CERTIFY_CHROMEDRIVER", "chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, *QUIET):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(driver))
    yield started
    started.quit()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site under test."""
    built = os.environ.get("CERTIFY_SITE")
    if built:
        return Path(built).resolve()
    folder = tmp_path_factory.mktemp("evidence")
    prove(ERF, "iris", normalize="unit", rows=40).save(folder / "erf.cert")
    prove("serial(Dense(), Dense())", "iris", rows=8).save(folder / "linear.cert")
    prove(ERF, "iris", method="theorem").save(folder / "theorem.cert")
    prove_matrix(np.array([[2.0, 1.0], [1.0, 3.0]]), 1e-9).save(folder / "matrix.cert")
    (folder / "<b>damaged.cert").write_text("{}\n")
    reports = Path(__file__).parents[2] / "reports"
    out = tmp_path_factory.mktemp("site")
    build_site([folder, reports / "benchmarks"], out)
    return out


@pytest.fixture(scope="session")
def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


@pytest.fixture(scope="session")
def samples(site: Path) -> list[Path]:
    """The index, and of every folder of pages the first and the largest."""
    found = [site / "index.html"]
    for folder in sorted(path for path in site.iterdir() if path.is_dir()):
        inside = sorted(folder.glob("*.html"))
        if inside:
            found += sorted({inside[0], max(inside, key=lambda path: path.stat().st_size)})
    return found
