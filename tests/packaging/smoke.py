"""What an installed package must do in an environment that holds nothing else: `python -I tests/packaging/smoke.py`.

Without the extras the core works and says what is missing; with them pages are written. No test runner is needed.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path

HEAVY = ("numpy", "scipy", "flint", "mpmath", "click", "jinja2", "hypothesis")


def run(*words: str, expect: int = 0, folder: Path) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == expect, f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def main() -> None:
    import certify

    loaded = [name for name in HEAVY if name in sys.modules]
    assert not loaded, f"import certify brings {loaded}"
    package = Path(certify.__file__).parent
    assert "site-packages" in package.parts, f"this is no installed package: {package}"
    assert (package / "py.typed").is_file()
    assert distribution("ntk-certify").version == certify.__version__
    script = str(Path(sys.executable).with_name("certify"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(run(script, "--version", folder=folder))
        summary = json.loads(
            run(
                script,
                "prove",
                "iris",
                "--rows",
                "30",
                "--normalize",
                "unit",
                "--out",
                "a.cert",
                "--json",
                folder=folder,
            )
        )
        assert summary["verdict"] == "positive definite"
        run(script, "check", "a.cert", folder=folder)
        run(script, "check", "a.cert", "--engine", "flint", folder=folder)
        run(sys.executable, "-I", "-S", str(package / "checker"), "a.cert", folder=folder)
        run(script, "gate", "--help", folder=folder)
        if importlib.util.find_spec("jinja2") is None:
            assert "ntk-certify[report]" in run(script, "report", "a.cert", expect=2, folder=folder)
            assert "ntk-certify[audit]" in run(script, "probe", "--examples", "1", expect=2, folder=folder)
        else:
            run(script, "report", "a.cert", folder=folder)
            run(script, "report", ".", "--out", "site", folder=folder)
            assert (folder / "site" / "index.html").is_file()
    print(f"smoke test passed on Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
