"""Kernels of programs: values of the paper, laws, and degenerate points."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import certify
from certify import programs as tp
from certify import stax
from certify.activations import Relu
from certify.kernels import arithmetic_named
from certify.kernels.program_facade import network_evaluator
from certify.points import load_points

RNN_PAIR: Any = [[[1, 0, -1], [0.5, 1, 0], [-0.5, 0.5, 1]], [[0, 1, 1], [1, -1, 0.5], [0.25, 0, -1]]]
TOKENS: Any = [[[1, 0, -1], [0.5, 1, 0]], [[0, 1, 1], [1, -1, 0.5]]]
CNN = 'serial(Conv(None, (2, 2), padding="{}"), Relu(), Conv(None, (2, 1)), Relu(), GlobalAvgPool(), Dense())'


def within(low: Fraction, high: Fraction, printed: str) -> bool:
    unit = Fraction(1, 10 ** len(printed.partition(".")[2]))
    return Fraction(printed) - unit <= low <= high <= Fraction(printed) + unit


def ntk(network: Any, points: Any, **options: Any) -> Any:
    net = stax.parse(network) if isinstance(network, str) else network
    return net.kernel(points, get="ntk", **options)


def meet(one: Any, two: Any) -> bool:
    return not ((one.upper_exact < two.lower_exact) | (two.upper_exact < one.lower_exact)).any()


@pytest.mark.parametrize(
    ("network", "points", "printed"),
    [
        (
            'RNN(U_var=2, b_var="1/5")',
            RNN_PAIR,
            {
                (0, 0): "0.83108724118148725730299465357",
                (0, 1): "0.480269002926190710183990506052",
                (1, 1): "0.708986449678431084151161123773",
            },
        ),
        (
            "Transformer()",
            TOKENS,
            {
                (0, 0): "2.22743714197411884256186577242",
                (0, 1): "0.244976448523828075503849374694",
                (1, 1): "1.55067154903860281655140714166",
            },
        ),
    ],
)
def test_values_of_tensor_programs(network: str, points: Any, printed: dict[tuple[int, int], str]) -> None:
    found = ntk(network, points, bits=120)
    for place, value in printed.items():
        assert within(found.lower_exact[place], found.upper_exact[place], value)


def test_a_transformer_of_depth_two_lies_in_the_bands_of_wide_ones() -> None:
    """U_var 2, W_var 3/2: means of ten networks of width 768, which a square of U_var going back would miss."""
    found = ntk("Transformer(depth=2, U_var=2, W_var='3/2')", TOKENS)
    for place, (mean, error) in {(0, 0): (3.02, 0.1), (0, 1): (0.728, 0.036), (1, 1): (2.18, 0.05)}.items():
        assert abs(found.mid[place] - mean) <= 2 * error


def test_the_paper_checks_its_formula_on_two_hidden_layers() -> None:
    # Appendix E.1: hidden biases, unit variances, no output bias: 3/4 |x|^2 / m + 7/4.
    net = "serial(Dense(b_var=1), Relu(), Dense(b_var=1), Relu(), Dense(), parametrization='s4')"
    points = [[1, 2, 2], ["1/2", 0, 1]]
    found = ntk(net, points, bits=100)
    for i, square in enumerate((Fraction(9, 3), Fraction(5, 12))):
        value = Fraction(3, 4) * square + Fraction(7, 4)
        assert found.lower_exact[i, i] <= value <= found.upper_exact[i, i]


@pytest.mark.parametrize("bits", [2, 24, 53, 200])
@pytest.mark.parametrize("arithmetic", ["arb", "mpmath"])
@pytest.mark.parametrize(
    "text",
    [
        'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))',
        "serial(Dense(W_var=2), Relu(), Dense(W_var=2, b_var=1), Gelu(), Dense(), Sign())",
        "serial(Dense(), Dense(b_var=1), Sin(), Dense(), Polynomial([1, 2, 1]), Dense())",
    ],
)
def test_chains_through_the_program_equal_the_recursion(text: str, arithmetic: str, bits: int) -> None:
    net, points = stax.parse(text), [[1, 2], ["1/3", -1], [3, 6], [-1, -2], [0, 0], [1, "2.0000000001"]]
    plain: Any = net.kernel(points, get=("nngp", "ntk"), bits=bits, arithmetic=arithmetic)
    exact = load_points(points)
    make = arithmetic_named(arithmetic)[1]
    evaluator = network_evaluator(net.layers, "ntk", exact, None, "none", ("nngp", "ntk"), bits, make)
    for i, row in enumerate(evaluator.rows()):
        for j, entry in enumerate(row):
            for name, value in zip(("nngp", "ntk"), entry, strict=True):
                low, high, exponent = evaluator.endpoints(value)
                unit = Fraction(2) ** exponent
                assert low * unit <= getattr(plain, name).upper_exact[i, j]
                assert high * unit >= getattr(plain, name).lower_exact[i, j]


def test_s4_and_ntk_agree_at_unit_variances_and_differ_elsewhere() -> None:
    body, points = "serial(Dense(W_var={0}, b_var={0}), Relu(), Dense(W_var={0}, b_var={0}){1})", [[1, 2], [2, -1]]
    for variance, same in ((1, True), (3, False)):
        one, two = (ntk(body.format(variance, end), points) for end in ("", ", parametrization='s4'"))
        assert meet(one, two) == same


def test_a_program_of_ones_own_has_the_kernel_of_the_same_network() -> None:
    W1, W2, v = tp.matrix("W1", 2), tp.matrix("W2"), tp.matrix("v", "1/2")
    hidden = tp.apply(Relu(), tp.matmul(W1, tp.vector_input()) + tp.noise("b", 3))
    program = tp.program(tp.matmul(v, tp.apply(Relu(), tp.matmul(W2, hidden))))
    points = [[1, 2], [2, -1], [0, 1]]
    found: Any = certify.program_kernel(program, points, get=("nngp", "ntk"))
    net: Any = stax.parse("serial(Dense(W_var=2, b_var=3), Relu(), Dense(), Relu(), Dense(W_var='1/2'))").kernel(
        points, get=("nngp", "ntk")
    )
    assert meet(found.nngp, net.nngp)
    assert meet(found.ntk, net.ntk)


def test_shared_weights_are_counted_at_every_pair_of_uses() -> None:
    # f = v s(W x) + v s(W x) = 2 v s(W x): four times the kernel of v s(W x).
    W, v = tp.matrix("W"), tp.matrix("v")
    s = tp.apply(Relu(), tp.matmul(W, tp.vector_input()))
    points = [[1, 2], [2, -1]]
    once: Any = certify.program_kernel(tp.program(tp.matmul(v, s)), points)
    twice: Any = certify.program_kernel(tp.program(tp.matmul(v, s) + tp.matmul(v, s)), points)
    assert np.allclose(twice.mid, 4 * once.mid, rtol=1e-14)


def test_one_step_of_the_rnn_is_a_chain() -> None:
    points = np.array([[[1.0, 2.0]], [[0.5, -1.0]]])
    rnn = ntk("RNN(activation=Relu(), U_var=2, b_var=1, v_var=3, W_var=7)", points)
    chain = ntk("serial(Dense(W_var=2, b_var=1), Relu(), Dense(W_var=3), parametrization='s4')", points[:, 0])
    assert meet(rnn, chain)


def test_sequences_of_two_lengths_meet_at_their_common_prefix() -> None:
    # With readout "last" and a zero token in front nothing enters before the second step.
    net = stax.parse("RNN(readout='last')")
    short = np.array([[[1.0, 2.0], [0.5, -1.0]]])
    long = np.concatenate([np.zeros((1, 1, 2)), short], axis=1)
    across: Any = net.kernel(long, short)
    assert across.shape == (1, 1)
    assert meet(across, net.kernel(short))
    assert meet(across, net.kernel(long))


@pytest.mark.parametrize("network", ["RNN()", "Transformer(depth=2)"])
def test_the_kernel_of_two_sets_is_a_block_of_the_whole(network: str) -> None:
    points = np.array([*TOKENS, [[2.0, 0.0, 1.0], [0.0, 0.0, 0.0]]])
    net = stax.parse(network)
    whole, block = ntk(net, points), net.kernel(points[:1], points[1:], get="ntk")
    assert (block.lower <= whole.upper[:1, 1:]).all()
    assert (block.upper >= whole.lower[:1, 1:]).all()


def test_attention_does_not_see_the_order_of_the_tokens() -> None:
    points = np.array(TOKENS)
    assert meet(ntk("Transformer()", points), ntk("Transformer()", points[:, ::-1]))


def test_a_circular_network_does_not_see_where_the_image_starts() -> None:
    image = np.arange(12.0).reshape(1, 3, 4, 1)
    both = np.concatenate([image, np.roll(image, (1, 2), axis=(1, 2))])
    net = CNN.format("CIRCULAR").replace("Conv(None, (2, 1))", "Conv(None, (2, 1), padding='CIRCULAR')")
    found = ntk(net, both)
    assert found.lower[0, 0] <= found.upper[0, 1]
    assert found.lower[0, 1] <= found.upper[1, 1]
    assert certify.prove(net, both).verdict == "singular"
    assert certify.prove(net.replace("CIRCULAR", "SAME"), both).verdict == "positive definite"


@pytest.mark.parametrize("scale", ["1", "1e150", "1e-150"])
def test_degenerate_images_are_enclosed_to_the_asked_width(scale: str) -> None:
    blank, patch = [0] * 12, [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0]
    rows = [blank, patch, [-v for v in patch], [1] * 12, ["1.0000000000000002"] + [1] * 11]
    points = load_points([[f"{v}e{scale[2:]}" if "e" in scale else v for v in row] for row in rows], shape="3x4x1")
    for padding in ("SAME", "VALID", "CIRCULAR"):
        found = ntk(CNN.format(padding), points, bits=40)
        diagonal = found.upper_exact.diagonal()
        assert found.upper_exact[0, 0] == 0
        widths = found.upper_exact - found.lower_exact
        for i, j in np.ndindex(widths.shape):
            assert widths[i, j] ** 2 <= Fraction(4, 2**80) * diagonal[i] * diagonal[j]


def test_repeated_tokens_do_not_cost_digits_at_any_depth() -> None:
    points = np.array([[[1.0, 2.0]] * 4, [[1.0, 2.0]] * 3 + [[0.0, 1.0]], [[-1.0, -2.0]] * 4])
    net = stax.parse("Transformer(depth=6)")
    make = arithmetic_named("arb")[1]
    evaluator = network_evaluator(net.layers, "s4", load_points(points), None, "none", ("ntk",), 53, make)
    list(evaluator.rows())
    assert len(evaluator.levels) == 1


@pytest.mark.parametrize("width", [1, 2])
def test_a_network_that_is_zero_has_a_zero_kernel(width: int) -> None:
    found = ntk("RNN()", np.zeros((2, 3, width)))
    assert (found.upper == 0).all()
    assert (found.lower == 0).all()
