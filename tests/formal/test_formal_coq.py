"""Coq accepts what is true and refuses what is not."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from planted_errors import ATTACKS, SINGULAR_ATTACKS

import certify
from certify.formal import export_coq

pytestmark = pytest.mark.slow

Compile = Callable[[Path], subprocess.CompletedProcess[str]]
CORPUS = Path(__file__).parent.parent / "certificates" / "valid"
DEEP = 'serial(Dense(W_var=2, b_var="1/7"), Relu(), Dense(W_var="3/2"), Erf(), Dense(b_var=1), Abs(), Dense())'
CLAIMS = [
    ("serial(Dense(), Relu(), Dense())", [[1, 0], [-1, 0], [1, "1/1000000"]], "none"),
    ("serial(Dense(), Relu(), Dense())", [[3, 0], [1, 1], [-5, 12]], "unit"),
    ('serial(Dense(b_var="1/100"), Relu(), Dense())', [[1, 2], [2, 4], [0, 0]], "none"),
    ("serial(Dense(), Relu(), Dense(), Relu(), Dense())", [[1, 0], [-1, 0], [1, 1]], "none"),
    ("serial(Dense(W_var=2), Dense(), Erf(), Dense())", [["1e-30", 1], [1, "1e20"]], "none"),
    ('serial(Dense(b_var=1), Erf(a=2, b="1/3", c=1))', [[1], [-1], [2]], "none"),
    (DEEP, [[1, 2], [2, 1], [-1, -2]], "none"),
    (DEEP, [[1, 2], [2, 1], [-1, -2]], "unit"),
    (DEEP, [[1, 2], [2, 1], [-1, -2], [3, 0], [0, 5], [-7, 1], [1, 1]], "none"),
    ("serial(Dense(), Sigmoid_like(), Dense())", [[1, 0], [0, 1]], "unit"),
    ('serial(Dense(), LeakyRelu("1/10"), Dense())', [[7, 0]], "none"),
]
ACTIVATIONS = [
    *("Sign()", "Step()", "RectifiedMonomial(0)", "RectifiedMonomial(5)", "Gelu()", 'Sin(a=2, b="1/2", c="1/3")'),
    *("Cos()", 'Rbf("1/2")', 'Exp(b="1/3")', 'Gaussian(a=2, b="-1/2")', "Gabor()", 'Polynomial([1, "1/2", 0, 2])'),
    *("Monomial(3)", "Hermite(4)"),
]
SHIPPED = ["abrelu", "twelve-points", "deep", "norms-mixed", "zero-row-biased", "points-beside"]


@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
@pytest.mark.parametrize(("network", "points", "normalize"), CLAIMS)
def test_true_claims_are_accepted(
    network: str, points: object, normalize: str, kernel: str, exported: Callable[..., Path], compiled: Compile
) -> None:
    path = exported(network, points, kernel=kernel, normalize=normalize)
    answer = compiled(path)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_with_a_closed_dual_is_accepted(
    activation: str, exported: Callable[..., Path], compiled: Compile
) -> None:
    network = f"serial(Dense(W_var=2), {activation}, Dense(b_var='1/3'), {activation}, Dense())"
    answer = compiled(exported(network, [[1, 2], [2, -1], ["-1/2", 2]]))
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("name", SHIPPED)
def test_certificates_of_the_corpus_are_accepted(name: str, tmp_path: Path, compiled: Compile) -> None:
    path = tmp_path / "theorem.v"
    path.write_text(export_coq(certify.load(CORPUS / f"{name}.cert"), standalone=False).text)
    answer = compiled(path)
    assert answer.returncode == 0, answer.stderr


SINGULAR = [
    ("serial(Dense(W_var=2), Relu(), Dense(), LeakyRelu(3), Dense())", [[1, 2], [0, 1], [3, 6]], "none"),
    ("serial(Dense(), Abs(), Dense(b_var=1), Erf(), Dense())", [[1, 2], [-1, -2]], "none"),
    ("serial(Dense(), Erf(a=2, b=3), Dense())", [[1, 2], [5, 1], [-1, -2]], "none"),
    ("serial(Dense(), Erf(), Dense())", [[1, 2], [-3, -6]], "unit"),
    ("serial(Dense(), Abs(), Dense(), Relu(), Dense())", [["1/2", 1], ["-3/2", -3]], "none"),
    ("serial(Dense(), Monomial(2), Dense())", [[1, 0], [0, 1], [1, 1], [1, -1]], "none"),
    ("serial(Dense(), Sign(), Dense(), Gelu(), Dense(b_var=1))", [[1, 2], [3, 6]], "none"),
    ("serial(Dense(), Relu(), Dense(b_var=1))", [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]], "none"),
    ("serial(Dense(), LeakyRelu(5))", [[1, 0], [-2, 0], [0, 1], [0, -3], [-1, -1], ["1/2", "1/2"]], "unit"),
    ("serial(Dense(), Gelu(), Dense(), Erf(), Dense(), Hermite(3), Dense())", [[1, 2], [0, 0]], "none"),
    ("serial(Dense(), RectifiedMonomial(3), Dense(), Gabor(), Dense(), Sin())", [[0, 0], [1, 2]], "none"),
    ("serial(Dense(), Sign(), Dense(), Gabor(), Dense(), Cos(), Dense(b_var=1))", [[1, 2], [-3, -6]], "none"),
    ("serial(Dense(), RectifiedMonomial(2), Dense())", [[1, 2], [3, 6]], "none"),
    ("serial(Dense(), Monomial(3), Dense(), Hermite(2), Dense(b_var=1))", [[1, 2], [-1, -2]], "none"),
    ("serial(Dense(), Sin(a=2, b=3), Dense(), Gaussian(), Dense(b_var=1))", [[1, 2], [-1, -2]], "none"),
    ('serial(Dense(b_var="1/3"), Polynomial([0, 1, 1]), Dense(W_var=2))', [[i, i * i - 3] for i in range(7)], "unit"),
    ("serial(Dense(), Monomial(2), Dense(), LeakyRelu(1), Dense())", [[1, 0], [0, 2], [1, 1], [3, -3]], "unit"),
    ("serial(Dense(), Hermite(2), Dense(), LeakyRelu(1), Dense())", [[i, 7 - i] for i in range(4)], "none"),
]


@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
@pytest.mark.parametrize(("network", "points", "normalize"), SINGULAR)
def test_singular_matrices_are_theorems(
    network: str, points: object, normalize: str, kernel: str, exported: Callable[..., Path], compiled: Compile
) -> None:
    path = exported(network, points, kernel=kernel, normalize=normalize)
    assert "Theorem singular : exists v : nat -> R, nonzero n v /\\ form n K v = 0." in path.read_text()
    answer = compiled(path)
    assert answer.returncode == 0, answer.stderr


def test_one_file_holds_everything(tmp_path: Path, library: Path) -> None:
    path = tmp_path / "theorem.v"
    path.write_text(export_coq(certify.prove("serial(Dense(), Relu(), Dense())", [[1, 2], [2, 1]])).text)
    answer = subprocess.run(["coqc", path.name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "Axioms:" in answer.stdout


@pytest.mark.parametrize("attack", SINGULAR_ATTACKS)
def test_errors_planted_in_singular_theorems_are_refused(
    attack: str, exported: Callable[..., Path], compiled: Compile
) -> None:
    path = exported("serial(Dense(), Relu(), Dense())", [[1, 2], [0, 1], [3, 6]])
    before = path.read_text()
    after = SINGULAR_ATTACKS[attack](before)
    assert after != before
    path.write_text(after)
    answer = compiled(path)
    assert answer.returncode != 0
    assert "Syntax error" not in answer.stderr


@pytest.mark.parametrize("attack", ATTACKS)
def test_planted_errors_are_refused(attack: str, exported: Callable[..., Path], compiled: Compile) -> None:
    path = exported("serial(Dense(W_var=2), Relu(), Dense())", [[2, 0], ["3/5", "4/5"], [-1, 2]])
    before = path.read_text()
    after = ATTACKS[attack](before)
    assert after != before
    path.write_text(after)
    answer = compiled(path)
    assert answer.returncode != 0
    assert "Error" in answer.stderr
    assert "Syntax error" not in answer.stderr


def test_the_file_that_the_errors_are_planted_in_is_accepted(exported: Callable[..., Path], compiled: Compile) -> None:
    path = exported("serial(Dense(W_var=2), Relu(), Dense())", [[2, 0], ["3/5", "4/5"], [-1, 2]])
    assert compiled(path).returncode == 0
