"""S4: Yang, Tensor Programs II."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt
from typing import Any

import numpy as np

from certify import programs as tp
from certify.activations import Erf, Monomial
from certify.kernels import counterexample, program_kernel
from certify.proofs import prove
from certify.stax import parse
from reports.papers.claim import Claim, Figure, Paper, Save, Series, Table, command, settled, spoken

SEQUENCES: Any = [
    [[1, 0, -1], ["1/2", 1, 0], ["-1/2", "1/2", 1]],
    [[0, 1, 1], [1, -1, "1/2"], ["1/4", 0, -1]],
]
# Values of a second derivation at 30 digits, each rounded to the last one.
RNN_VALUES = {
    (0, 0): "0.83108724118148725730299465357",
    (0, 1): "0.480269002926190710183990506052",
    (1, 1): "0.708986449678431084151161123773",
}
TRANSFORMER_VALUES = {
    (0, 0): "2.22743714197411884256186577242",
    (0, 1): "0.244976448523828075503849374694",
    (1, 1): "1.55067154903860281655140714166",
}
WIDTHS = (32, 64, 128, 256)


def _meets(bounds: tuple[Fraction, Fraction], value: str) -> bool:
    slack = Fraction(1, 10 ** (len(value.partition(".")[2])))
    return bounds[0] - slack <= Fraction(value) <= bounds[1] + slack


def _architecture(
    network: str, points: Any, values: dict[tuple[int, int], str]
) -> tuple[bool, tuple[tuple[str, ...], ...]]:
    kernel: Any = parse(network).kernel(points, bits=128)
    rows, good = [], True
    for (i, j), value in values.items():
        bounds = kernel.lower_exact[i, j], kernel.upper_exact[i, j]
        good &= _meets(bounds, value)
        rows.append((f"Θ({i + 1}, {j + 1})", spoken(bounds, 25), value))
    return good, tuple(rows)


def perceptron(save: Save) -> Claim:
    """The worked example of two hidden ReLU layers in the paper's parametrisation."""
    network = 'serial(Dense(b_var=1), Relu(), Dense(b_var=1), Relu(), Dense(), parametrization="s4")'
    rows, good = [], True
    for ones in range(6):
        point = [[1] * ones + [0] * (5 - ones)]
        kernel: Any = parse(network).kernel(point)
        expected = Fraction(3, 4) * Fraction(ones, 5) + Fraction(7, 4)
        bounds = kernel.lower_exact[0, 0], kernel.upper_exact[0, 0]
        good &= bounds[0] <= expected <= bounds[1]
        rows.append((f"{ones}/5", str(expected), spoken(bounds, 20)))
    certificate = prove(network, [[1, 0, 0], [0, 1, 1], [1, 1, 1], [-1, 2, 0]])
    good &= certificate.verdict == "positive definite" and save("s4-perceptron", certificate)
    return Claim(
        key="perceptron",
        title="The formula on a perceptron",
        place="E.1, with equation (12)",
        says="For two hidden ReLU layers with unit variances and hidden biases, Θ(x, x) = 3/4 |x|²/m + 7/4.",
        found="Contained in the enclosure at every |x|²/m tried.",
        status=settled(good, "certified"),
        how="The sum over pairs of uses of every matrix, from the tensor program of the network, in Arb balls; the "
        "Gram matrix of four points has a certificate that the standard-library checker verifies going forward.",
        command=command("S4", "perceptron"),
        table=Table("enclosed", ("|x|²/m", "the paper’s value", "enclosure"), tuple(rows)),
        certificates=("s4-perceptron",),
    )


def recurrent(save: Save) -> Claim:
    """The recurrent network of the paper's notebook."""
    network = 'RNN(U_var=2, b_var="1/5")'
    good, rows = _architecture(network, SEQUENCES, RNN_VALUES)
    certificate = prove(network, SEQUENCES)
    good &= certificate.verdict == "positive definite" and save("s4-rnn", certificate)
    return Claim(
        key="rnn",
        title="A recurrent network has a limiting NTK",
        place="E.2",
        says="The NTK of a simple RNN converges; its limit follows from a recursion over pairs of time steps.",
        found="Enclosed on two sequences of three tokens, average readout; a second derivation agrees to all of its "
        "digits. The recursion used is the one that the general formula (12) gives, weight variances included.",
        status=settled(good, "certified"),
        how="From the tensor program of the network, in Arb balls; the Gram matrix has a certificate.",
        command=command("S4", "rnn"),
        table=Table("enclosed", ("entry", "enclosure", "second derivation"), rows),
        certificates=("s4-rnn",),
    )


def transformer(save: Save) -> Claim:
    """One transformer block on two sequences."""
    points = [[[1, 0, -1], ["1/2", 1, 0]], [[0, 1, 1], [1, -1, "1/2"]]]
    good, rows = _architecture("Transformer()", points, TRANSFORMER_VALUES)
    certificate = prove("Transformer()", points)
    good &= certificate.verdict == "positive definite" and save("s4-transformer", certificate)
    return Claim(
        key="transformer",
        title="So has a transformer",
        place="E.5",
        says="With attention scores scaled by 1/n and layer norm, the NTK of a transformer converges.",
        found="Enclosed on two sequences of two tokens for one block; a second derivation agrees to all of its digits.",
        status=settled(good, "certified"),
        how="From the tensor program of the network, in Arb balls; the Gram matrix has a certificate.",
        command=command("S4", "transformer"),
        table=Table("enclosed", ("entry", "enclosure", "second derivation"), rows),
        certificates=("s4-transformer",),
    )


def independence(save: Save) -> Claim:
    """The counterexample to gradient independence, with both of its values."""
    hidden = tp.matmul(tp.matrix("W2"), tp.matmul(tp.matrix("W1"), tp.vector_input()) + 1)
    wrong = tp.program(tp.mean(tp.apply(Monomial(2), hidden)))
    refused = tp.check_program(wrong).simple_gia
    moment, ntk = counterexample(wrong, [[0, 0]])[0][0]
    good = refused.verdict == "fails" and moment.heuristic == 4 and moment.truth == 8
    rows = [("second moment of dx", str(moment.heuristic), str(moment.truth))]
    for point in ([1, 0], [1, 1], [2, 1]):
        _, ntk = counterexample(wrong, [point])[0][0]
        rows.append((f"n times the NTK at {tuple(point)}", str(ntk.heuristic), str(ntk.truth)))
    return Claim(
        key="independence",
        title="Gradient independence can fail",
        place="section 6.3; Condition 1",
        says="Treating the backward pass as if its weights were fresh gives the right limit under the Simple GIA "
        "Check, and a wrong one for y = mean of (W₂(W₁ξ + 1))²: the heuristic gives mean 0 for dx, the truth is 2.",
        found="The check refuses the program, with its reason, and both values are exact: the second moment of dx "
        "is 4 by the heuristic and 8 in truth.",
        status=settled(good, "enclosed"),
        how="Exact rationals; the check is decided on the program.",
        command=command("S4", "independence"),
        table=Table("exact", ("quantity", "by the heuristic", "truth"), tuple(rows)),
    )


def convergence(save: Save) -> Claim:
    """Finite networks around the limit: relative deviation against width."""
    x, u, w, v = tp.vector_input(), tp.matrix("U"), tp.matrix("W"), tp.matrix("v")
    first = tp.apply(Erf(), tp.matmul(u, x))
    program = tp.program(tp.matmul(v, tp.apply(Erf(), tp.matmul(w, first))))
    points = np.array([[1.0, 2.0], [0.0, 1.0], [1.0, -1.0]])
    kernel: Any = program_kernel(program, points)
    limit = kernel.mid
    rows, found = [], []
    for width in WIDTHS:
        spread = program.simulate(points, width=width, seeds=40)
        typical = float(np.linalg.norm(spread.ntk_error) * sqrt(40) / np.linalg.norm(limit))
        found.append((float(width), typical))
        rows.append((str(width), f"{typical:.3g}", f"{typical * sqrt(width):.3g}"))
    guide = tuple((width, found[0][1] * sqrt(found[0][0] / width)) for width, _ in found)
    return Claim(
        key="convergence",
        title="Finite networks approach the limit like width to the −1/2",
        place="Corollary 7.3; the companion code’s figures",
        says="The NTK at initialisation converges almost surely as the widths grow; the companion code measures a "
        "deviation that falls like the inverse square root.",
        found="So it looks for two hidden erf layers, forty networks a width. A measurement is no proof, and the "
        "theorem has no rate.",
        status="open",
        how="Networks of finite width in float64, differentiated by the chain rule, beside the enclosed limit.",
        command=command("S4", "convergence", "certify experiments training --size small"),
        figure=Figure(
            x="width", y="spread of the NTK over the limit", log_x=True, log_y=True,
            description="The relative spread of empirical kernels falls along the line width to the minus one half.",
            caption="Float64, measured; only the limit itself is enclosed.",
            series=(
                Series("measured", "float", "circle", tuple(found)),
                Series("width to the −1/2", "noise", "dashed", guide),
            ),
        ),
        table=Table("float64, measured", ("width", "spread", "times root of width"), tuple(rows)),
    )  # fmt: skip


def batch_norm(save: Save) -> Claim:
    """Batch normalisation followed by ReLU on a batch of orthogonal points: a closed form."""
    eye = [[int(i == j) for j in range(4)] for i in range(4)]
    kernel: Any = parse("serial(Dense(W_var=4), BatchNorm(), Relu(), Dense())").kernel(eye, get="nngp", bits=40)
    diagonal = kernel.lower_exact[0, 0], kernel.upper_exact[0, 0]
    off = kernel.lower_exact[0, 1], kernel.upper_exact[0, 1]
    value = "0.0847482940210831332237239386308"
    good = diagonal[0] <= Fraction(1, 2) <= diagonal[1] and _meets(off, value)
    return Claim(
        key="batch-norm",
        title="Batch normalisation in closed form",
        place="E.4, equation (36)",
        says="The covariance after batch normalisation and ReLU is one integral over the half line.",
        found="On a batch of four orthogonal points it is 1/2 on the diagonal and J₁(−1/3)/2 = 0.08474829… off it, "
        "both contained in the enclosed integral. The integrals are those of ε = 0, which the master theorem leaves "
        "out.",
        status=settled(good, "enclosed"),
        how="Quadrature with a proven error in Arb balls. Certificates of such matrices rest on the enclosed "
        "entries, which certify check says.",
        command=command("S4", "batch-norm"),
        table=Table(
            "enclosed",
            ("entry", "enclosure", "closed form"),
            (("diagonal", spoken(diagonal, 10), "1/2"), ("off the diagonal", spoken(off, 10), value)),
        ),
    )


PAPER = Paper(
    key="S4",
    title="Tensor Programs II: Neural Tangent Kernel for Any Architecture",
    authors="Yang",
    year=2020,
    arxiv="2006.14548",
    summary="The NTK of any architecture converges, and one formula gives its limit. The formula is evaluated here "
    "from tensor programs, enclosed, and certificates of the Gram matrices are checked by a program that goes the "
    "other way.",
    claims={
        "perceptron": perceptron,
        "rnn": recurrent,
        "transformer": transformer,
        "independence": independence,
        "batch-norm": batch_norm,
        "convergence": convergence,
    },
)
