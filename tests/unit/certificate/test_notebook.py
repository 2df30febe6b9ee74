"""What notebooks show is text, whatever a name contains."""

import certify
from certify import stax
from certify.certificate.notebook import as_table


def test_a_certificate_shows_its_claim() -> None:
    cert = certify.prove(stax.parse("serial(Dense(), Relu(), Dense())"), [[1, 0], [0, 1]])
    shown = cert._repr_html_()
    assert cert.verdict in shown
    assert "serial(Dense(), Relu(), Dense())" in shown
    assert "2 x 2" in shown


def test_markup_in_names_is_text() -> None:
    assert "<script>" not in as_table("<script>", [("<b>", "<script>alert(1)</script>")])


def test_an_enclosure_shows_both_bounds_of_its_first_entries() -> None:
    kernel = stax.parse("serial(Dense(), Relu(), Dense())").kernel([[k, 1] for k in range(12)])
    shown = kernel._repr_html_()
    assert repr(float(kernel.lower[0, 1])) in shown
    assert repr(float(kernel.upper[7, 7])) in shown
    assert shown.count("<tr>") == 9
