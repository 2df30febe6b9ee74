"""Certificates of every kind, some proved here and some made by hand, and a reader of pages."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from certify import prove
from certify.certificate import Certificate, hexadecimal, integers, sealed_document
from certify.proofs import prove_matrix

ERF = 'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))'
RELU = "serial(Dense(), Relu(), Dense())"
SQUARE = "serial(Dense(), Monomial(2), Dense())"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

Edit = Callable[..., Certificate]


class Page(HTMLParser):
    """What a page holds: its elements, its text, whatever refers to something, and where its tags do not match."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source
        self.open: list[str] = []
        self.faults: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.pieces: list[str] = []
        self.feed(source)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    @property
    def text(self) -> str:
        """The visible words with single spaces."""
        return " ".join("".join(self.pieces).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> inside {self.open[-3:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.pieces.append(data)

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")
        if len({name for name, _ in attrs}) < len(attrs):
            self.faults.append(f"<{tag}> states an attribute twice")


@pytest.fixture(scope="session")
def edit() -> Edit:
    """A certificate with parts of its claim, proof or labels replaced, sealed again."""

    def edited(original: Certificate, *, claim: Any = (), proof: Any = None, labels: Any = None) -> Certificate:
        document = original.document
        return Certificate(
            sealed_document(
                {**document["claim"], **dict(claim)},
                document["proof"] if proof is None else proof,
                document["labels"] if labels is None else labels,
            )
        )

    return edited


@pytest.fixture(scope="session")
def page() -> Callable[[str], Page]:
    return Page


@pytest.fixture(scope="session")
def certificates(edit: Edit) -> dict[str, Certificate]:
    """One certificate for every verdict and every kind of proof."""
    plane = [[1, 2], [3, 5], [1, 1]]
    square = prove(SQUARE, plane)
    zero = {"lambda_min": {"lower": "0", "upper": "0"}, "verdict": "singular"}
    upper = square.claim["lambda_min"]["upper"]
    indefinite = np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, -1.0]])
    return {
        "positive": prove(ERF, "iris", normalize="unit"),
        "comfortable": square,
        "undecided": prove(ERF, "iris", normalize="unit", method="dense", max_bits=53),
        "family": prove(RELU, [[1, 2], [3, 6], [1, 0], [-1, 4]]),
        "antipodal": prove(RELU, [[1, 2], [-1, -2], [1, 1], [-1, -1], [1, 0], [-1, 0]]),
        "rank": prove("serial(Dense(), Dense())", plane),
        "matrix": prove_matrix(np.array([[2.0, 1.0], [1.0, 3.0]]), 1e-9),
        "negative": prove_matrix(indefinite),
        "single": prove(RELU, [[1, 2]]),
        "huge": prove("serial(Dense(), Monomial(3), Dense())", [["1e150", "2e150"], ["3e150", "-1e150"]]),
        "modular": edit(
            square,
            claim={"lambda_min": {"lower": None, "upper": upper}},
            proof={
                "bits": 53,
                "kind": "modular",
                "modulus": hexadecimal(2**61 - 1),
                "vector": square.document["proof"]["vector"],
            },
        ),
        "null vector": edit(
            square, claim=zero, proof={"entries": integers([1, -3, 2]), "kind": "null vector", "rows": [0, 1, 2]}
        ),
    }
