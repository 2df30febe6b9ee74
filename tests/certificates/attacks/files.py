"""Files of points beside the certificate: other files, other contents, and names that lead elsewhere."""

from collections.abc import Iterator

from forging import Attack, Document, Edit, canonical, digest, drop, malformed, put

from attacks.bounds import COMPARED
from attacks.shapes import KEYS


def _beside(
    name: str,
    status: str,
    reason: str,
    check: str,
    what: str,
    content: bytes,
    edit: Edit | None = None,
    **announced: object,
) -> Attack:
    """A certificate whose points lie in a file beside it with this content; `announced` changes what it says of it."""

    def forge(document: Document) -> Document:
        if edit is not None:
            edit(document)
        points = document["claim"]["points"]
        points.update({"file": f"{name}.points.json", "sha256": digest(content)} | announced)
        return document

    return Attack(name, "points-beside", status, reason, what, forge, check, content)


def _counting(document: Document) -> None:
    """Makes it a claim whose proof does not depend on the number of points."""
    document["claim"].update(lambda_min={"lower": "0", "upper": "0"}, verdict="singular")
    document["proof"] = {"dimension": 1, "kind": "rank"}


def attacks(honest: bytes) -> Iterator[Attack]:
    """`honest` is the content of the honest file of points."""
    what, reason = "The file of points is not the one that was hashed.", "has another digest"
    changed = honest.replace(b"1", b"3", 1)
    yield _beside(
        "points-file-exchanged", "invalid", reason, "digest of the file of points", what, changed, sha256="0" * 64
    )
    what = "A file of points with a true digest holds other points."
    yield _beside("points-file-of-others", "invalid", "bound is not proved", COMPARED, what, changed)
    what, reason = "The file of points holds fewer rows than announced.", "another number of rows"
    yield _beside("points-file-count", "malformed", reason, "", what, honest, _counting, count=5)
    what, reason = "The file of points has other columns than announced.", "row 0 of the file of points holds 2"
    yield _beside("points-file-columns", "malformed", reason, "", what, honest, columns=3)
    what, reason = "The file of points is written with spaces.", "no key where one is expected, at byte 19"
    yield _beside("points-file-spaced", "malformed", reason, "", what, honest.replace(b",", b", "))
    what, reason = "The file of points has a third key.", "exactly a denominator and rows"
    more = canonical({"columns": 2, "denominator": "1", "rows": ["1 2"]}).encode()
    yield _beside("points-file-with-more", "malformed", reason, "", what, more)
    what = "The file of points is a list."
    yield _beside("points-file-list", "malformed", reason, "", what, b'["1 2"]\n')
    what, reason = "The file of points is missing.", "the file cannot be read: No such file"
    edit = put("claim/points/file", "missing.points.json")
    yield malformed("points-file-missing", "points-beside", reason, "", what, edit)
    for name, text in (("one-character", "a"), ("255-characters", "a" * 255)):
        what, edit = (
            f"The file of points has a name of {name.replace('-', ' ')} and is missing.",
            put("claim/points/file", text),
        )
        yield malformed(f"points-file-of-{name}", "points-beside", "the file cannot be read", "", what, edit)
    reason = "not a plain file name"
    for name, text in (
        ("in-parent-folder", "../valid/points-beside.points.json"),
        ("in-this-folder", "./points-beside.points.json"),
        ("with-backslash", "..\\points.json"),
        ("absolute", "/etc/hostname"),
        ("hidden", ".points.json"),
        ("empty", ""),
        ("with-newline", "points.json\n"),
        ("long", "a" * 256),
    ):
        what, edit = f"The name of the file of points is {text[:40]!r}.", put("claim/points/file", text)
        check = "plain file names"
        yield malformed(f"points-file-{name}", "points-beside", reason, check, what, edit)
    what, edit = "The digest of the file of points is spelled in capitals.", put("claim/points/sha256", "A" * 64)
    yield malformed("points-file-digest-capitals", "points-beside", "not a SHA-256 digest", "", what, edit)
    what, edit = "The announced number of points is zero.", put("claim/points/count", 0)
    reason = "the number of points is not positive"
    yield malformed("points-file-count-zero", "points-beside", reason, "", what, edit)
    what, edit = "Points are given both inside and beside the certificate.", put("claim/points/rows", ["1 2"])
    reason = "points does not have exactly the keys columns, count, file, sha256"
    yield malformed("points-file-and-rows", "points-beside", reason, KEYS, what, edit)
    what, edit = "The number of points in the file is not announced.", drop("claim/points/count")
    yield malformed("points-file-without-count", "points-beside", reason, KEYS, what, edit)
