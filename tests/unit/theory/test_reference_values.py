"""Every printed coefficient, energy, rank and eigenvalue of the literature overlaps its enclosure at 128 bits."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from flint import arb

from certify import stax
from certify.activations import Pair, Relation
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.theory import cumulative_shares, power_series, printed_value, relu_sphere_eigenvalue, sphere_eigenvalues
from certify.theory.power_series import dual_series

Bounds = tuple[Fraction, Fraction]
BITS = 128
NUMBER = ArbArithmetic(BITS)


def holds(bounds: Bounds, printed: str, width: Fraction = Fraction(1, 2**100)) -> bool:
    """The enclosure is narrow and meets the printed number, up to one unit of its last digit."""
    ulp = Fraction(1, 10 ** len(printed.partition(".")[2]))
    value = Fraction(printed)
    return bounds[1] - bounds[0] < width and bounds[0] <= value + ulp and value - ulp <= bounds[1]


def ends(value: Any) -> Bounds:
    low, high, exponent = NUMBER.endpoints(value)
    return low * Fraction(2) ** exponent, high * Fraction(2) ** exponent


MU: dict[str, dict[int, str]] = {
    "Tanh()": {
        1: "0.605705509602158825583540227556",
        3: "-0.14843719078727270404525098994",
        5: "0.0625475237527036062876979415852",
    },
    "Gelu()": {
        0: "0.28209479177387814347403972578",
        1: "0.5",
        2: "0.299206710301074508454959544951",
        4: "-0.0719779478065282248469259679233",
        6: "0.0275967619595955005277031979009",
    },
    "Softplus()": {
        0: "0.806059183347439784528228831504",
        1: "0.5",
        2: "0.146103084880044941669816337996",
        4: "-0.0127366289536617083351718398821",
    },
    "Erf()": {1: "0.651470015870559895448512830451", 3: "-0.177307680178414523528864915526"},
    "Sigmoid()": {
        0: "0.5",
        1: "0.2066209641419070372624",
        3: "-0.02547325790732341667034",
        5: "0.00587706060001343740826",
    },
}


@pytest.mark.parametrize(("name", "k"), [(name, k) for name, row in MU.items() for k in row])
def test_squares_of_hermite_coefficients(name: str, k: int) -> None:
    low, high = power_series(f"serial(Dense(), {name}, Dense())", 8, bits=BITS).nngp[k]
    printed = MU[name][k].removeprefix("-")
    ulp = Fraction(1, 10 ** len(printed.partition(".")[2]))
    assert low <= (Fraction(printed) + ulp) ** 2
    assert (Fraction(printed) - ulp) ** 2 <= high
    assert high - low < Fraction(1, 2**100)


def closed(name: str, k: int) -> Any:
    """The squares in closed form."""
    odd, factorial = k % 2, math.factorial(k)

    def double(n: int) -> int:
        return math.prod(range(n, 0, -2))

    if name == "Relu()":
        if k < 2:
            return arb(1) / 4 if k else 1 / (2 * arb.pi())
        return arb(0) if odd else arb(double(k - 3) ** 2) / (2 * arb.pi() * factorial)
    if name == "Step()":
        return (arb(double(k - 2) ** 2) / (2 * arb.pi() * factorial) if odd else arb(0)) if k else arb(1) / 4
    if name == "Erf()":
        if not odd:
            return arb(0)
        return 2 / arb.pi() * (arb(2) / 3) ** k * math.comb(k - 1, (k - 1) // 2) / arb(4) ** ((k - 1) // 2) / k
    if name == "Sin()":
        return (-arb(1)).exp() / factorial if odd else arb(0)
    if name == "Exp()":
        return arb(1).exp() / factorial
    if name == "Gaussian()":
        return arb(0) if odd else arb(math.comb(k, k // 2)) / (3 * arb(9) ** (k // 2))
    # exp(-x^2 / 2), which is sqrt(2 pi) times the normal density.
    half = math.factorial(k // 2)
    return arb(0) if odd else arb(factorial) / half**2 / arb(2) ** k / arb(2) ** (k + 1)


@pytest.mark.parametrize("name", ["Relu()", "Step()", "Erf()", "Sin()", "Exp()", "Gaussian()", 'Gaussian(b="-1/2")'])
def test_squares_in_closed_form(name: str) -> None:
    series = power_series(f"serial(Dense(), {name}, Dense())", 40, bits=BITS)
    with NUMBER.active():
        for k, bounds in enumerate(series.nngp):
            low, high = ends(closed(name, k))
            assert bounds[0] <= high
            assert low <= bounds[1]
            assert bounds[1] - bounds[0] < Fraction(1, 2**100)


ENERGIES = {
    "Tanh()": ("0.3942944903978411744165", "0.464402902448268241972"),
    "Sigmoid()": ("0.2933790358580929627376", "0.04483624135019437179258"),
    'Gaussian(b="-1/2")': ("0.09188814923696534158522", "0.03062938307898844719507"),
    "Relu()": ("0.5", "0.5"),
}


@pytest.mark.parametrize("name", sorted(ENERGIES))
def test_energies_of_table_one(name: str) -> None:
    activation = stax.parse(f"serial(Dense(), {name})").layers[1]
    with NUMBER.active():
        one = NUMBER.exact(1)
        found = activation.duals(NUMBER)(Pair(NUMBER, one, one, one, Relation.EQUAL))  # type: ignore[union-attr]
        # The paper's Gaussian is the density: its square has a factor of 1 / (2 pi).
        scale = 1 / (2 * arb.pi()) if name.startswith("Gaussian") else one
        for value, printed in zip(found, ENERGIES[name], strict=True):
            assert holds(ends(scale * value), printed)


def test_effective_ranks_of_relu_in_the_setting_of_table_one() -> None:
    series = power_series('serial(Dense(), Relu(), Dense(b_var="1/2"))', 4, bits=BITS)
    rank = series.effective_rank()
    assert rank is not None
    assert holds((rank, rank), "2.27564097898")
    (_, kappa), total = series.ntk[0], series.total[1][1]
    assert holds(((total - kappa) / series.ntk[1][1],) * 2, "1.68169011382")
    assert cumulative_shares(stax.Relu(), 1)[0][0] * rank <= 100 + Fraction(1, 10**20)


def test_the_printed_theorem_and_the_truth() -> None:
    network = 'serial(Dense(W_var="7/10", b_var="3/10"), Relu(), Dense(b_var="1/2"))'
    truth, printed = printed_value(network, Fraction(2, 5))
    loose = Fraction(1, 2**60)
    assert holds(truth, "1.0338797648710929221156147891", loose)
    assert holds(printed, "0.955052956201882649637825636096", loose)
    assert printed[1] < truth[0]


SPHERE = {
    3: ["0.5", "0.3333333333333333333", "0.078125", "0", "0.0052083333333333333", "0", "0.00140380859375"],
    4: [
        "0.450316371743723428639464280932",
        "0.25",
        "0.0468329026613472365785042852169",
        "0",
        "0.00213211016825599664172154516686",
    ],
}


@pytest.mark.parametrize(("d", "k"), [(d, k) for d, row in SPHERE.items() for k in range(len(row))])
def test_eigenvalues_on_the_sphere(d: int, k: int) -> None:
    bounds = relu_sphere_eigenvalue(d, k)
    assert holds(bounds, SPHERE[d][k])
    series = power_series("serial(Dense(), Relu(), Dense(W_var=2))", 120, bits=BITS)
    low, high = sphere_eigenvalues(series, d, k + 1)[k]
    assert low <= bounds[1]
    assert bounds[0] <= high


def test_a_wrong_coefficient_would_be_seen() -> None:
    with NUMBER.active():
        (values, _), _, _, _ = dual_series(stax.Tanh(), NUMBER.exact(1), 8, NUMBER)
        low, high = ends(values[3] * (1 + arb(2) ** -80))
    right = Fraction(MU["Tanh()"][3]) ** 2
    assert not (low <= right + Fraction(1, 10**30) and right - Fraction(1, 10**30) <= high)
