"""What every refusal of bad input must look like."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from certify.errors import InputError

# Tests neither read nor leave anything in the user's cache.
os.environ["CERTIFY_CACHE"] = "off"

Refused = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def refused() -> Refused:
    """A context that demands one InputError: one sentence on one line that holds all the given parts."""

    @contextmanager
    def context(*parts: str) -> Iterator[None]:
        with pytest.raises(InputError) as caught:
            yield
        message = str(caught.value)
        assert message.endswith(".")
        assert ". " not in message
        assert "\n" not in message
        assert len(message) < 300
        for part in parts:
            assert part in message

    return context


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], str]:
    """Writes a CSV file and gives its path."""

    def writer(content: str | bytes) -> str:
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return writer
