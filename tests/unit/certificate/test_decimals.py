"""Decimals are outward, canonical and readable."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from certify.certificate import decimal_above, decimal_below, readable

rationals = st.fractions() | st.builds(
    lambda m, e: Fraction(m) * Fraction(10) ** e, st.integers(-(10**30), 10**30), st.integers(-400, 400)
)


@given(rationals, st.integers(1, 40))
def test_decimals_enclose_and_lie_within_one_unit_of_the_last_digit(value: Fraction, digits: int) -> None:
    below, above = Fraction(decimal_below(value, digits)), Fraction(decimal_above(value, digits))
    assert below <= value <= above
    assert above - below <= abs(value) * Fraction(10) ** (1 - digits)


@given(rationals)
def test_the_readable_spelling_is_the_same_number(value: Fraction) -> None:
    text = decimal_below(value)
    assert Fraction(readable(text)) == Fraction(text)


@given(rationals)
def test_the_spelling_is_canonical(value: Fraction) -> None:
    text = decimal_below(value)
    if text != "0":
        mantissa, exponent = text.split("e")
        assert str(int(mantissa)) == mantissa
        assert str(int(exponent)) == exponent
        assert int(mantissa) % 10


def test_readable_examples() -> None:
    assert readable("25e-24") == "2.5e-23"
    assert readable("125e-3") == "0.125"
    assert readable("-12e1") == "-120"
    assert readable("5e10") == "5e10"
