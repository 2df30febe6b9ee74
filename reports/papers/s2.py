"""S2: Murray, Jin, Bowman and Montufar, the spectrum of the NTK via a power series."""

from __future__ import annotations

from fractions import Fraction
from math import log10
from typing import Any

from flint import arb

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.kernels.enclosure import dyadic
from certify.proofs.spectra import spectrum
from certify.stax import parse
from certify.theory import eigenvalue_upper, power_series, relu_sphere_eigenvalue, sphere_eigenvalues
from certify.theory.cumulative_shares import table_one
from certify.theory.power_series import printed_value
from reports.numbers import round_up
from reports.papers.claim import Claim, Figure, Paper, Save, Series, Table, command, settled, spoken

UNIT = [[1, 0], ["3/5", "4/5"]]
TERMS = 60
# Table 1 to three decimals, cumulative percentages for T = 0..5.
PRINTED = {
    "ReLU": ("43.944", "77.277", "93.192", "93.192", "95.403", "95.403"),
    "Tanh": ("41.362", "91.468", "91.468", "97.487", "97.487", "99.090"),
    "Sigmoid": ("91.557", "99.729", "99.729", "99.977", "99.977", "99.997"),
    "Gaussian": ("95.834", "95.834", "98.729", "98.729", "99.634", "99.634"),
}
# A ReLU layer with gamma_w^2 = 7/10, gamma_b^2 = 3/10, sigma_w^2 = 1, sigma_b^2 = 1/2.
BIASED = 'serial(Dense(W_var="7/10", b_var="3/10"), Relu(), Dense(b_var="1/2"))'


def expansion(save: Save) -> Claim:
    """The series at one correlation beside the kernel itself, and the decay of its coefficients."""
    good, rows, curves = True, [], []
    kinds = {"Relu()": ("float", "triangle"), "Tanh()": ("proved", "circle"), "Erf()": ("noise", "square")}
    for activation, (kind, shape) in kinds.items():
        for depth in (1, 2):
            network = f"serial(Dense(W_var=2), {activation}, " + f"Dense(), {activation}, " * (depth - 1) + "Dense())"
            series = power_series(network, TERMS, columns=2)
            t = Fraction(3, 5)
            low = sum((a * t**p for p, (a, _) in enumerate(series.ntk)), Fraction(0))
            high = sum((b * t**p for p, (_, b) in enumerate(series.ntk)), Fraction(0)) + series.tail[1][1] * t**TERMS
            kernel: Any = parse(network).kernel(UNIT)
            truth = kernel.lower_exact[0, 1], kernel.upper_exact[0, 1]
            good &= low <= truth[1] and truth[0] <= high
            rows.append((network, spoken((low, high), 10), spoken(truth, 10)))
            if depth == 1:
                points = tuple((float(p), float(b)) for p, (a, b) in enumerate(series.ntk[:40]) if a > 0 and p)
                curves.append(Series(activation[:-2], kind, shape, points))
    return Claim(
        key="expansion",
        title="The NTK is a power series in the correlation",
        place="Theorem 3.1, without a bias in the first layer",
        says="On unit vectors n K = Σ κ_p (XXᵀ)^(∘p), with κ_p ≥ 0 given by a recursion over layers from the Hermite "
        "coefficients of the activation; they fall like a power of p for ReLU and faster than any power for tanh.",
        found="The recursion gives the kernel: with an exact tail the series meets the enclosure of the closed form at "
        "correlation 3/5, for three activations at two depths.",
        status=settled(good, "enclosed"),
        how="Arb balls; the tail is what is left of the exact total at correlation 1 (certify series).",
        command=command("S2", "expansion", 'certify series --network "serial(Dense(), Tanh(), Dense())" --terms 60'),
        figure=Figure(
            x="p", y="coefficient of the NTK", log_x=True, log_y=True,
            description="Coefficients of the ReLU NTK fall along a straight line, those of tanh and erf bend down.",
            caption="Enclosed; one hidden layer. On these axes a power of p is a straight line.",
            series=tuple(curves),
        ),
        table=Table("enclosed", ("network", f"series, {TERMS} terms and tail", "kernel"), tuple(rows)),
    )  # fmt: skip


def bias(save: Save) -> Claim:
    """The theorem as printed against the truth, for a first layer with a bias."""
    rows, truth_line, printed_line, good = [], [], [], True
    for k in range(-9, 10):
        truth, printed = printed_value(BIASED, Fraction(k, 10))
        truth_line.append((k / 10, float(truth[0])))
        printed_line.append((k / 10, float(printed[0])))
        apart = truth[0] > printed[1] or printed[0] > truth[1]
        good &= apart or k == 10
        if k % 2 == 0:
            rows.append((f"{k / 10:g}", spoken(truth, 12), spoken(printed, 12), "disjoint" if apart else "overlap"))
    return Claim(
        key="bias",
        title="With a bias in the first layer the printed series is another function",
        place="Theorem 3.1 with γ_b > 0",
        says="n K = Σ κ_p (XXᵀ)^(∘p) with κ_(0,1) = γ_b², κ_(1,1) = γ_w² as first layer.",
        found="Not as printed: the second layer’s coefficients belong to powers of the correlation of the first "
        "preactivations, t = γ_w² ρ + γ_b², and not to powers of ρ. At γ_w² = 0.7, γ_b² = 0.3, ρ = 0.4 the kernel "
        "is 1.0338…, the printed series 0.9550…. In powers of t, from κ_(p,1) = [p = 1], the theorem holds; without "
        "a bias both are the same.",
        status=settled(good, "differs"),
        how="Both sides are enclosed and the enclosures are disjoint, at every correlation tried but ρ = 1.",
        command=command("S2", "bias"),
        figure=Figure(
            x="ρ", y="NTK of one ReLU layer",
            description="The kernel and the printed series meet at 1 and part for smaller correlations.",
            caption="Enclosed, both; the enclosures are narrower than the lines.",
            series=(
                Series("the kernel, and the series in t", "proved", "line", tuple(truth_line)),
                Series("the series as printed", "alarm", "dashed", tuple(printed_line)),
            ),
        ),
        table=Table("enclosed", ("ρ", "the kernel", "as printed", "enclosures"), tuple(rows)),
    )  # fmt: skip


def table(save: Save) -> Claim:
    """Table 1 to three decimals."""
    found = table_one()
    rows, good, curves = [], True, []
    marks = (("float", "triangle"), ("proved", "circle"), ("noise", "square"), ("alarm", "diamond"))
    kinds = dict(zip(found, marks, strict=True))
    for name, shares in found.items():
        for printed, (low, high) in zip(PRINTED[name], shares, strict=True):
            half = Fraction(1, 2000)
            good &= Fraction(printed) - half <= high and low <= Fraction(printed) + half
        rows.append((name, *(spoken(b, 12) for b in shares)))
        curves.append(Series(name, *kinds[name], tuple((float(k), float(b[1])) for k, b in enumerate(shares))))
    return Claim(
        key="table-1",
        title="A few coefficients hold nearly all of the kernel",
        place="Table 1",
        says="Percentages of Σ κ_p that the first T + 1 coefficients hold, for ReLU, tanh, sigmoid and a Gaussian "
        "density.",
        found="Every entry is right to the three decimals compared. More digits are in the table.",
        status=settled(good, "enclosed"),
        how="Arb balls; the total is exact, E φ² + E φ′² + σ_b².",
        command=command("S2", "table-1"),
        figure=Figure(
            x="T", y="per cent of the sum",
            description="Cumulative shares: above 90 per cent with three coefficients for all four activations.",
            caption="Enclosed.",
            series=tuple(curves),
        ),
        table=Table("enclosed, per cent", ("activation", *(f"T = {k}" for k in range(6))), tuple(rows)),
    )  # fmt: skip


def ratio(save: Save) -> Claim:
    """Sum of the coefficients from the first on over the first, ReLU, in the setting of Table 1."""
    series = power_series('serial(Dense(), Relu(), Dense(b_var="1/2"))', 40)
    (zero_low, zero_high), (one_low, one_high) = series.ntk[:2]
    low, high = (series.total[1][0] - zero_high) / one_high, (series.total[1][1] - zero_low) / one_low
    differs = low > Fraction(13, 10) + Fraction(1, 20)
    return Claim(
        key="ratio",
        title="“Roughly 1.3” is 1.68",
        place="after Theorem 4.3",
        says="For ReLU the ratio of Σ_(p ≥ 1) c_p to c₁, which bounds the effective rank without the constant term, is "
        "roughly 1.3.",
        found=f"In the setting of Table 1 it is {spoken((low, high), 10)}. The inverse of its share 0.773 is 1.3, "
        "which suggests where the number comes from.",
        status=settled(differs, "differs"),
        how="Both sums enclosed.",
        command=command("S2", "ratio", "certify series --network 'serial(Dense(), Relu(), Dense(b_var=\"1/2\"))'"),
        table=Table(
            "enclosed",
            ("quantity", "value"),
            (("c₁", spoken(series.ntk[1], 12)), ("Σ c_p over c₁", spoken((low, high), 12))),
        ),
    )


def recursion(save: Save) -> Claim:
    """Theta_l = rho_l + rho_(l-1) R'(rho_(l-1)) at three layers, against the recursion that holds."""
    pair = [[1, 0, 0, 0], ["1/2", "1/2", "1/2", "1/2"]]
    layers = ["Dense(W_var=4)", "Relu()", "Dense(W_var=2)", "Relu()", "Dense(W_var=2)"]
    one: Any = parse(f"serial({', '.join(layers[:3])})").kernel(pair, get="nngp")
    two: Any = parse(f"serial({', '.join(layers)})").kernel(pair, get=("nngp", "ntk"))
    number = ArbArithmetic(128)
    with number.active():
        rho2, rho3 = (_ball(k.lower_exact[0, 1], k.upper_exact[0, 1]) for k in (one, two.nngp))
        printed_ball = rho3 + rho2 * (arb.pi() - rho2.acos()) / arb.pi()
        low, high, exponent = number.endpoints(printed_ball)
    printed = dyadic(low, exponent), dyadic(high, exponent)
    truth = two.ntk.lower_exact[0, 1], two.ntk.upper_exact[0, 1]
    return Claim(
        key="recursion",
        title="The tangent kernel, not the covariance, is carried on",
        place="appendix, ReLU networks",
        says="Θ_l = ρ_l + ρ_(l−1) R′(ρ_(l−1)).",
        found="Right for two layers only: it has to be Θ_(l−1) in the second term. At correlation 1/2 and l = 3 "
        f"the kernel is {spoken(truth, 10)}, the printed formula gives {spoken(printed, 10)}.",
        status=settled(truth[0] > printed[1], "differs"),
        how="Both enclosed by Arb balls; the enclosures are disjoint.",
        command=command("S2", "recursion"),
        table=Table(
            "enclosed, at correlation 1/2",
            ("formula", "value"),
            (("Θ₃", spoken(truth, 20)), ("as printed", spoken(printed, 20))),
        ),
    )


def _ball(low: Fraction, high: Fraction) -> arb:
    a, b = (arb(end.numerator) / arb(end.denominator) for end in (low, high))
    return a.union(b)


def sphere(save: Save) -> Claim:
    """Eigenvalues of the ReLU NTK on the sphere in three dimensions, by the series and in closed form."""
    series = power_series("serial(Dense(), Relu(), Dense(W_var=2))", 400)
    by_series = sphere_eigenvalues(series, 3, 9)
    rows, good, points = [], True, []
    exact = {0: Fraction(1, 2), 1: Fraction(1, 3), 2: Fraction(5, 64), 3: Fraction(0), 4: Fraction(1, 192)}
    for k, (low, high) in enumerate(by_series):
        closed = relu_sphere_eigenvalue(3, k)
        good &= low <= closed[1] and closed[0] <= high and (k not in exact or closed[0] <= exact[k] <= closed[1])
        rows.append((str(k), spoken(closed, 12), f"[{float(low):.6g}, {float(high):.6g}]"))
        if closed[0] > 0:
            points.append((float(k + 1), float(closed[0])))
    return Claim(
        key="sphere",
        title="Eigenvalues for data uniform on a sphere",
        place="section 4.3",
        says="The eigenvalues follow from the coefficients by a sum of Gamma functions, and fall like a power of "
        "the degree for ReLU.",
        found="The paper’s sum meets a closed form by hemisphere transforms in every degree; on the sphere of R³ "
        "the first are 1/2, 1/3, 5/64, 0, 1/192. Odd degrees from 3 on are exactly 0 without bias.",
        status=settled(good, "enclosed"),
        how="Arb balls on both sides; the series’ tail is bounded by what is left of its total.",
        command=command("S2", "sphere"),
        figure=Figure(
            x="degree k, plus 1", y="eigenvalue", log_x=True, log_y=True,
            description="Eigenvalues on the sphere in three dimensions that are not zero, falling along a line.",
            caption="Enclosed; those that are 0 are left out.",
            series=(Series("closed form", "proved", "circle", tuple(points)),),
        ),
        table=Table("enclosed", ("degree", "closed form", "by the series"), tuple(rows)),
    )  # fmt: skip


def low_rank(save: Save) -> Claim:
    """The upper bound for data of low rank over the proved eigenvalues, on a circle."""
    ts = [Fraction(2 * k + 1, 31) - 1 for k in range(31)]
    points = [[(1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)] for t in ts]
    network = "serial(Dense(W_var=2), Erf(), Dense())"
    series = power_series(network, 80, columns=2)
    eigenvalues = spectrum(network, points).eigenvalues
    rows, good, bounds = [], True, []
    for k, (low, high) in enumerate(eigenvalues, 1):
        bound = eigenvalue_upper(series, len(points), 2, k)
        good &= low <= bound
        bounds.append((float(k), float(bound)))
        if k % 5 == 1:
            rows.append((str(k), spoken((low, high), 6), round_up(bound, 6)))
    known = tuple((float(k), float(high)) for k, (low, high) in enumerate(eigenvalues, 1) if low > 0)
    return Claim(
        key="low-rank",
        title="Data of low rank have small eigenvalues",
        place="section 4.2 and its lemma",
        says="For unit vectors of rank r the k-th eigenvalue is at most the norm of the terms of the series beyond "
        "a degree that grows with k.",
        found="On 31 points of a circle every eigenvalue is proved to lie below the bound, which here uses the "
        "exact dimension of polynomials on the sphere instead of the paper’s 2 m^r.",
        status=settled(good, "enclosed"),
        how="Eigenvalues enclosed from both sides by an exact congruence; the bound from enclosed coefficients and "
        f"tail. Base ten logarithm of the smallest eigenvalue: {log10(float(eigenvalues[-1][1])):.1f}.",
        command=command("S2", "low-rank"),
        figure=Figure(
            x="k", y="k-th eigenvalue", log_y=True,
            description="Proved eigenvalues of an erf kernel on a circle below the bound, both falling geometrically.",
            caption="Enclosed.",
            series=(
                Series("eigenvalue", "proved", "circle", known),
                Series("bound", "float", "dashed", tuple(bounds)),
            ),
        ),
        table=Table("enclosed", ("k", "eigenvalue", "bound"), tuple(rows)),
    )  # fmt: skip


PAPER = Paper(
    key="S2",
    title="Characterizing the Spectrum of the NTK via a Power Series Expansion",
    authors="Murray, Jin, Bowman, Montúfar",
    year=2023,
    arxiv="2211.07844",
    summary="On unit vectors the NTK is a power series in the correlation with non-negative coefficients. The "
    "recursion, its table and its spectra are enclosed here; three printed statements turn out to hold in another "
    "form.",
    claims={
        "expansion": expansion,
        "bias": bias,
        "table-1": table,
        "ratio": ratio,
        "recursion": recursion,
        "sphere": sphere,
        "low-rank": low_rank,
    },
)
