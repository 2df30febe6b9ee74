"""Whatever stands in a certificate is shown as text, never taken for markup or for a command."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certify.certificate import Certificate
from reports import render_page, write_page
from reports.claims import LONGEST_TEXT, read_claim
from reports.commands import commands_for

EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "</style></title></table><h1>",
    "&lt;b&gt; & <!-- ]]> %s {}",
    "‮\u0000\u001b[31m",
)
Edit = Callable[..., Certificate]
Reader = Callable[[str], Any]


@pytest.mark.parametrize("evil", EVIL)
def test_hostile_labels_are_text(certificates: dict[str, Certificate], edit: Edit, page: Reader, evil: str) -> None:
    original = certificates["comfortable"]
    data = {**original.labels["data"], "name": evil, "sha256": evil, "rows": evil}
    labels = {**original.labels, "data": data, "reason": evil, "method": evil, evil: {evil: evil}}
    clean, hostile = page(render_page(original)), page(render_page(edit(original, labels=labels)))
    assert hostile.faults == []
    assert set(hostile.tags) == set(clean.tags)
    assert {name for _, name, _ in hostile.attributes} == {name for _, name, _ in clean.attributes}
    assert hostile.text.count(" ".join(evil.split()).replace("\0", "�")) >= 1 or "\0" in evil


def test_a_hostile_network_or_kernel_is_refused_without_a_page(
    certificates: dict[str, Certificate], edit: Edit, tmp_path: Path
) -> None:
    from certify.errors import InputError

    for key in ("network", "kernel"):
        with pytest.raises(InputError):
            write_page(edit(certificates["comfortable"], claim={key: EVIL[0]}), tmp_path / "pages")
    assert not (tmp_path / "pages").exists()


def test_quotes_in_a_network_are_escaped_and_shown(certificates: dict[str, Certificate], page: Reader) -> None:
    source = render_page(certificates["positive"])
    assert 'b_var="1/100"' not in source.split("</style>")[1]
    assert 'b_var="1/100"' in page(source).text


def test_a_hostile_family_name_is_text(certificates: dict[str, Certificate], edit: Edit, page: Reader) -> None:
    proof = {**certificates["family"].document["proof"], "family": EVIL[0]}
    read = page(render_page(edit(certificates["family"], proof=proof)))
    assert "script" not in read.tags
    assert "alert(1)" in read.text


@pytest.mark.parametrize("stem", ["iris", "my iris", "$(rm -rf x)", "a;b", "it's", "-x", "`id`", "a\\b", "<b>"])
def test_a_file_name_in_a_command_is_one_word_and_no_option(certificates: dict[str, Certificate], stem: str) -> None:
    for command in commands_for(read_claim(certificates["comfortable"]), stem).check:
        words = shlex.split(command.line)
        named = [word for word in words if word.endswith(".cert")]
        assert named == [f"./{stem}.cert" if stem.startswith("-") else f"{stem}.cert"]


@pytest.mark.parametrize("stem", [None, "", "two\nlines", "\x1b[0m"])
def test_an_unprintable_or_unknown_file_name_gives_a_placeholder(
    certificates: dict[str, Certificate], stem: str | None
) -> None:
    commands = commands_for(read_claim(certificates["comfortable"]), stem)
    assert commands.placeholder
    assert commands.check[0].line == "certify check FILE.cert"


def test_the_network_in_a_command_is_one_word(certificates: dict[str, Certificate]) -> None:
    claim = read_claim(certificates["positive"])
    words = shlex.split(next(c.line for c in commands_for(claim, "iris").check if "--network" in c.line))
    assert words == ["certify", "check", "iris.cert", "--data", "iris", "--network", claim.network]


def test_a_name_of_a_bundled_set_is_believed_only_where_the_points_are_equal(
    certificates: dict[str, Certificate], edit: Edit, page: Reader
) -> None:
    original = certificates["comfortable"]
    pretending = edit(original, labels={**original.labels, "data": {"name": "iris", "rows": 3}})
    assert read_claim(pretending).bundled is None
    assert commands_for(read_claim(pretending), "x").again is None
    assert "labelled “iris”" in page(render_page(pretending)).text
    assert read_claim(certificates["positive"]).bundled == "iris"


def test_a_label_is_never_opened_as_a_path(
    certificates: dict[str, Certificate], edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    monkeypatch.setattr("reports.claims.load_points", lambda *a, **k: opened.append(a))
    original = certificates["comfortable"]
    for name in ("/etc/passwd", "../iris.csv", "iris.csv", "", "IRIS"):
        read_claim(edit(original, labels={**original.labels, "data": {"name": name}}))
    assert opened == []


def test_endless_labels_are_cut(certificates: dict[str, Certificate], edit: Edit) -> None:
    original = certificates["comfortable"]
    source = render_page(edit(original, labels={**original.labels, "reason": "x" * 3_000_000}))
    assert len(source) < 200_000
    assert f"({3_000_000 - LONGEST_TEXT} more characters)" in source
