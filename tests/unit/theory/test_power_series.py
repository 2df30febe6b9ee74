"""Power series of kernels: the paper's numbers, the kernels, the printed theorem, the sphere, the command."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from certify import stax
from certify.activations import Pair
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.cli import main
from certify.errors import InputError
from certify.kernels.enclosure import Enclosure
from certify.theory import (
    PowerSeries,
    power_series,
    printed_value,
    relu_sphere_eigenvalue,
    sphere_eigenvalues,
    table_one,
)
from certify.theory.power_series import dual_series

Bounds = tuple[Fraction, Fraction]
RELU = "serial(Dense(), Relu(), Dense())"


def holds(bounds: Bounds, printed: str) -> bool:
    ulp = Fraction(1, 10 ** len(printed.partition(".")[2]))
    return bounds[0] <= Fraction(printed) + ulp and Fraction(printed) - ulp <= bounds[1]


def value(series: tuple[Bounds, ...], tail: Bounds, t: Fraction) -> Bounds:
    """sum kappa_p t^p with the tail, for 0 <= t <= 1."""
    low = sum((bounds[0] * t**p for p, bounds in enumerate(series)), Fraction(0))
    high = sum((bounds[1] * t**p for p, bounds in enumerate(series)), Fraction(0))
    return low, high + tail[1] * t ** len(series)


# Squared normalised Hermite coefficients at variance 1 (MATH.md): NNGP coefficients of one layer.
SQUARES = {
    "Tanh()": {1: "0.605705509602158825583540227556", 3: "-0.14843719078727270404525098994"},
    "Gelu()": {
        0: "0.28209479177387814347403972578",
        2: "0.299206710301074508454959544951",
        4: "-0.0719779478065282248469259679233",
    },
    "Softplus()": {0: "0.806059183347439784528228831504", 2: "0.146103084880044941669816337996"},
    "Erf()": {1: "0.651470015870559895448512830451", 3: "-0.177307680178414523528864915526"},
    "Sigmoid()": {
        0: "0.5",
        1: "0.2066209641419070372624",
        3: "-0.02547325790732341667034",
        5: "0.00587706060001343740826",
    },
}


@pytest.mark.parametrize("text", sorted(SQUARES))
def test_coefficients_are_the_squares_of_the_known_hermite_coefficients(text: str) -> None:
    series = power_series(f"serial(Dense(), {text}, Dense())", 8)
    for k, printed in SQUARES[text].items():
        low, high = series.nngp[k]
        root = Fraction(printed)
        ulp = Fraction(2, 10 ** len(printed.partition(".")[2]))
        assert low <= (abs(root) + ulp) ** 2
        assert (abs(root) - ulp) ** 2 <= high
        assert high - low < Fraction(1, 2**100)


TABLE = {
    "ReLU": ["43.9436628728", "77.2769962061", "93.1924905153", "93.1924905153", "95.402975836", "95.402975836"],
    "Tanh": ["41.361944079", "91.4682589121", "91.4682589121", "97.4867117769", "97.4867117769", "99.0896283189"],
    "Sigmoid": ["91.5570236065", "99.7290645701", "99.7290645701", "99.9774812474", "99.9774812474", "99.9973158434"],
    "Gaussian": ["95.8336079414", "95.8336079414", "98.7290767025", "98.7290767025", "99.6339106904", "99.6339106904"],
}


def test_table_one_of_the_paper_is_reproduced_with_proven_digits() -> None:
    found = table_one()
    assert found.keys() == TABLE.keys()
    for name, row in TABLE.items():
        for bounds, printed in zip(found[name], row, strict=True):
            assert holds(bounds, printed)
            assert bounds[1] - bounds[0] < Fraction(1, 10**20)


@pytest.mark.parametrize(
    "network",
    [
        RELU,
        "serial(Dense(), Tanh(), Dense(W_var=2), Relu(), Dense(b_var=1))",
        'serial(Dense(W_var="7/10", b_var="3/10"), Relu(), Dense(b_var="1/2"))',
        'serial(Dense(W_var=2), Dense(b_var="1/3"), Softplus(), Dense(), Erf(), Dense())',
        'serial(Dense(), Sin(c=1), Dense(b_var="1/10"), Gabor())',
        "serial(Dense(), Polynomial([1, 2, 3]), Dense(), Sign(), Dense())",
        "serial(Dense(), HardTanh(), Dense())",
        'serial(Dense(W_var=2), Elu(alpha="1/3"), Dense(), Selu(), Dense(b_var="1/2"))',
        'serial(Dense(b_var="1/4"), PiecewiseLinear([-1, "1/2", 2], [1, "-1/3", 0, 2], offset="1/4"), Dense())',
        'serial(Dense(), SineMixture([1, -2], ["1/2", 1], [0, 1]), Dense())',
        'serial(Dense(), Elementwise("cos(x)-x/2"), Dense())',
    ],
)
def test_series_enclose_the_kernel(network: str) -> None:
    """At points of the plane with rational norms, for both kernels; 2 is the d of the first layer."""
    series = power_series(network, 60, columns=2)
    for x, rho in (([1, 0], Fraction(3, 5)), ([0, 1], Fraction(4, 5))):
        t = series.slope * rho + series.offset
        for k, (kernel, coefficients) in enumerate((("nngp", series.nngp), ("ntk", series.ntk))):
            entry = stax.parse(network).kernel([x], [["3/5", "4/5"]], get=kernel, bits=100)
            assert isinstance(entry, Enclosure)
            low, high = value(coefficients, series.tail[k], t)
            assert entry.lower_exact[0, 0] <= high
            assert low <= entry.upper_exact[0, 0]
            assert high - low <= Fraction(1, 100) * high


@pytest.mark.parametrize(
    "activation",
    [
        stax.HardTanh(),
        stax.Relu6(),
        stax.PiecewiseLinear(["-1/2", 0, 2], [1, -1, "1/2", 3], "1/3"),
        stax.Elu(),
        stax.Elu("1/3"),
        stax.Selu(),
    ],
    ids=repr,
)
@pytest.mark.parametrize("variance", [Fraction(1), Fraction(2, 5)])
def test_hermite_coefficients_of_functions_with_kinks_sum_to_their_duals(activation: Any, variance: Fraction) -> None:
    number = ArbArithmetic(128)
    with number.active():
        q = number.exact(variance)
        (values, rest), (slopes, slope_rest), _, _ = dual_series(activation, q, 128, number)
        for rho in (Fraction(1, 2), Fraction(-2, 5)):
            r = number.exact(rho)
            exact = activation.duals(number)(Pair(number, q, q, q * r))
            for coefficients, left, closed in zip((values, slopes), (rest, slope_rest), exact, strict=True):
                total = sum((c * r**k for k, c in enumerate(coefficients)), number.exact(0))
                total = total + number.up_to(left * abs(r) ** len(coefficients))
                assert total.overlaps(closed)
                assert total.rad() < 1e-30
                assert not (total * (1 + number.exact(Fraction(1, 10**20)))).overlaps(closed)


def test_tail_and_coefficients_add_up_to_the_total() -> None:
    series = power_series("serial(Dense(), Gelu(), Dense(W_var=2), Erf(), Dense())", 30)
    for coefficients, total, tail in zip((series.nngp, series.ntk), series.total, series.tail, strict=True):
        assert all(0 <= low <= high for low, high in coefficients)
        assert sum(low for low, _ in coefficients) + tail[0] <= total[1]
        assert total[0] <= sum(high for _, high in coefficients) + tail[1]


def test_the_theorem_as_printed_fails_with_a_bias_in_the_first_layer() -> None:
    network = 'serial(Dense(W_var="7/10", b_var="3/10"), Relu(), Dense(b_var="1/2"))'
    truth, printed = printed_value(network, Fraction(2, 5))
    assert holds(truth, "1.0338797648709290922115614789"[:12]) or holds(truth, "1.0338797648709")
    assert holds(printed, "0.955052956201")
    assert printed[1] < truth[0]
    entry = stax.parse(network).kernel([[1]], [["2/5"]], bits=60)
    assert isinstance(entry, Enclosure)
    same = printed_value(RELU, Fraction(2, 5))
    assert same[0] == same[1]


def test_effective_ranks_of_the_paper() -> None:
    series = power_series('serial(Dense(), Relu(), Dense(b_var="1/2"))', 4)
    rank = series.effective_rank()
    assert rank is not None
    assert holds((rank, rank), "2.27564097898")
    assert power_series("serial(Dense(), Tanh(), Dense())", 4).effective_rank() is None


SPHERE = {
    3: ["0.5", "0.3333333333333333", "0.078125", "0", "0.0052083333333333", "0", "0.00140380859375"],
    4: ["0.450316371743723428639464280932", "0.25", "0.0468329026613472365785042852169", "0", "0.00213211016825599664"],
}


@pytest.mark.parametrize("dimension", sorted(SPHERE))
def test_eigenvalues_on_the_sphere(dimension: int) -> None:
    series = power_series("serial(Dense(), Relu(), Dense(W_var=2))", 200)
    found = sphere_eigenvalues(series, dimension, len(SPHERE[dimension]))
    for k, printed in enumerate(SPHERE[dimension]):
        closed = relu_sphere_eigenvalue(dimension, k)
        assert holds(closed, printed)
        assert max(closed[0], found[k][0]) <= min(closed[1], found[k][1])
        assert closed[1] - closed[0] < Fraction(1, 10**30)


def test_the_constant_kernel_lives_on_the_constants() -> None:
    number = ArbArithmetic(64)
    assert number.bits == 64
    one = (Fraction(1), Fraction(1))
    nothing = (Fraction(0), Fraction(0))
    constant = PowerSeries("", Fraction(1), Fraction(0), (one,), (one,), (one, one), (nothing, nothing))
    first, second = sphere_eigenvalues(constant, 5, 2)
    assert first[0] <= 1 <= first[1]
    assert second == (0, 0)


@pytest.mark.parametrize(
    ("network", "options", "part"),
    [
        ("serial(Dense(), FanOut(2), parallel(Relu(), Relu()), FanInSum(), Dense())", {}, "has no power series here"),
        (RELU, {"terms": 0}, "terms is 0"),
        (RELU, {"columns": 0}, "columns is 0"),
        (RELU, {"bits": 10}, "bits is 10"),
    ],
)
def test_bad_input_gets_one_sentence(network: str, options: dict[str, Any], part: str) -> None:
    with pytest.raises(InputError, match=part):
        power_series(network, **options)


def test_a_bias_in_the_first_layer_is_no_kernel_of_the_inner_product() -> None:
    with pytest.raises(InputError, match="has a bias"):
        sphere_eigenvalues(power_series("serial(Dense(b_var=1), Relu(), Dense())", 4), 3, 2)


def test_the_command_prints_text_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["series", "--network", RELU, "--terms", "40"]) == 0
    text = capsys.readouterr().out
    assert "0.159154943092" in text
    assert "total" in text
    assert main(["series", "--network", "serial(Dense(), Tanh(), Dense())", "--terms", "6", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["ntk"]) == 6
    assert (
        Fraction(answer["ntk"][1]["lower"]) <= Fraction("0.7337583287248219") <= Fraction(answer["ntk"][1]["upper"]) + 1
    )
    assert main(["series", "--network", "serial(Dense(), Transmogrify())"]) == 2
