"""Writes the corpus again: `python tests/certificates/build.py`.

Honest problems are proved, attacks are forged from them, every file is checked once, and nothing is written unless
every answer is the expected one.
"""

from __future__ import annotations

import copy
import json
import sys
import tempfile
from pathlib import Path

from attacks import every_attack
from corpus import FOLDERS, HERE, INDEX
from forging import Document, sealed, text_of
from honest import problems, problems_with_sidecar

from certify.checker import check_file


def corpus() -> tuple[dict[str, bytes], dict[str, dict[str, str]]]:
    """The content of every file, and what the index says of the certificates among them."""
    files: dict[str, bytes] = {}
    index: dict[str, dict[str, str]] = {}

    def add(name: str, content: bytes, status: str, reason: str, what: str, check: str) -> None:
        file = f"{status}/{name}.cert"
        if file in files:
            raise ValueError(f"{file} is written twice")
        files[file] = content
        index[file] = {"status": status, "reason": reason, "what": what, "check": check}

    honest: dict[str, Document] = problems()
    points_file = b""
    for name, (document, points_file) in problems_with_sidecar().items():
        honest[name] = document
        files[f"valid/{name}.points.json"] = points_file
    for name, document in honest.items():
        add(name, text_of(document).encode("ascii"), "valid", "every step of the proof was verified", "", "")
    for attack in every_attack(points_file):
        forged = attack.forge(copy.deepcopy(sealed(honest[attack.base])))
        content = forged if isinstance(forged, bytes) else text_of(forged).encode("ascii")
        add(attack.name, content, attack.status, attack.reason, attack.what, attack.check)
        if attack.sidecar is not None:
            files[f"{attack.status}/{attack.name}.points.json"] = attack.sidecar
    return files, index


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)
    for file, content in files.items():
        (folder / file).write_bytes(content)


def surprises(folder: Path, index: dict[str, dict[str, str]]) -> list[str]:
    """The files that get another answer than the expected one."""
    found: list[str] = []
    for file, entry in index.items():
        result = check_file(folder / file)
        if result.status != entry["status"] or entry["reason"] not in result.reason:
            found.append(f"{file}: {result.status}: {result.reason}\n    expected {entry['status']}: {entry['reason']}")
    return found


def main() -> int:
    files, index = corpus()
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), files)
        found = surprises(Path(folder), index)
    if found:
        print("\n".join(found))
        return 1
    for name in FOLDERS:
        for stale in (HERE / name).glob("*"):
            stale.unlink()
    write(HERE, files)
    INDEX.write_text(json.dumps(index, indent=1, ensure_ascii=True) + "\n", encoding="ascii")
    size = sum(map(len, files.values()))
    print(
        f"{len(index)} certificates, {size} bytes: "
        + ", ".join(f"{sum(entry['status'] == name for entry in index.values())} {name}" for name in FOLDERS)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
