"""The Coq library: nothing admitted, no axiom of its own, and only the axioms that are named."""

import re
from pathlib import Path

import pytest
from coq_runs import REALS, axioms_of, stated

import certify.formal
from certify.formal import write_library
from certify.formal.library import CHECKERS, all_modules, inlined, modules_for, source

MODULES = all_modules()
LOOPHOLES = re.compile(
    r"\b(Admitted|admit|Axiom|Axioms|Conjecture|Parameter|Parameters|Abort|bypass_check|Unset\s+Guard|give_up|"
    r"Unset\s+Universe|type_in_type|native_compute)\b"
)


def without_comments(text: str) -> str:
    return re.sub(r"\(\*.*?\*\)", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_admitted_or_assumed(module: str) -> None:
    assert not LOOPHOLES.search(without_comments(source(module)))


def test_the_search_for_loopholes_finds_them() -> None:
    for text in ("Proof. Admitted.", "Axiom a : False.", "Proof. admit. Qed.", "Unset Guard Checking."):
        assert LOOPHOLES.search(text)


@pytest.mark.parametrize("integers", CHECKERS)
def test_the_library_inside_one_file_loads_nothing_within_a_module(integers: str) -> None:
    text = inlined(modules_for(integers))
    before, _, after = text.partition("Module Forms.")
    assert "Require" in before
    assert "Require" not in without_comments(after)


def test_the_library_is_written_in_the_order_of_compilation(tmp_path: Path) -> None:
    paths = write_library(tmp_path / "ntk")
    assert [path.stem for path in paths] == list(MODULES)
    for position, path in enumerate(paths):
        for used in re.findall(r"^From NTK Require Import ([^.]*)\.", path.read_text(), re.MULTILINE):
            assert set(used.split()) <= {earlier.stem for earlier in paths[:position]}


@pytest.mark.slow
@pytest.mark.parametrize("integers", CHECKERS)
def test_a_theorem_rests_on_the_named_axioms(integers: str, exported, compiled) -> None:  # type: ignore[no-untyped-def]
    path = exported("serial(Dense(), Relu(), Dense())", [[1, 0], [0, 1]], integers=integers)
    answer = compiled(path)
    assert answer.returncode == 0, answer.stderr
    found = axioms_of(answer.stdout)
    assert stated(found, integers)
    assert found == REALS if integers == "binary" else found > REALS


def test_an_axiom_that_is_not_stated_is_noticed() -> None:
    output = "Axioms:\nClassical_Prop.classic : forall P : Prop, P \\/ ~ P\nForms.cheat : False\n"
    assert not stated(axioms_of(output), "binary")
    assert not stated(axioms_of(output), "machine")
    assert stated(axioms_of("Closed under the global context\n"), "binary")


def test_every_file_of_the_folder_is_compiled_and_searched() -> None:
    folder = Path(certify.formal.__file__).parent / "coq"
    assert {path.stem for path in folder.glob("*.v")} == set(MODULES)


@pytest.mark.slow
def test_the_theory_beside_the_exports_rests_on_the_same_axioms(tmp_path: Path, compiled) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "theory.v"
    for module, theorem in (
        ("Positivity", "strictly_positive"),
        ("Positivity", "relu_has_differences"),
        ("Expectations", "rectifier_expectation"),
        ("Expectations", "jump_expectation"),
    ):
        path.write_text(f"From NTK Require Import {module}.\nPrint Assumptions {theorem}.\n")
        answer = compiled(path)
        assert answer.returncode == 0, answer.stderr
        assert axioms_of(answer.stdout)
        assert stated(axioms_of(answer.stdout), "binary")
