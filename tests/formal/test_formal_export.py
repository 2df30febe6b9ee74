"""The exported text, without running Coq: what it says, what it refuses, what it lets through from a user."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

import certify
from certify.certificate import Certificate
from certify.cli import main
from certify.formal import export_coq
from certify.formal.pairs import stays_proportional
from certify.formal.spelling import decimal, harmless, hexadecimal_integer, integer_list
from certify.formal.terms import coq_network, expressible_layers
from certify.stax import parse

RELU = "serial(Dense(W_var=2), Relu(), Dense())"
POINTS = [[1, 0], ["3/5", "4/5"], [-1, 2]]


def certificate(network: str = RELU, points: object = POINTS, **options: object) -> Certificate:
    return certify.prove(network, points, **options)  # type: ignore[arg-type]


def test_the_file_states_points_network_and_bounds() -> None:
    text = export_coq(certificate(), standalone=False).text
    assert "Definition denominator : Z := 5." in text
    assert "[[5; 0];\n   [3; 4];\n   [(-5); 10]]%Z" in text
    assert "[Dense 2 0; Activation (ABRelu 0 1); Dense 1 0]%Q" in text
    assert "ntk network (x i) (x j)" in text
    assert text.rstrip().endswith("Print Assumptions certificate.")


def test_the_bounds_are_those_of_the_certificate() -> None:
    proved = certificate()
    text = export_coq(proved, standalone=False).text
    for name, value in (("lower", proved.lambda_min.lower), ("upper", proved.lambda_min.upper)):
        number, power = re.findall(rf"Definition {name} : R := IZR (\d+) / IZR \(10 \^ (\d+)\)", text)[0]
        assert Fraction(int(number), 10 ** int(power)) == value


def test_the_same_certificate_gives_the_same_text() -> None:
    assert export_coq(certificate()).text == export_coq(certificate()).text


def test_unit_rows_and_nngp_are_named_in_the_claim() -> None:
    text = export_coq(certificate(kernel="nngp", normalize="unit"), standalone=False).text
    assert "normalise (over denominator (nth i rows []))" in text
    assert "nngp network (x i) (x j)" in text
    assert "NNGP network true denominator" in text


@pytest.mark.parametrize(
    ("network", "term"),
    [
        ("serial(Dense(), Abs(), Dense())", "ABRelu (-1) 1"),
        ('serial(Dense(), LeakyRelu("1/5"), Dense())', "ABRelu (1 # 5) 1"),
        ('serial(Dense(b_var="1/100"), Erf(b=2, c="-1/3"))', "Dense 1 (1 # 100); Activation (Erf 1 2 ((-1) # 3))"),
        ("serial(Dense(), Sign(), Dense(), Step())", "Jump (-1) 1); Dense 1 0; Activation (Jump 0 1)"),
        ("serial(Dense(), RectifiedMonomial(3))", "Activation (RectifiedPower 3)"),
        ("serial(Dense(), Sin(b=2, c=1))", "Activation (Sine 1 2 1)"),
        ("serial(Dense(), Cos(a=3))", "Activation (Cosine 3 1 0)"),
        ("serial(Dense(), Rbf(2), Dense(), Gaussian())", "(Rbf 2); Dense 1 0; Activation (Gaussian 1 (-1))"),
        ("serial(Dense(), Gabor(), Dense(), Gelu())", "(Gabor); Dense 1 0; Activation (Gelu)"),
        ('serial(Dense(), Exp(b="-1/2"))', "Activation (Exponential 1 ((-1) # 2))"),
        ("serial(Dense(), Hermite(2))", "Activation (Polynomial (1 # 2) [(-1); 0; 1])"),
        ("serial(Dense(), Monomial(2))", "Activation (Polynomial 1 [0; 0; 1])"),
        ("serial(Dense(), LeakyRelu(1))", "Activation (Polynomial 1 [0; 1])"),
        ("serial(Dense(), Identity(), Sigmoid_like())", "Erf (1 # 2) (2500000000000000 # 6005140882929949) (1 # 2)"),
    ],
)
def test_networks_as_coq_terms(network: str, term: str) -> None:
    assert term in coq_network(expressible_layers(parse(network)))


REFUSED = [
    ("serial(Dense(), Tanh(), Dense())", POINTS, "Tanh"),
    ("serial(Dense(), Elu(), Dense())", POINTS, "no dual in closed form"),
    ("serial(Dense(), Relu(), Dense(b_var=1))", [[1, 2], [2, 4], [3, 6]], "singular"),
    ('serial(Dense(), Relu(), Dense(), parametrization="s4")', POINTS, "s4"),
]


@pytest.mark.parametrize(("network", "points", "part"), REFUSED)
def test_what_coq_cannot_express_is_refused_by_name(network: str, points: object, part: str, refused) -> None:  # type: ignore[no-untyped-def]
    proved = certificate(network, points)
    with refused(part):
        export_coq(proved)


SQUARES = "serial(Dense(), Monomial(2), Dense())"
BIASED = 'serial(Dense(b_var="1/3"), Polynomial([0, 1, 1]), Dense())'


def test_polynomial_networks_are_singular_by_a_count_or_by_an_exact_null_vector() -> None:
    many = [[i + 1, i * i - 3] for i in range(8)]
    for network, points, normalize, check in (
        (SQUARES, [[1, 0], [0, 1], [1, 1], [1, -1]], "none", "check_null NTK"),
        (BIASED, many, "none", "check_rank network rows"),
        (BIASED, many, "unit", "singular_rank NTK network true"),
    ):
        text = export_coq(certificate(network, points, normalize=normalize), standalone=False).text
        assert check in text


HEXAGON = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]]


def test_opposite_pairs_and_zero_rows_have_theorems_of_their_own(refused) -> None:  # type: ignore[no-untyped-def]
    text = export_coq(certificate("serial(Dense(), Relu(), Dense(b_var=1))", HEXAGON), standalone=False).text
    assert "[(0%nat, 1%nat, (-1)%Q, 1%Z); (2%nat, 3%nat, (-1)%Q, 1%Z); (4%nat, 5%nat, (-1)%Q, (-1)%Z)]" in text
    longer = [[1, 0], [-2, 0], *HEXAGON[2:]]
    with refused("rows 0 and 1", "--normalize unit"):
        export_coq(certificate("serial(Dense(), LeakyRelu(5), Dense())", longer))
    text = export_coq(certificate("serial(Dense(), Gelu(), Dense())", [[1, 2], [0, 0]]), standalone=False).text
    assert "check_zero_row network rows 1" in text
    with refused("zero row 0", "Sign()"):
        export_coq(certificate("serial(Dense(), Sign(), Dense())", [[0, 0], [1, 0]]))


def test_an_exact_null_vector_is_stated_with_its_integers() -> None:
    text = export_coq(certificate(SQUARES, [[1, 0], [0, 1], [1, 1], [1, -1]]), standalone=False).text
    vector = re.findall(r"vector : list Z :=\s*\[([^\]]*)\]", text)[0]
    values = [int(word.strip("() "), 0) for word in vector.split(";")]
    assert [value * 2 // values[0] for value in values] == [2, 2, -1, -1]


def test_few_unit_points_of_an_irrational_matrix_are_refused(refused) -> None:  # type: ignore[no-untyped-def]
    proved = certificate(BIASED, [[i + 1, i * i - 3] for i in range(6)], normalize="unit")
    with refused("irrational", "--normalize none"):
        export_coq(proved)


def test_singular_for_a_reason_that_the_library_does_not_follow(refused) -> None:  # type: ignore[no-untyped-def]
    proved = certificate("serial(Dense(), ABRelu(0, 0), Dense(b_var=1))", [[1, 2], [2, 4], [0, 1]])
    with refused("constant function", "to Coq"):
        export_coq(proved)
    pair = certificate("serial(Dense(), LeakyRelu(2), Dense())", [[1, 2], [2, 4]])
    document = json.loads(json.dumps(dict(pair.document)))
    document["claim"]["network"] = "serial(Dense(), LeakyRelu(2), Dense(b_var=1))"
    with refused("rows 0 and 1", "beyond the Coq library"):
        export_coq(Certificate(document))


@pytest.mark.parametrize(
    ("network", "ratio", "stays"),
    [
        ("serial(Dense(), Relu(), Dense())", 3, True),
        ("serial(Dense(), Relu(), Dense(b_var=1))", 3, False),
        ("serial(Dense(b_var=1), Relu(), Dense())", 1, True),
        ("serial(Dense(), Relu(), Dense())", -1, False),
        ("serial(Dense(), Abs(), Dense(b_var=1))", -1, True),
        ("serial(Dense(), Abs(), Dense(b_var=1))", -2, False),
        ("serial(Dense(), Erf(), Dense())", -1, True),
        ("serial(Dense(), Erf(), Dense())", 2, False),
        ("serial(Dense(), Erf(c=1), Dense())", -1, False),
        ("serial(Dense(), Sigmoid_like(), Dense())", -1, False),
        ("serial(Dense(), LeakyRelu(1), Dense())", -2, True),
        ("serial(Dense(), Sign(), Dense(b_var=1))", 3, True),
        ("serial(Dense(), Sign(), Dense())", -3, True),
        ("serial(Dense(), Step(), Dense())", -3, False),
        ("serial(Dense(), RectifiedMonomial(2), Dense())", 2, True),
        ("serial(Dense(), RectifiedMonomial(2), Dense())", -2, False),
        ("serial(Dense(), Monomial(3), Dense(), Monomial(2), Dense())", -2, True),
        ("serial(Dense(), Polynomial([0, 1, 1]), Dense())", -1, False),
        ("serial(Dense(), Polynomial([0, 1, 0, 1]), Dense())", -1, True),
        ("serial(Dense(), Hermite(4), Dense(b_var=1), Gelu(), Dense())", -1, True),
        ("serial(Dense(), Sin(), Dense(), Cos(), Dense(b_var=1))", -1, True),
        ("serial(Dense(), Sin(c=1), Dense())", -1, False),
        ("serial(Dense(), Gabor(), Dense(), Gaussian(), Dense())", -1, True),
        ("serial(Dense(), Gabor(), Dense())", -2, False),
        ("serial(Dense(), Sin(), Dense(), Relu(), Dense())", -1, False),
        ("serial(Dense(), Gelu(), Dense())", -1, False),
    ],
)
def test_which_networks_keep_values_proportional(network: str, ratio: int, stays: bool) -> None:
    assert stays_proportional(expressible_layers(parse(network)), Fraction(ratio)) is stays


def test_a_given_matrix_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np

    np.save(tmp_path / "k.npy", np.array([[2.0, 1.0], [1.0, 2.0]]))
    assert main(["prove", "--gram", str(tmp_path / "k.npy"), "--out", str(tmp_path / "k.cert"), "--quiet"]) == 0
    assert main(["export", str(tmp_path / "k.cert"), "--to", "coq", "--out", str(tmp_path / "k.v")]) == 2
    assert "given matrix" in capsys.readouterr().err
    assert not (tmp_path / "k.v").exists()


NAMES = {
    "the end of a comment": "*) Axiom a : False. (*",
    "a string that is never closed": 'iris "',
    "a nested comment": "(* (* (*",
    "lines of Coq": "iris\n*)\nAxiom a : False.\n(*",
    "other line ends": "iris\r*)\u2028*)\x0b*)\x00*)",
    "full-width asterisks and parentheses": "\uff0a\uff09 Axiom \uff08\uff0a",
    "a backslash before the end": "\\*) Axiom a : False.",
    "a template": "{{ library }} {% raw %} {# #}",
    "direction marks": "\u202e)* Axiom\u2066",
    "a long name": "*)" * 5000,
}


@pytest.mark.parametrize("attack", NAMES)
def test_a_user_cannot_write_coq_through_a_name(attack: str) -> None:
    plain = export_coq(certificate(), standalone=False).text
    document = json.loads(json.dumps(dict(certificate().document)))
    document["labels"]["data"]["name"] = NAMES[attack]
    text = export_coq(Certificate(document), standalone=False).text
    assert text.isascii()
    end = text.index("*)")
    header = text[:end]
    assert header.count("(*") == 1
    assert '"' in plain[: plain.index("*)")]
    assert header.count('"') == plain[: plain.index("*)")].count('"')
    assert header.count("\n") == plain[: plain.index("*)")].count("\n")
    assert text[end:] == plain[plain.index("*)") :]


def test_a_forged_kernel_does_not_reach_the_file(refused) -> None:  # type: ignore[no-untyped-def]
    document = json.loads(json.dumps(dict(certificate().document)))
    document["claim"]["kernel"] = "ntk *) Axiom a : False. (*"
    with refused("has no Coq definition"):
        export_coq(Certificate(document))


def test_harmless_text_keeps_no_quote_and_no_asterisk() -> None:
    assert harmless('a*)"(*\n\té') == "a?)?(????"
    assert harmless("iris.csv, 4 x 3") == "iris.csv, 4 x 3"


def test_numbers_in_coq_spelling() -> None:
    assert decimal("12e-3") == ("12", "(10 ^ 3)")
    assert decimal("12e3") == ("12000", "1")
    assert decimal("0") == ("0", "1")
    assert hexadecimal_integer(-255) == "(-0xff)"
    assert integer_list(range(3), str) == "[0; 1; 2]"
    assert integer_list((), str) == "[]"


def test_the_command_checks_before_it_exports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, out = tmp_path / "a.cert", tmp_path / "b.cert", tmp_path / "a.v"
    certificate().save(good)
    assert main(["export", str(good), "--to", "coq", "--out", str(out)]) == 0
    assert "coqc" in capsys.readouterr().out
    assert "Module Kernels." in out.read_text()
    bad.write_text(good.read_text().replace('"ntk"', '"nngp"'))
    assert main(["export", str(bad), "--to", "coq", "--out", str(tmp_path / "b.v")]) == 2
    assert "only one that verifies" in capsys.readouterr().err
    assert not (tmp_path / "b.v").exists()


@pytest.mark.parametrize("name", ["a.txt", "a-b.v", "1.v", "é.v"])
def test_names_that_coq_does_not_take(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    certificate().save(tmp_path / "a.cert")
    assert main(["export", str(tmp_path / "a.cert"), "--to", "coq", "--out", str(tmp_path / name)]) == 2
    assert "no name that Coq accepts" in capsys.readouterr().err
