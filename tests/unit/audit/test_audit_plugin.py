"""The pytest plugin: a stranger's kernel in a stranger's project, right or wrong."""

import pytest
import stranger_kernels
from stranger_kernels import NETWORK

from properties.audit import require_kernel

pytest_plugins = ["pytester"]

HEAD = f"""
    import pytest
    import stranger_kernels as mine

    NETWORK = "{NETWORK}"
"""


@pytest.fixture
def stranger(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project in which this plugin and no other is installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\naddopts = -p properties.plugin --strict-markers\n")
    return pytester


def marked(function: str, options: str = "") -> str:
    return f"""
    @pytest.mark.certify_kernel(NETWORK, examples=5{options})
    def kernel(x1, x2):
        return mine.{function}(x1, x2)
"""


def test_a_right_kernel_passes_every_test_and_law(stranger: pytest.Pytester) -> None:
    stranger.makepyfile(HEAD + marked("relu", ', data="digits"'))
    result = stranger.runpytest_inprocess("-v")
    outcomes = result.parseoutcomes()
    assert result.ret == 0
    assert set(outcomes) == {"passed"}
    assert outcomes["passed"] >= 7
    result.stdout.fnmatch_lines(["*kernel::entries-are-right PASSED*", "*kernel::law-*PASSED*"])


@pytest.mark.parametrize("fault", ["wrong_sign", "wrong_factor", "wrong_clamp"])
def test_a_wrong_relu_is_caught_with_a_small_example(stranger: pytest.Pytester, fault: str) -> None:
    stranger.makepyfile(HEAD + marked(fault))
    result = stranger.runpytest_inprocess("-k", "entries-are-right")
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(
        [
            "*kernel entries-are-right*",
            f"kernel is not the NTK of {NETWORK}",
            "wrong-entry: entries off by a millionth*",
            "  x1 = [[][[]*",
            "  x2 = None",
            "  K[[]*] = *, proved *: off by * ulps, * of sqrt(K_ii K_jj)",
        ]
    )
    (points,) = [line for line in result.stdout.lines if line.startswith("  x1 = ")]
    assert len(points) < 40
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_wrong_factor_breaks_laws_as_well(stranger: pytest.Pytester) -> None:
    stranger.makepyfile(HEAD + marked("wrong_factor"))
    result = stranger.runpytest_inprocess("-k", "law")
    assert result.parseoutcomes()["failed"] >= 1
    result.stdout.fnmatch_lines(["*points = [[][[]*"])


def test_an_imprecise_kernel_hears_how_to_be_tolerated(stranger: pytest.Pytester) -> None:
    stranger.makepyfile(HEAD + marked("naive"))
    result = stranger.runpytest_inprocess("-k", "entries-are-right")
    result.stdout.fnmatch_lines(["*imprecise-entry*", "*tolerance=2[*][*]30*"])
    stranger.makepyfile(HEAD + marked("naive", ", tolerance=2**30"))
    assert stranger.runpytest_inprocess("-k", "entries-are-right").ret == 0


def test_a_plain_assertion_says_the_same() -> None:
    require_kernel(stranger_kernels.relu, NETWORK, examples=3)
    with pytest.raises(AssertionError, match="wrong_factor is not the NTK of") as caught:
        require_kernel(stranger_kernels.wrong_factor, NETWORK, examples=3)
    assert "x1 = [[1.0]]" in str(caught.value)


def test_the_kernel_stays_a_function_and_may_bear_two_marks(stranger: pytest.Pytester) -> None:
    stranger.makepyfile(
        HEAD
        + """
    @pytest.mark.certify_kernel("serial(Dense())", kernel="ntk", examples=5)
    @pytest.mark.certify_kernel("serial(Dense())", kernel="nngp", examples=5)
    def test_linear(x1, x2):
        return x1 @ (x1 if x2 is None else x2).T / x1.shape[1]

    def test_it_is_still_a_function():
        import numpy as np
        assert test_linear(np.array([[2.0]]), None) == 4.0
"""
    )
    result = stranger.runpytest_inprocess("-v", "-k", "is-symmetric or still_a")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*::test_linear::is-symmetric*", "*::test_linear-2::is-symmetric*"])


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ('"serial(Dense(), Rulu())"', "*unknown layer 'Rulu'*"),
        ('NETWORK, kernel="rbf"', "*kernel='rbf'*"),
        ("", "*network*"),
        ('NETWORK, known="none.toml"', "*none.toml*"),
        ("NETWORK, exmaples=3", "*exmaples*"),
    ],
)
def test_a_mark_that_cannot_be_used_is_an_error_in_words(stranger: pytest.Pytester, mark: str, said: str) -> None:
    stranger.makepyfile(
        HEAD + f"\n    @pytest.mark.certify_kernel({mark})\n    def kernel(x1, x2):\n        return x1\n"
    )
    result = stranger.runpytest_inprocess()
    assert result.parseoutcomes() == {"errors": 1}
    result.stdout.fnmatch_lines([said])


def test_a_kernel_in_a_class_is_refused_in_words(stranger: pytest.Pytester) -> None:
    stranger.makepyfile(
        HEAD + "\n    class TestMine:\n        @pytest.mark.certify_kernel(NETWORK)\n        def kernel(self): ...\n"
    )
    stranger.runpytest_inprocess().stdout.fnmatch_lines(["*kernel stands in a class*"])


def test_known_failures_pass_and_stale_ones_warn(stranger: pytest.Pytester) -> None:
    kinds = ("wrong-entry", "nan")
    (stranger.path / "known.toml").write_text(
        "\n".join(f'[[known]]\nkind = "{kind}"\nreason = "because"\n' for kind in kinds)
    )
    stranger.makepyfile(HEAD + marked("wrong_clamp", ', known="known.toml"'))
    result = stranger.runpytest_inprocess("-k", "entries-are-right", "-W", "default")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*entry 2 of known.toml (nan) is stale*"])


def test_nothing_heavy_is_imported_where_no_kernel_is_marked(stranger: pytest.Pytester) -> None:
    stranger.makepyfile(
        """
    import sys

    def test_light():
        assert not {"numpy", "hypothesis", "certify", "flint"} & set(sys.modules)
"""
    )
    assert stranger.runpytest_subprocess().ret == 0
