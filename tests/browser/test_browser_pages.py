"""Every page opens from the disk without an error, a request, or a broken link, at three sizes, by keyboard too."""

from __future__ import annotations

import json
import os
import struct
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desk": (1440, 900)}
TALLEST = 3000


def _open(browser: Any, page: Path, size: str = "desk", scheme: str = "light") -> None:
    width, height = SIZES[size]
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone"}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    feature = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)
    browser.get(page.resolve().as_uri())


def _requests(browser: Any) -> list[str]:
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


def test_no_page_has_an_error_a_script_or_a_request(browser: Any, pages: list[Path]) -> None:
    assert pages
    browser.get_log("performance")
    for page in pages:
        _open(browser, page)
        assert browser.title, page
        assert browser.get_log("browser") == [], page
        assert browser.execute_script("return document.scripts.length") == 0, page
        asked = [url for url in _requests(browser) if not url.startswith("data:")]
        assert asked == [page.resolve().as_uri()], page


def test_no_link_is_broken(browser: Any, site: Path, pages: list[Path]) -> None:
    names = "return [...document.links].map(a => [a.href, a.textContent.trim() || a.getAttribute('aria-label')])"
    for page in pages:
        _open(browser, page)
        for href, text in browser.execute_script(names):
            parts = urlsplit(href)
            target = Path(unquote(parts.path))
            assert parts.scheme == "file", (page, href)
            assert text, (page, href)
            assert target.is_file(), (page, href)
            assert target.is_relative_to(site), (page, href)
            if parts.fragment and target == page.resolve():
                assert browser.execute_script("return !!document.getElementById(arguments[0])", unquote(parts.fragment))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_screen(browser: Any, samples: list[Path], size: str, scheme: str, tmp_path: Path) -> None:
    """No page is wider than the screen, and none is blank; the pictures are kept where CERTIFY_SCREENSHOTS says."""
    folder = Path(os.environ.get("CERTIFY_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    width = SIZES[size][0]
    for page in samples:
        _open(browser, page, size, scheme)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, page
        tall = min(browser.execute_script("return document.documentElement.scrollHeight"), TALLEST)
        metrics = {"width": width, "height": tall, "deviceScaleFactor": 1, "mobile": size == "phone"}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        picture = browser.get_screenshot_as_png()
        (folder / f"{page.parent.name}-{page.stem}-{size}-{scheme}.png").write_bytes(picture)
        assert _colours(picture) > 50, page


def _colours(png: bytes) -> int:
    """How many different three-byte groups a PNG holds, as a sign that something is drawn."""
    data, place = b"", 8
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        data += png[place + 8 : place + 8 + length] if kind == b"IDAT" else b""
        place += length + 12
    raw = zlib.decompress(data)
    return len({raw[k : k + 3] for k in range(0, len(raw) - 3, 3)})


def test_the_keyboard_reaches_the_content_first(browser: Any, samples: list[Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    for page in samples:
        _open(browser, page)
        browser.find_element("tag name", "body").send_keys(Keys.TAB)
        skip = browser.switch_to.active_element
        assert skip.text == "Skip to the content", page
        assert skip.rect["x"] >= 0, page
        skip.send_keys(Keys.ENTER)
        assert browser.execute_script("return document.activeElement.id") == "main", page


UNREACHABLE = """
return [...document.querySelectorAll('*')].filter(e => {
  const style = getComputedStyle(e);
  const moves = ['auto', 'scroll'].includes(style.overflowX) || ['auto', 'scroll'].includes(style.overflowY);
  const more = e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
  return moves && more && e.tabIndex < 0 && e !== document.documentElement && e !== document.body;
}).map(e => e.outerHTML.slice(0, 120))
"""
NAMELESS = """
const named = e => e.getAttribute('aria-label') || e.getAttribute('aria-labelledby');
return [...document.querySelectorAll('img:not([alt]), svg:not([aria-hidden=true])')].filter(e => !named(e)
  && !e.closest('[aria-hidden=true]') && !e.closest('[role=img]')).map(e => e.outerHTML.slice(0, 120))
"""
LEVELS = "return [...document.querySelectorAll('h1,h2,h3,h4')].map(e => Number(e.tagName[1]))"


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_screen_reader_finds_its_way(browser: Any, samples: list[Path], size: str) -> None:
    for page in samples:
        _open(browser, page, size)
        assert browser.execute_script("return document.documentElement.lang") == "en"
        assert browser.execute_script("return document.querySelectorAll('main').length") == 1
        assert browser.execute_script(UNREACHABLE) == [], page
        assert browser.execute_script(NAMELESS) == [], page
        levels = browser.execute_script(LEVELS)
        assert levels[0] == 1, page
        assert levels.count(1) == 1, page
        assert all(after - before <= 1 for before, after in pairwise(levels)), (page, levels)
        cells = "return [...document.querySelectorAll('th')].filter(e => !e.scope).length"
        assert browser.execute_script(cells) == 0, page


def test_details_open_without_a_script(browser: Any, samples: list[Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    for page in samples:
        _open(browser, page)
        for summary in browser.find_elements("css selector", "details:not([open]) > summary")[:2]:
            summary.send_keys(Keys.ENTER)
            assert summary.find_element("xpath", "..").get_attribute("open") is not None, page
