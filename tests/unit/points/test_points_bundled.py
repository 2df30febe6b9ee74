"""The bundled sets are scikit-learn's, number for number."""

from __future__ import annotations

import hashlib
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from certify.points import BUNDLED, load_points, load_points_and_target

# SHA-256 of load_NAME().data as little-endian doubles and of .target as little-endian int64, scikit-learn 1.9.1.
SCIKIT_LEARN = {
    "iris": (
        "012f498fe9c8b3b34212c3c5d98e1f03f2f79931cd49349beb1bad64dcf164a7",
        "734737f11162991213afc3a96aa5e8823b2d9cdcfb8992df1e85a0bae44b2395",
    ),
    "wine": (
        "8edcf3903afd97c64d51e0212eb10b213f7943da650574d1c055b836c5c35d37",
        "b6514e07a6d27854e0da000ca82d8d8cc3d0cb904c51600344ca34f1ee04884b",
    ),
    "breast_cancer": (
        "6b202a2072f9a0385f405a8f8605b1b06f6f36ae6d23d9cd6cbbc0974a416bc7",
        "1763c0f8cd3f454b9eda72031113884593bb382411c0cd511e3ec6e7ac85cddb",
    ),
    "digits": (
        "20def7f70a702f0af9732fbba4375e147a7d54fe70d8c45569b8e7c1c7010c10",
        "a3c91c262eddcf7ba8f0e37507c30284493c9b20412ffe4af30d536401f7ba21",
    ),
}
SIZES = {"iris": (150, 4), "wine": (178, 13), "breast_cancer": (569, 30), "digits": (1797, 64)}
DISTINCT = {"iris": 149, "wine": 178, "breast_cancer": 569, "digits": 1797}


@pytest.mark.parametrize("name", SCIKIT_LEARN)
def test_the_nearest_doubles_are_those_of_scikit_learn(name: str) -> None:
    points, target = load_points_and_target(name, target="target")
    assert target is not None
    doubles = np.array([[float(entry) for entry in row] for row in points.as_fractions()])
    data, classes = SCIKIT_LEARN[name]
    assert hashlib.sha256(doubles.astype("<f8").tobytes()).hexdigest() == data
    assert hashlib.sha256(np.array([int(value) for value in target]).astype("<i8").tobytes()).hexdigest() == classes


@pytest.mark.parametrize("name", SIZES)
def test_sizes(name: str) -> None:
    points = load_points(name)
    assert (points.n, points.columns) == SIZES[name]
    assert points.name == name
    assert points.column_names is not None
    assert len(set(points.column_names)) == points.columns
    assert "target" not in points.column_names


@pytest.mark.parametrize("normalize", ["none", "unit"])
@pytest.mark.parametrize("name", DISTINCT)
def test_numbers_of_distinct_points(name: str, normalize: str) -> None:
    points = load_points(name)
    distinct = points.drop_duplicates(normalize)  # type: ignore[arg-type]
    assert distinct.points.n == DISTINCT[name]
    assert distinct.dropped == points.n - DISTINCT[name]
    assert distinct.pairs == (((101, 142),) if name == "iris" else ())


def test_rows_35_and_38_of_iris_are_fishers_and_not_those_of_uci() -> None:
    rows = load_points("iris").as_fractions()
    assert rows[34] == (Fraction("4.9"), Fraction("3.1"), Fraction("1.5"), Fraction("0.2"))
    assert rows[37] == (Fraction("4.9"), Fraction("3.6"), Fraction("1.4"), Fraction("0.1"))


def test_decimals_are_not_their_nearest_doubles() -> None:
    assert load_points("iris").as_fractions()[0][0] == Fraction(51, 10) != Fraction(5.1)


def test_digits_declares_images_with_and_without_a_channel() -> None:
    digits = load_points("digits")
    assert digits.shape is None
    assert digits.declared_shapes == ((8, 8, 1), (8, 8))
    assert load_points("digits", target=-1).declared_shapes == ((8, 8, 1), (8, 8))
    assert load_points("iris").declared_shapes == ()


def test_sources_page_names_every_file_with_its_digest_and_licence() -> None:
    folder = Path(__file__).parents[3] / "certify" / "points" / "bundled"
    page = (folder / "SOURCES.md").read_text()
    digests = dict(re.findall(r"\| `(\w+)\.csv` \|.*\| `([0-9a-f]{64})` \|", page))
    assert set(digests) == set(BUNDLED)
    for name, bundled in BUNDLED.items():
        assert hashlib.sha256(bundled.content()).hexdigest() == digests[name] == load_points(name).source_sha256
        assert "CC BY 4.0" in bundled.licence
        doi = re.search(r"10\.24432/\w+", bundled.source)
        assert doi is not None
        assert doi[0] in page
    assert sum(file.stat().st_size for file in folder.glob("*.csv")) < 10**6
