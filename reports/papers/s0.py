"""S0: Carvalho, Costa, Mourao and Oliveira, the positivity of the neural tangent kernel."""

from __future__ import annotations

from fractions import Fraction

from certify.proofs import prove
from certify.theory import vanishing_identity
from reports.papers.claim import Claim, Figure, Paper, Save, Series, Table, command, ends, settled, smallest

BIAS = 'b_var="1/100"'
GROWING = (5, 10, 20, 40, 80)


def positivity(save: Save) -> Claim:
    """The theorem on data, without a matrix, and the proved eigenvalues under it."""
    rows, names, good = [], [], True
    for data in ("iris", "digits"):
        for activation in ("Erf()", "Tanh()"):
            network = f"serial(Dense({BIAS}), {activation}, Dense(), {activation}, Dense())"
            certificate = prove(network, data, method="theorem")
            name = f"s0-theorem-{data}-{activation[:-2].lower()}"
            good &= certificate.verdict == "positive definite" and save(name, certificate)
            names.append(name)
            rows.append((network, f"{data}, {certificate.n}", certificate.verdict, "verified"))
    erf = f"serial(Dense(W_var=2, {BIAS}), Erf(), Dense(W_var=2, {BIAS}))"
    found = [(n, prove(erf, "iris", normalize="unit", rows=n)) for n in GROWING]
    good &= all(certificate.verdict == "positive definite" for _, certificate in found)
    rows += [(erf, f"iris unit, {n}", smallest(c), "bounds") for n, c in found]
    points = tuple((float(n), *ends(c)) for n, c in found)
    return Claim(
        key="positivity",
        title="Distinct points and a bias: strictly positive definite",
        place="abstract; main theorem, networks with biases",
        says="For an activation that is no polynomial, at any depth, the NTK of a network with biases is strictly "
        "positive definite on pairwise distinct points.",
        found="Positive definite on every set tried, up to all 1797 digits, with nothing computed but exact "
        "comparisons of points; how small the eigenvalue becomes is a different matter, and is proved point set by "
        "point set.",
        status=settled(good, "certified"),
        how="The theorem is used in the form proved on the page of the documentation on this paper: pairwise distinct "
        "points are compared exactly, and the activation is shown to be no polynomial. Certificates of kind theorem; "
        "the intervals of the figure come from exact residuals of Cholesky factors.",
        command=command("S0", "positivity", "certify prove digits --method theorem"),
        figure=Figure(
            x="number of points of iris", y="smallest eigenvalue", log_y=True,
            description="The proved smallest eigenvalue of the NTK of one erf layer falls from about 1e-6 with 5 "
            "points to 1e-19 and below with 80, and stays positive.",
            caption="Proved: each mark is an interval. Positive, as the theorem says, and beyond float64 soon.",
            series=(Series("proved interval", "proved", "intervals", points),),
        ),
        table=Table(
            "proved; certificates of the theorem carry no number",
            ("network", "data", "result", "checker"),
            tuple(rows),
        ),
        certificates=tuple(names),
    )  # fmt: skip


def proportional(save: Save) -> Claim:
    """Two points closing in on one ray: without a bias the eigenvalue goes to zero and is zero in the end."""
    plain, biased = "serial(Dense(), Relu(), Dense())", f"serial(Dense({BIAS}), Relu(), Dense({BIAS}))"
    series: dict[str, list[tuple[float, ...]]] = {plain: [], biased: []}
    rows, good = [], True
    for k in (*range(1, 9), None):
        t = Fraction(0) if k is None else Fraction(1, 2**k)
        points = [[1, 0], [2 * (1 - t * t) / (1 + t * t), 4 * t / (1 + t * t)]]
        for network in (plain, biased):
            certificate = prove(network, points)
            flat = k is None and network == plain
            good &= certificate.verdict == ("singular" if flat else "positive definite")
            if k is None:
                good &= save(f"s0-ray-{'plain' if network == plain else 'bias'}", certificate)
            else:
                series[network].append((float(t), *ends(certificate)))
            rows.append((f"tan of half the angle {t}", network, smallest(certificate)))
    return Claim(
        key="non-proportional",
        title="Without biases, points on one ray are the exception",
        place="networks without biases",
        says="Without biases the points have to be pairwise non-proportional, and then the same holds.",
        found="The hypothesis is needed: with x and 2x and no bias the matrix of a ReLU network is exactly "
        "singular. A bias of variance 1/100 makes it positive definite.",
        status=settled(good, "certified"),
        how="Singularity by positive homogeneity, an exact argument; positive definiteness by an exact residual. Both "
        "certificates of angle 0 are among those of this site.",
        command=command("S0", "non-proportional"),
        figure=Figure(
            x="tangent of half the angle between x and y, |y| = 2 |x|", y="smallest eigenvalue", log_x=True, log_y=True,
            description="Without bias the proved smallest eigenvalue falls to zero with the angle; with bias it "
            "levels off.",
            caption="Proved intervals, two points. At angle 0 the lower curve is at zero exactly.",
            series=(
                Series("no bias", "float", "triangle", tuple((p[0], p[2]) for p in series[plain])),
                Series("bias of variance 1/100", "proved", "circle", tuple((p[0], p[2]) for p in series[biased])),
            ),
        ),
        table=Table("proved", ("points", "network", "smallest eigenvalue"), tuple(rows)),
        certificates=("s0-ray-plain", "s0-ray-bias"),
    )  # fmt: skip


def antipodal(save: Save) -> Claim:
    """Three antipodal pairs in the plane under one, two and biased rectifier layers."""
    pairs = [[1, 0], [-1, 0], [0, 1], [0, -1], ["3/5", "4/5"], ["-3/5", "-4/5"]]
    cases = (
        ("one", "one hidden layer", "serial(Dense(), Relu(), Dense())", ("singular",)),
        ("two", "two hidden layers", "serial(Dense(), Relu(), Dense(), Relu(), Dense())", ("positive definite",)),
        ("bias", "one, with a bias", f"serial(Dense({BIAS}), Relu(), Dense())", ("positive definite",)),
        ("exp", "one, exponential", "serial(Dense(), Exp(), Dense())", ("positive definite",)),
        ("gelu", "one, GELU", "serial(Dense(), Gelu(), Dense())", ("undecided", "singular")),
    )
    rows, good, names = [], True, []
    for stem, label, network, expected in cases:
        certificate = prove(network, pairs)
        good &= certificate.verdict in expected
        if certificate.verdict != "undecided":
            good &= save(f"s0-pairs-{stem}", certificate)
            names.append(f"s0-pairs-{stem}")
        rows.append((label, network, certificate.verdict, smallest(certificate)))
    return Claim(
        key="antipodal",
        title="Antipodal pairs are proportional points",
        place="networks without biases: the hypothesis",
        says="Pairwise non-proportional excludes x and −x as well.",
        found="Needed, too: three antipodal pairs in the plane make the matrix of one hidden ReLU layer singular, "
        "since the odd part of the rectifier is linear and three representatives are dependent in two dimensions. A "
        "second layer or a bias cures it. GELU has a linear odd part as well, (t)Φ(t) − (−t)Φ(−t) = t, and is "
        "singular here by the same argument; the prover only bounds its eigenvalue, by 10 to the power of about "
        "−1232.",
        status=settled(good, "certified"),
        how="An exact null vector by symmetry for the singular case; exact residuals for the others.",
        command=command("S0", "antipodal"),
        table=Table("proved", ("network", "expression", "verdict", "smallest eigenvalue"), tuple(rows)),
        certificates=tuple(names),
    )


def characterisation(save: Save) -> Claim:
    """The identity of differences vanishes on degree p with p + 2 points; p + 1 points are independent."""
    rows, good, points = [], True, []
    for degree in range(1, 8):
        identity = vanishing_identity(degree)
        weights = [(Fraction(a, 3), Fraction(b, 7)) for a in (-2, 1, 5) for b in (-3, 2)]
        monomials = [[0] * k + [1] for k in range(degree + 2)]
        vanishes = all(identity.value(m, w) == 0 for m in monomials[: degree + 1] for w in weights)
        beyond = any(identity.value(monomials[degree + 1], w) != 0 for w in weights)
        full = prove(f"serial(Dense(), Monomial({degree}), Dense())", [list(z) for z in identity.points])
        fewer = prove(f"serial(Dense(), Monomial({degree}), Dense())", [list(z) for z in identity.points[:-1]])
        good &= vanishes and beyond and full.verdict == "singular" and fewer.verdict == "positive definite"
        good &= save(f"s0-degree-{degree}-singular", full) and save(f"s0-degree-{degree}-regular", fewer)
        points.append((float(degree), *ends(fewer)))
        rows.append((str(degree), str(degree + 2), "singular", str(degree + 1), smallest(fewer)))
    return Claim(
        key="characterisation",
        title="A relation between N points forces degree at most N − 2",
        place="the characterisation of polynomials",
        says="If sum u_i sigma(<w, z_i>) vanishes for all w, with pairwise non-proportional z_i and no u_i zero, "
        "sigma is a polynomial (of degree at most N − 2, as the proof by differences gives).",
        found="Sharp in every degree from 1 to 7: on p + 2 points t^p has the relation of the differences of order "
        "p + 1, and its kernel is singular; on p + 1 of these points the kernel is positive definite.",
        status=settled(good, "certified"),
        how="The relation is evaluated in exact rationals; singular by a count of monomials, regular by an exact "
        "residual.",
        command=command("S0", "characterisation"),
        figure=Figure(
            x="degree p", y="smallest eigenvalue on p + 1 points", log_y=True,
            description="On p + 1 points the smallest eigenvalue of the kernel of t^p is proved positive for p from "
            "1 to 7.",
            caption="Proved intervals; with one point more the value is 0 exactly.",
            series=(Series("proved interval, p + 1 points", "proved", "intervals", tuple(points)),),
        ),
        table=Table(
            "proved", ("degree", "points", "verdict", "points", "smallest eigenvalue there"), tuple(rows)
        ),
        certificates=("s0-degree-2-singular", "s0-degree-2-regular"),
    )  # fmt: skip


def polynomials(save: Save) -> Claim:
    """Squares on points of iris: positive up to the dimension of the span, exactly zero above."""
    network = f"serial(Dense({BIAS}), Monomial(2), Dense({BIAS}))"
    rows, good, points = [], True, []
    for n in (2, 5, 8, 11, 14, 15, 16, 20, 30):
        certificate = prove(network, "iris", rows=n)
        if n in (15, 16):
            good &= save(f"s0-squares-{n}", certificate)
        if n > 15:
            good &= certificate.verdict == "singular"
        else:
            points.append((float(n), *ends(certificate)))
        rows.append((str(n), certificate.verdict, smallest(certificate)))
    return Claim(
        key="polynomials",
        title="Polynomial activations do become singular",
        place="the theorem’s exception",
        says="Polynomials are excluded for a reason: their features span a space of finite dimension.",
        found="With squares and biases on R⁴ the features span 15 dimensions: more points than that make the matrix "
        "singular, whatever they are.",
        status=settled(good, "certified"),
        how="A count of the monomials that do not vanish on the points, exact; no arithmetic on entries.",
        command=command("S0", "polynomials", f"certify prove iris --rows 16 --network '{network}'"),
        figure=Figure(
            x="rows of iris", y="smallest eigenvalue", log_y=True,
            description="The smallest eigenvalue of a squares network on the first rows of iris: positive up to 15 "
            "rows.",
            caption="Proved intervals up to 15 rows; from 16 on the value is 0 exactly.",
            series=(Series("proved interval", "proved", "intervals", tuple(points)),),
        ),
        table=Table("proved", ("rows of iris", "verdict", "smallest eigenvalue"), tuple(rows)),
        certificates=("s0-squares-15", "s0-squares-16"),
    )  # fmt: skip


PAPER = Paper(
    key="S0",
    title="The Positivity of the Neural Tangent Kernel",
    authors="Carvalho, Costa, Mourão, Oliveira",
    year=2025,
    arxiv="2404.12928",
    summary="For any activation that is no polynomial the NTK is strictly positive definite at any depth. The "
    "theorem has no number; certificates add one, and show that each hypothesis is needed.",
    claims={
        "positivity": positivity,
        "non-proportional": proportional,
        "antipodal": antipodal,
        "characterisation": characterisation,
        "polynomials": polynomials,
    },
)
