"""Known failures excuse what they name, and say so when they excuse nothing any more."""

from pathlib import Path

import pytest
import stranger_kernels as kernels
from conftest import Audit

import properties.audit
from certify import InputError
from properties.audit import Kind, read_known
from properties.audit.adapters import ADAPTERS
from properties.audit.known import mark_known

SHIPPED = Path(properties.audit.__file__).with_name("known_failures")

TEXT = """
[[known]]
kind = "imprecise-entry"
reason = "arccos, issue 12"
network = "serial(Dense(), *)"

[[known]]
kind = "nan"
reason = "long gone"

[[known]]
kind = "nan"
reason = "another kernel, not asked"
kernel = "nngp"

[[known]]
kind = "nan"
reason = "another network, not asked"
network = "serial(Dense(), Erf(), Dense())"
"""


def test_entries_excuse_and_grow_stale(tmp_path: Path, audited: Audit) -> None:
    path = tmp_path / "known.toml"
    path.write_text(TEXT)
    known = read_known(path)
    report = audited(kernels.naive)
    marked, stale = mark_known(report.networks, known)
    excused = [found for found in marked[0].findings if found.known is not None]
    assert [found.kind for found in excused] == [Kind.IMPRECISE]
    assert excused[0].known == "arccos, issue 12"
    assert not excused[0].counts
    assert [entry.reason for entry in stale] == ["long gone"]


def test_networks_are_compared_by_their_canonical_spelling(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_text(
        '{"known": [{"kind": "nan", "reason": "why", "network": "serial(Dense(7), Relu( ), Dense(W_std=1))"}]}'
    )
    (entry,) = read_known(path)
    assert entry.speaks_of("serial(Dense(), Relu(), Dense())", "ntk")
    assert not entry.speaks_of("serial(Dense(), Relu())", "ntk")


def test_brackets_in_a_pattern_are_themselves(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text('[[known]]\nkind = "nan"\nreason = "why"\nnetwork = "*Polynomial([1, 2])*"\n')
    (entry,) = read_known(path)
    assert entry.speaks_of("serial(Dense(), Polynomial([1, 2]), Dense())", "nngp")
    assert not entry.speaks_of("serial(Dense(), Polynomial(1), Dense())", "nngp")


@pytest.mark.parametrize("adapter", [*ADAPTERS])
def test_the_shipped_files_can_be_read(adapter: str) -> None:
    (path,) = SHIPPED.glob(f"{adapter}-*.toml")
    assert read_known(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[known]\n", "no TOML"),
        ("x = 1\n", "[[known]]"),
        ("known = 3\n", "[[known]]"),
        ('[[known]]\nkind = "nan"\n', "'reason'"),
        ('[[known]]\nreason = "nan"\n', "'kind'"),
        ('[[known]]\nkind = "nann"\nreason = "x"\n', "did you mean 'nan'"),
        ('[[known]]\nkind = "nan"\nreason = "x"\nnetwrok = "y"\n', "netwrok"),
        ('[[known]]\nkind = "nan"\nreason = 3\n', "texts"),
        ('[[known]]\nkind = "nan"\nreason = "x"\nkernel = "ntkk"\n', "ntkk"),
        ('[[known]]\nkind = "nan"\nreason = "x"\nnetwork = "Rulu("\n', "Rulu"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "known.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_known(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none"):
        read_known(tmp_path / "none.toml")
