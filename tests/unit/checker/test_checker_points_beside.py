"""Points in a file beside the certificate."""

from pathlib import Path

from checker_certificates import (
    ERF,
    answer,
    changed,
    inline_points,
    proved,
)

TRIANGLE = [[1, 0], [0, 1], [1, 1]]


def test_points_beside_the_certificate(tmp_path: Path) -> None:
    import hashlib

    from checker_certificates import canonical

    best = proved(ERF, TRIANGLE)
    points = inline_points(TRIANGLE)
    text = canonical({"denominator": points["denominator"], "rows": points["rows"]})
    digest = hashlib.sha256(text.encode()).hexdigest()
    (tmp_path / "iris.points").write_text(text)
    beside = changed(best, "claim.points", {"columns": 2, "count": 3, "file": "iris.points", "sha256": digest})
    result = answer(tmp_path, beside)
    assert result.status == "valid", result.reason
    assert result.points_sha256 == digest == answer(tmp_path, best).points_sha256
    assert answer(tmp_path, changed(beside, "claim.points.sha256", "0" * 64)).status == "invalid"
    assert answer(tmp_path, changed(beside, "claim.points.file", "other.points")).status == "malformed"
    for count, columns in ((2, 2), (3, 3)):
        wrong = {"columns": columns, "count": count, "file": "iris.points", "sha256": digest}
        # The vector and the factor follow the stated count; shape comes first.
        assert answer(tmp_path, changed(beside, "claim.points", wrong)).status == "malformed"
    (tmp_path / "iris.points").rename(tmp_path / "elsewhere")
    (tmp_path / "iris.points").symlink_to(tmp_path / "elsewhere")
    result = answer(tmp_path, beside)
    assert (result.status, result.reason) == ("malformed", "the file of points is a link")
    (tmp_path / "iris.points").unlink()
    (tmp_path / "iris.points").mkdir()
    assert answer(tmp_path, beside).status == "malformed"
    for content in (text[:-1], text.replace(",", ", ", 1), canonical({"rows": points["rows"]}), canonical([1])):
        (tmp_path / "odd.points").write_text(content)
        digest = hashlib.sha256(content.encode()).hexdigest()
        odd = {"columns": 2, "count": 3, "file": "odd.points", "sha256": digest}
        assert answer(tmp_path, changed(beside, "claim.points", odd)).status == "malformed"
