"""A page holds the claim, the bounds and the way to check them, and refers to nothing outside itself."""

import html
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import certify
from certify import load
from certify.certificate import Certificate
from reports import render_page, write_page
from reports.facts import facts
from reports.numbers import as_text

KINDS = (
    "positive",
    "comfortable",
    "undecided",
    "family",
    "antipodal",
    "rank",
    "matrix",
    "negative",
    "single",
    "huge",
    "modular",
    "null vector",
)
REFERRING = {"src", "href", "xlink:href", "action", "data", "srcset", "poster", "background", "cite", "formaction"}
Reader = Callable[[str], Any]


@pytest.fixture(params=KINDS)
def certificate(request: pytest.FixtureRequest, certificates: dict[str, Certificate]) -> Certificate:
    return certificates[request.param]


def test_every_page_is_balanced_html_with_unique_ids(certificate: Certificate, page: Reader) -> None:
    read = page(render_page(certificate))
    assert read.faults == []
    assert len(read.ids) == len(set(read.ids))


def test_links_inside_a_page_and_labels_lead_somewhere(certificate: Certificate, page: Reader) -> None:
    read = page(render_page(certificate))
    inner = [value[1:] for _, name, value in read.attributes if name == "href" and value.startswith("#")]
    named = [value for _, name, value in read.attributes if name == "aria-labelledby"]
    assert inner
    assert set(inner) | set(named) <= set(read.ids)


def test_no_page_runs_a_script_or_refers_outside(certificate: Certificate, page: Reader) -> None:
    read = page(render_page(certificate))
    assert not {"script", "iframe", "object", "embed", "base", "form", "input"} & set(read.tags)
    for tag, name, value in read.attributes:
        assert not name.startswith("on"), f"<{tag} {name}>"
        if name in REFERRING:
            assert value.startswith(("#", "data:image/")), f"<{tag} {name}={value[:40]}>"
    assert not re.search(r"url\(|@import|https?://|//[a-z]", re.sub(r"base64,[^\"]*", "", read.source))


def test_a_policy_forbids_scripts_and_loading(certificate: Certificate, page: Reader) -> None:
    policy = [
        value for tag, name, value in page(render_page(certificate)).attributes if value.startswith("default-src")
    ]
    assert policy == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    ]


def test_pictures_have_words(certificate: Certificate, page: Reader) -> None:
    read = page(render_page(certificate))
    pictures = [name for tag, name, value in read.attributes if tag == "img" and name == "alt" and len(value) > 40]
    drawn = re.findall(r'role="img" aria-label="([^"]*)"', read.source)
    assert len(pictures) == read.tags.count("img") == 1
    assert len(drawn) == read.source.count('role="img"') >= 1
    assert all(len(words) > 40 for words in drawn)
    assert read.tags.count("figure") == read.tags.count("figcaption")


def test_a_page_is_small(certificate: Certificate) -> None:
    assert len(render_page(certificate).encode()) < 1_500_000


def test_a_page_states_verdict_network_and_exact_bounds(certificate: Certificate, page: Reader) -> None:
    text = page(render_page(certificate)).text
    titles = {"negative": "A negative eigenvalue"}
    assert titles.get(certificate.verdict, certificate.verdict.capitalize()) in text
    bounds = certificate.claim["lambda_min"]
    assert bounds["upper"] in text
    assert (bounds["lower"] or "greater than 0, no number") in text
    if certificate.network is not None:
        assert certificate.network in text
    assert ("certify check" in text) == (certificate.verdict != "undecided")
    assert ("python -I -S certify/checker FILE.cert" in text) == (certificate.verdict != "undecided")


def test_the_claim_is_one_sentence_with_bounds_rounded_outward(
    certificates: dict[str, Certificate], page: Reader
) -> None:
    text = page(render_page(certificates["positive"])).text
    assert (
        'The neural tangent kernel (NTK) of serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, '
        'b_var="1/100")) on 149 exact points of the bundled set iris in 4 dimensions, scaled to length one, is '
        "positive definite: its smallest eigenvalue lies between 2.505"
    ) in text
    lower, upper = certificates["positive"].lambda_min
    shown = [float(found) for found in re.findall(r"(2\.50\d+) × 10−23", text)]
    assert lower is not None
    assert min(shown) * 1e-23 <= float(lower) < float(upper) <= max(shown) * 1e-23


def test_each_verdict_is_worded_in_its_own_way(certificates: dict[str, Certificate], page: Reader) -> None:
    words = {
        "family": "is singular: its smallest eigenvalue is exactly zero.",
        "matrix": "Every symmetric 2 × 2 matrix in the given ball (labelled “matrix”) is positive definite",
        "modular": "its smallest eigenvalue is greater than zero and at most",
        "negative": "is not positive semidefinite: its smallest eigenvalue is negative, between −1.3",
        "undecided": "which does not decide its sign.",
    }
    for kind, sentence in words.items():
        assert sentence in page(render_page(certificates[kind])).text


def test_each_proof_is_explained(certificates: dict[str, Certificate], page: Reader) -> None:
    words = {
        "positive": "λmin(A) ≥ s − ‖A − s I − L L⊤‖∞",
        "modular": "det A ≢ 0 (mod m)",
        "null vector": "v⊤A v = 0",
        "rank": "rank A ≤ 2 < 3",
        "family": "One point is a positive multiple of another",
        "antipodal": "The points include antipodal pairs",
        "undecided": "there is no certificate to check",
        "matrix": "The file holds a ball of matrices",
    }
    for kind, phrase in words.items():
        assert phrase in page(render_page(certificates[kind])).text


def test_a_null_vector_is_printed_with_its_rows(certificates: dict[str, Certificate], page: Reader) -> None:
    assert "row012" in page(render_page(certificates["null vector"])).text.replace(" ", "")
    assert "entry1-32" in page(render_page(certificates["null vector"])).text.replace(" ", "")


def test_what_float64_says_is_shown_as_unproved(certificates: dict[str, Certificate], page: Reader) -> None:
    read = page(render_page(certificates["positive"]))
    assert "Float64 would say: not positive definite. The sign is wrong" in read.text
    assert "cholesky fails" in read.text
    assert read.source.count("mark-float") > 10


def test_a_matrix_beyond_float64_still_has_its_page(certificates: dict[str, Certificate], page: Reader) -> None:
    text = page(render_page(certificates["huge"])).text
    assert "Float64 has no answer" in text
    assert "Float64 cannot hold this matrix" in text


def test_an_undecided_question_is_nowhere_called_proved(certificates: dict[str, Certificate]) -> None:
    source = render_page(certificates["undecided"])
    assert "mark-proved" not in source.split("</style>")[1]
    assert "mark-enclosed" in source.split("</style>")[1]


def test_a_broken_seal_is_announced_and_nothing_called_proved(
    certificates: dict[str, Certificate], page: Reader
) -> None:
    broken = Certificate({**certificates["comfortable"].document, "seal": "0" * 64})
    read = page(render_page(broken))
    assert "The seal does not match the content." in read.text
    assert "Claimed: positive definite" in read.text
    assert "mark-proved" not in read.source.split("</style>")[1]
    assert "The seal does not match" not in page(render_page(certificates["comfortable"])).text


def test_every_number_in_the_table_says_how_it_is_known(certificates: dict[str, Certificate], page: Reader) -> None:
    source = render_page(certificates["positive"])
    table = source[source.index('<table class="facts">') :]
    rows = re.findall(r"<tr>.*?</tr>", table[: table.index("</table>")], re.DOTALL)[1:]
    assert len(rows) >= 15
    assert all(len(re.findall(r'class="mark mark-', row)) == 1 for row in rows)


def test_labels_are_all_shown_as_labels(certificates: dict[str, Certificate], page: Reader) -> None:
    text = page(render_page(certificates["positive"])).text
    for key, value in certificates["positive"].labels.items():
        for entry in value.values() if isinstance(value, dict) else [value]:
            assert key in text
            assert str(entry) in text
    assert "Nothing checks it, and nothing rests on it." in text


def test_the_digest_is_the_one_that_the_checker_prints(
    certificates: dict[str, Certificate], page: Reader, tmp_path: Path
) -> None:
    from certify.checker import check_file

    path = certificates["positive"].save(tmp_path / "iris.cert")
    assert str(check_file(path).points_sha256) in page(render_page(certificates["positive"])).text


def test_the_same_certificate_gives_the_same_bytes_in_another_process(
    certificates: dict[str, Certificate], tmp_path: Path
) -> None:
    path = certificates["positive"].save(tmp_path / "iris.cert")
    first = write_page(load(path), tmp_path / "one", name="iris").read_bytes()
    code = (
        "import sys; from certify import load; from reports import write_page; "
        "write_page(load(sys.argv[1]), sys.argv[2], 'iris')"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "OPENBLAS_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-c", code, str(path), str(tmp_path / "two")], check=True, env=environment)
    assert (tmp_path / "two" / "iris.html").read_bytes() == first


def test_the_commands_on_the_page_run(
    certificates: dict[str, Certificate], page: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certify.cli import main

    monkeypatch.chdir(tmp_path)
    for kind in ("positive", "comfortable", "rank", "matrix"):
        certificates[kind].save("it.cert")
        lines = re.findall(r"<dd><pre[^>]*><code>(.*?)</code>", render_page(certificates[kind], "it"))
        commands = [html.unescape(re.sub("<[^>]*>", "", line)) for line in lines]
        ran = [shlex.split(line)[1:] for line in commands if line.startswith("certify ") and "DATA" not in line]
        assert len(ran) >= 1
        assert all(main(arguments) == 0 for arguments in ran), ran
        isolated = next(line for line in commands if line.startswith("python -I -S certify/checker "))
        checker = Path(certify.__file__).parent / "checker"
        words = [sys.executable, "-I", "-S", str(checker), *shlex.split(isolated)[4:]]
        assert subprocess.run(words, check=False, capture_output=True).returncode == 0


def test_the_figure_shows_numbers_as_people_write_them() -> None:
    assert as_text("-1.3e-14") == "−1.3 × 10⁻¹⁴"
    assert as_text("1e5") == "10⁵"
    assert as_text("0.25") == "0.25"


def test_the_table_gives_the_eigenvalues_in_full(certificates: dict[str, Certificate], page: Reader) -> None:
    from reports.claims import read_claim
    from reports.float64 import float64_view
    from reports.matrix_image import matrix_image

    certificate = certificates["positive"]
    claim = read_claim(certificate)
    view = float64_view(certificate, claim)
    text = page(render_page(certificate)).text
    assert all(repr(value) in text for value in view.descending)
    assert all(fact.value in text for fact in facts(claim, view, matrix_image(view)))
