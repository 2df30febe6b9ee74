"""Cases of the checker's arithmetic that points in general position do not reach."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from checker_certificates import ERF, RELU, enclosed

from certify.checker import entries, gram, limits
from certify.checker.answers import Unsupported
from certify.checker.budget import Budget
from certify.checker.dual_base import Covariance
from certify.checker.duals import dual_of
from certify.checker.elementary import _fixed_arctan, arctan, exponential, exponential_minus_one, inclination
from certify.checker.gram import GramEnclosure
from certify.checker.input_moments import later_moments, prepare_rows
from certify.checker.interval import ONE, ZERO, Interval, TooWide, add, from_fraction, subtract, to_fractions
from certify.checker.networks import read_network
from certify.checker.points import Points
from certify.checker.relations import Relation

ACTIVATIONS = [
    "Relu()",
    "Erf()",
    "Sigmoid_like()",
    "Gelu()",
    "Gabor()",
    "Sin()",
    'Cos(c="1/2")',
    "Rbf()",
    "Gaussian()",
    "Exp()",
    "Sign()",
    "Step()",
    "RectifiedMonomial(0)",
    "RectifiedMonomial(2)",
    "Monomial(2)",
    "Polynomial([1, 2])",
    "Hermite(3)",
]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_moments_that_a_dual_does_not_ask_for_do_not_matter(activation: str) -> None:
    """Inside a network they are given as zero."""
    dual = dual_of(read_network(f"serial(Dense(), {activation})").activations[0], 80, Budget(None).charge)
    q1, q2, r = Fraction(3, 2), Fraction(5, 7), Fraction(1, 3)
    points = [dual.point(from_fraction(q, 80)) for q in (q1, q2)]
    moments = Covariance(*(from_fraction(v, 80) for v in (r, q1 * q2 - r * r, q1 + q2 - 2 * r, q1 + q2 + 2 * r)), 0)
    given = moments
    if not dual.uses_discriminant and not dual.uses_distances:
        given = given._replace(discriminant=ZERO)
    if not dual.uses_distances:
        given = given._replace(apart=ZERO, together=ZERO)
    assert dual.pair(points[0], points[1], given) == dual.pair(points[0], points[1], moments)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_place_of_a_zero_row_does_not_matter(activation: str) -> None:
    for network in (f"serial(Dense(), {activation}, Dense())", f"serial(Dense(), {activation}, Dense(), Relu())"):
        first = enclosed(network, [[0, 0], [1, 2], [0, 0]], False, "nngp", 60)
        last = enclosed(network, [[1, 2], [0, 0], [0, 0]], False, "nngp", 60)
        assert first.entry(1, 0) == first.entry(2, 1) == last.entry(1, 0) == last.entry(2, 0)
        assert first.entry(2, 0) == last.entry(2, 1)


def test_directions_are_kept_in_lowest_terms() -> None:
    points = Points(((4, -6), (0, 0), (3, 5)), 7, 2, "")
    assert prepare_rows(points, True).rows == ((2, -3), (0, 0), (3, 5))
    assert prepare_rows(points, False).rows == points.rows


def test_later_moments_lose_their_negative_part_only() -> None:
    wide: Interval = (-2, 3, 0)
    moments = later_moments((1, 2, 0), (1, 2, 0), wide, Relation.GENERIC, 60, True)
    assert moments.discriminant == (0, 4, 0)
    assert to_fractions(moments.apart) == (0, 8)
    assert to_fractions(moments.together) == (0, 10)
    exact = later_moments((1, 1, 0), (1, 1, 0), (2, 2, 0), Relation.GENERIC, 60, True)
    assert [to_fractions(x) for x in (exact.discriminant, exact.apart)] == [(0, 0), (0, 0)]


def test_magnitudes_are_confined_at_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_MAGNITUDE", 20)
    for passes in (ZERO, (0, 1, 18), (1, 1, 19), (-1, 1, 0), (0, 1, -21), (1, 1, -21)):
        entries._confine(passes)
    for refused in ((0, 1, 20), (1, 1, 20), (1, 1, -22), (0, 1, -22)):
        with pytest.raises(Unsupported, match="lies beyond every magnitude"):
            entries._confine(refused)


def test_variances_on_the_way_and_entries_are_confined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_MAGNITUDE", 40)
    with pytest.raises(Unsupported, match="lies beyond every magnitude"):
        enclosed("serial(Dense(), Sign(), Dense())", [[2**40, 1], [1, 2]], False, "nngp", 60)
    with pytest.raises(Unsupported, match="lies beyond every magnitude"):
        enclosed(f"serial(Dense(), Sign(), Dense(W_var={2**50}))", [[2, 1], [1, 2]], False, "nngp", 60)
    assert enclosed("serial(Dense(), Sign(), Dense())", [[2**15, 1], [1, 2]], False, "nngp", 60)


def test_diagonal_entries_may_differ_by_so_many_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    for rows in ([[2**20], [1]], [[1], [2**20]]):
        monkeypatch.setattr(limits, "MAX_BITS", 40)
        assert enclosed(RELU, rows, False, "nngp", 60)
        monkeypatch.setattr(limits, "MAX_BITS", 39)
        with pytest.raises(Unsupported, match="differ by more than a factor"):
            enclosed(RELU, rows, False, "nngp", 60)


def test_precisions_double_their_guard() -> None:
    assert gram._precisions(64, 0) == [96, 128, 192, 320, 576, 1088, 2112]
    assert gram._precisions(0, 0) == [32, 64, 128, 256, 512, 1024]
    assert gram._precisions(64, 1) == [64 + 36 * 2**k for k in range(6)]
    assert gram._precisions(0, 1000) == [4032]
    assert gram._precisions(64, 8) == [128, 192, 320, 576, 1088, 2112]


Found = Interval | None


def scripted(monkeypatch: pytest.MonkeyPatch, diagonal: list[Found], other: list[Found]) -> Callable[[], GramEnclosure]:
    """Gram matrices of three points with entries as scripted for every precision; None stands for TooWide."""
    seen: list[int] = []

    def answer(found: Found) -> Interval:
        if found is None:
            raise TooWide("as the script says")
        return found

    class Scripted:
        def __init__(self, _task: object, _bits: int, _charge: object) -> None:
            self.index = len(seen)
            self.pair_seconds, self.series_seconds = 1.0, 0.0
            seen.append(self.index)

        def diagonal(self, _i: int) -> Interval:
            return answer(diagonal[self.index])

        def pair(self, *_: object) -> Interval:
            return answer(other[self.index])

    def make() -> GramEnclosure:
        seen.clear()
        points = Points(((1, 2), (2, 1), (3, 3)), 1, 2, "")
        return GramEnclosure(read_network(RELU), True, False, points, 10, Budget(None))

    monkeypatch.setattr(entries, "Level", Scripted)
    monkeypatch.setattr(gram, "_precisions", lambda bits, _: [bits + 8 * 2**k for k in range(len(diagonal))])
    return make


EXACT: Interval = (2**12, 2**12, 0)


@pytest.mark.parametrize(
    ("diagonal", "expected", "tried"),
    [
        # At most 2**(12 - 10) wide is narrow enough.
        ([(4096, 4099, 0), EXACT], (4096, 4099, 0), 1),
        ([(4096, 4100, 0), EXACT], EXACT, 2),
        ([(4095, 4097, 0), EXACT], EXACT, 2),
        ([(4095, 4096, 0), EXACT], (4095, 4096, 0), 1),
        ([(1024, 1024, 3), EXACT], (1024, 1024, 3), 1),
        ([(1, 1, 0), EXACT], (1, 1, 0), 1),
        ([(1, 2, 0), EXACT], EXACT, 2),
        ([(0, 5000, 0), EXACT], EXACT, 2),
        ([(-1, 5000, 0), EXACT], EXACT, 2),
        ([None, None, EXACT], EXACT, 3),
        ([(0, 5000, 0), None, EXACT, EXACT], EXACT, 3),
        ([(0, 5000, 0), (0, 1, 0)], (0, 1, 0), 2),
        ([(0, 5000, 0), (-1, 1, 0)], (-1, 1, 0), 2),
        ([(0, 5000, 0), (1, 5000, 0)], (1, 5000, 0), 2),
    ],
)
def test_a_diagonal_entry_climbs_until_it_is_narrow(
    monkeypatch: pytest.MonkeyPatch, diagonal: list[Found], expected: Interval, tried: int
) -> None:
    made = scripted(monkeypatch, diagonal, diagonal)()
    assert made.diagonal == [expected] * 3
    assert len(made.levels) == tried
    assert made.starts == [tried - 1] * 3
    height = max(expected[0], 1).bit_length() - 1 + expected[2]
    assert made.heights == [height] * 3
    assert made.exponent == height - 18


def test_a_climb_is_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    direct = scripted(monkeypatch, [EXACT, EXACT], [EXACT, EXACT])()
    climbing = scripted(monkeypatch, [(0, 5000, 0), EXACT], [EXACT, EXACT])()
    assert climbing.budget.spent >= direct.budget.spent + 3
    before = climbing.budget.spent
    climbing.entry(1, 0)
    assert climbing.budget.spent == before + 1
    before = direct.budget.spent
    direct.entry(1, 0)
    assert direct.budget.spent == before


def test_an_entry_that_is_exactly_zero_needs_no_height(monkeypatch: pytest.MonkeyPatch) -> None:
    made = scripted(monkeypatch, [(0, 0, 7), EXACT], [EXACT, EXACT])()
    assert made.diagonal == [ZERO] * 3 or made.diagonal == [EXACT] * 3
    made = scripted(monkeypatch, [(0, 0, 7)], [EXACT])()
    assert made.diagonal == [ZERO] * 3
    assert made.heights == [None] * 3
    assert made.entry(1, 0) == ZERO


@pytest.mark.parametrize("diagonal", [[None, None], [(-5, -1, 0)], [(-5, 0, 0)], [(-1, 0, 3), None]])
def test_a_diagonal_entry_that_is_not_positive_is_refused(
    monkeypatch: pytest.MonkeyPatch, diagonal: list[Found]
) -> None:
    make = scripted(monkeypatch, diagonal, diagonal)
    with pytest.raises(Unsupported, match="diagonal entry 0 cannot be enclosed"):
        make()


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ([(0, 3, 0), (1, 2, 0)], (0, 3, 0)),
        ([(0, 4, 0), (1, 2, 0)], (1, 2, 0)),
        ([(0, 50, 0), (0, 60, 0)], (0, 50, 0)),
        ([(0, 60, 0), (0, 30, 0)], (0, 30, 0)),
        ([(0, 60, 0), (1, 61, 0)], (0, 60, 0)),
        ([(7, 7, 0), (1, 1, 0)], (7, 7, 0)),
        ([None, (0, 60, 0)], (0, 60, 0)),
        ([None, (0, 3, 0)], (0, 3, 0)),
        ([None, None], (-1, 1, 13)),
        ([(0, 2**13 - 1, 0), None], (0, 2**13 - 1, 0)),
        ([(0, 2**13, 0), None], (-1, 1, 13)),
    ],
)
def test_an_entry_is_the_first_narrow_or_the_narrowest_one(
    monkeypatch: pytest.MonkeyPatch, other: list[Found], expected: Interval
) -> None:
    made = scripted(monkeypatch, [EXACT, EXACT], other)()
    assert made.entry(1, 0) == expected


def test_the_width_that_is_wanted_is_rounded_down(monkeypatch: pytest.MonkeyPatch) -> None:
    made = scripted(monkeypatch, [EXACT, EXACT], [(0, 4, 0), (0, 1, 0)])()
    made.heights = [12, 13, 12]
    assert made.entry(1, 0) == (0, 1, 0)


def test_an_entry_starts_where_its_diagonal_did(monkeypatch: pytest.MonkeyPatch) -> None:
    made = scripted(monkeypatch, [EXACT, EXACT], [(1, 1, 0), (2, 2, 0)])()
    made.starts = [0, 1, 0]
    assert [made.entry(1, 0), made.entry(2, 0), made.entry(2, 1)] == [(2, 2, 0), (1, 1, 0), (2, 2, 0)]
    made.heights, made.diagonal = [12, 13, 12], [EXACT, (2**13, 2**13, 0), EXACT]
    made.precisions.clear()
    assert made.entry(1, 0) == (-1, 1, 14)


def test_sums_are_exact_while_their_terms_are_not_too_far_apart() -> None:
    for bits in (5, 40):
        gap = 2 * bits + 64
        near, low = (1, 1, gap), (1 - (1 << gap), 1 - (1 << gap), 0)
        assert add(near, low, bits) == add(low, near, bits) == ONE
        far, low = (1, 1, gap + 1), (1 - (2 << gap), 1 - (2 << gap), 0)
        for x in (add(far, low, bits), add(low, far, bits)):
            assert x != ONE
            assert to_fractions(x)[0] <= 1 <= to_fractions(x)[1]
        assert add((0, 0, gap + 1), (3, 5, 0), bits) == (3, 5, 0)
        assert add((0, 0, gap + 1), (2**bits, 2**bits + 1, 0), bits) == (2 ** (bits - 1), 2 ** (bits - 1) + 1, 1)


def test_wide_and_large_arguments_of_the_arctangent_get_everything() -> None:
    everything = (-2, 2, 0)
    for wide in (
        (-5, 6, -1),
        (-4, 5, 0),
        (9, 9, 0),
        (-9, -9, 0),
        (5, 5, -1),
        (2**80 + 1, 2**80 + 1, -79),
        (17, 17, -3),
    ):
        assert arctan(wide, 60) == everything
    for narrow in ((2, 2, 0), (-2, -2, 0), (-2, 3, -1), (1, 4, -1)):
        assert arctan(narrow, 60) != everything


def test_ends_of_an_exponential_of_different_magnitude() -> None:
    bits = 20
    for low in (-200, -100, -90, -80, -72, -71, -70, -60, -10):
        x = exponential((low, 3, 0), bits)
        first, last = exponential((low, low, 0), bits), exponential((3, 3, 0), bits)
        assert to_fractions(x)[0] <= to_fractions(first)[0]
        assert to_fractions(x)[1] == to_fractions(last)[1]
        assert (x[0] == 0) is (last[2] - first[2] > 2 * bits + 64 or to_fractions(first)[0] < Fraction(2) ** x[2])
    # The ends' exponents differ by 2 * bits + 64, and by one more.
    assert exponential((-229, 0, -2), bits) == (0, 2**19, -19)
    assert exponential((-231, 0, -2), bits) == (0, 1, 0)


def test_a_leg_of_a_triangle_loses_its_negative_part() -> None:
    low, high = to_fractions(inclination((5, 5, 0), (-1, 1, 0), 40))
    assert Fraction(13, 10) < low < Fraction(3, 2) < Fraction(157, 100) < high < Fraction(16, 10)


def test_small_arguments_keep_their_sign() -> None:
    for size in range(100):
        assert _fixed_arctan(size, 64)[0] == size
    tiny: Interval = (0, 1, -90)
    low, high = to_fractions(exponential_minus_one(tiny, 20))
    assert low <= 0 < high
    low, high = to_fractions(exponential_minus_one((-1, 0, -90), 20))
    assert low < 0 <= high
    assert exponential_minus_one((0, 0, 5), 20)[:2] == (0, 0)
    low, high = to_fractions(exponential_minus_one((-1, 0, 0), 20))
    assert low < Fraction(-63, 100)
    assert high >= 0
    assert to_fractions(subtract(arctan((1, 1, -90), 20), (1, 1, -90), 300))[1] >= 0


def test_a_network_without_activations_has_a_gram_matrix_too() -> None:
    assert (
        enclosed("serial(Dense())", [[1, 2], [2, 1]], False, "nngp", 60).diagonal[0]
        == enclosed("serial(Dense())", [[1, 2]], False, "nngp", 60).diagonal[0]
    )
    assert len(enclosed(ERF, [[1, 2], [2, 1]], False, "ntk", 60).levels) == 1
