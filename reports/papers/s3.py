"""S3: Bombari, Amani and Mondelli, memorization and optimization with minimum over-parameterization."""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from certify.certificate import readable
from certify.finite import memorise, prove_finite
from reports.numbers import as_text
from reports.papers.claim import Claim, Figure, Paper, Save, Series, Table, command, ends, settled, smallest

SIZES = (20, 40, 80)
MEMORY = 'serial(Dense(2, b_var="1/10"), Tanh(), Dense(6, b_var="1/10"), Tanh(), Dense(1, b_var="1/10"))'


def _network(first: int, second: int, activation: str) -> str:
    return f"serial(Dense({first}), {activation}, Dense({second}), {activation}, Dense(1, W_var={second}))"


def _gaussian(count: int, dimension: int, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng([seed, count]).standard_normal((count, dimension))


def order(save: Save) -> Claim:
    """Smallest eigenvalues of pyramids with n1 n2 = 2 N, over n1 n2."""
    rows, points, good = [], [], True
    for n in SIZES:
        second = ceil(sqrt(n))
        first = ceil(2 * n / second)
        for seed in range(2):
            certificate = prove_finite(
                _network(first, second, "Tanh()"), _gaussian(n, first, seed), seed=seed, rel_width="1/20", max_bits=256
            )
            good &= certificate.verdict == "positive definite" and save(f"s3-pyramid-{n}-{seed}", certificate)
            low, high = (end / (first * second) for end in ends(certificate))
            points.append((float(n), low, high))
            rows.append((str(n), f"{first}–{first}–{second}–1", str(seed), smallest(certificate), f"{high:.3g}"))
    return Claim(
        key="order",
        title="The smallest eigenvalue is of the order of n₁ n₂",
        place="main theorem on the smallest eigenvalue",
        says="For smooth activations, data of Lipschitz concentration and loosely pyramidal widths with about as "
        "many parameters as points, the smallest eigenvalue of the tangent kernel is of the order of the product of "
        "the last two widths, with high probability.",
        found="An order without constants cannot be certified; single networks can. Each of these is positive "
        "definite with its interval proved. certify experiments pyramids goes to N = 1600, with ReLU besides, which "
        "the theorem leaves out.",
        status="open" if good else "failed",
        how="Exact weights; the kernel as a sum of Hadamard products, enclosed; residuals of Cholesky factors. "
        "Every network is a certificate.",
        command=command("S3", "order", "certify experiments pyramids --size small"),
        figure=Figure(
            x="number of points N, with n₁ n₂ = 2 N", y="smallest eigenvalue / (n₁ n₂)", log_y=True,
            description="Proved smallest eigenvalues of single networks over the product of their widths, for N "
            "from 20 to 80.",
            caption="Proved, one interval a network.",
            series=(Series("one network, tanh", "proved", "intervals", tuple(points)),),
        ),
        table=Table(
            "proved; the last column is a quotient for drawing",
            ("N", "widths", "seed", "smallest eigenvalue", "over n₁ n₂"),
            tuple(rows),
        ),
        certificates=tuple(f"s3-pyramid-{n}-0" for n in SIZES),
    )  # fmt: skip


def threshold(save: Save) -> Claim:
    """Fewer parameters than points, and slightly more."""
    rows, points, good, names = [], [], True, []
    n, dimension = 40, 4
    for width in range(2, 8):
        certificate = prove_finite(
            _network(width, width, "Tanh()"), _gaussian(n, dimension, 0), rel_width="1/20", max_bits=512
        )
        parameters = dimension * width + width * width + width
        good &= certificate.verdict == ("singular" if parameters < n else "positive definite")
        if width in (3, 5):
            good &= save(f"s3-threshold-{parameters}", certificate)
            names.append(f"s3-threshold-{parameters}")
        if certificate.verdict == "positive definite":
            points.append((float(parameters), *ends(certificate)))
        rows.append((str(parameters), f"{dimension}–{width}–{width}–1", certificate.verdict, smallest(certificate)))
    return Claim(
        key="threshold",
        title="About as many parameters as points is the least",
        place="introduction: minimum over-parameterisation",
        says="With fewer parameters than points the kernel is singular; the theorem needs only slightly more.",
        found=f"On {n} points the kernel is singular below {n} parameters, by rank, and proved positive definite in "
        "every case tried above.",
        status=settled(good, "certified"),
        how="Rank for the singular cases; exact residuals for the others.",
        command=command("S3", "threshold"),
        figure=Figure(
            x="parameters, 40 points", y="smallest eigenvalue", log_y=True,
            description="Above 40 parameters the proved smallest eigenvalue is positive and grows with the width.",
            caption="Proved intervals; below 40 parameters the value is 0 exactly.",
            series=(Series("proved interval", "proved", "intervals", tuple(points)),),
        ),
        table=Table("proved", ("parameters", "widths", "verdict", "smallest eigenvalue"), tuple(rows)),
        certificates=tuple(names),
    )  # fmt: skip


def memory(save: Save) -> Claim:
    """One network that fits every target exactly."""
    certificate = memorise(MEMORY, "digits", "target", rows=60)
    good = "distance" in certificate.claim and save("s3-memory", certificate)
    distance = readable(str(certificate.claim.get("distance", "0")))
    return Claim(
        key="memory",
        title="Memorisation",
        place="corollary: memorization capacity",
        says="A network whose tangent kernel is positive definite can fit every target: weights exist that do.",
        found="For one small network on 60 digits: weights that fit all targets exactly exist within a distance of "
        f"{as_text(distance)} of those that training found.",
        status=settled(good, "certified"),
        how="Training is a guess; a fixed-point theorem (Newton and Kantorovich), its three numbers enclosed, is "
        "the proof.",
        command=command("S3", "memory", f"certify memorise digits --target target --rows 60 --network '{MEMORY}'"),
        table=Table("proved", ("network", "points", "distance"), ((MEMORY, "digits, 60", as_text(distance)),)),
        certificates=("s3-memory",) if good else (),
    )


PAPER = Paper(
    key="S3",
    title="Memorization and Optimization in Deep Neural Networks with Minimum Over-parameterization",
    authors="Bombari, Amani, Mondelli",
    year=2022,
    arxiv="2205.10217",
    summary="Deep networks with about as many parameters as points have a positive definite tangent kernel with high "
    "probability. Its constants are not explicit; what is certified here are single networks, exactly.",
    claims={"order": order, "threshold": threshold, "memory": memory},
)
