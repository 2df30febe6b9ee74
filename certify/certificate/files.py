"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from certify.errors import InputError


def require_writable(path: Path) -> None:
    """Raise InputError, before long work begins, if a file could not be written there."""
    if path.is_dir():
        raise InputError(f"the output {str(path)!r} is a directory: name a file in it.")
    if not path.parent.is_dir():
        raise InputError(
            f"the output {str(path)!r} cannot be written since {str(path.parent)!r} is not a directory: create "
            "it first."
        )
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise InputError(f"the output {str(path)!r} cannot be written: choose a place where you may write.")


def write_whole(path: Path, text: str | Iterable[str]) -> None:
    """Write the text, or its pieces, so that the file afterwards is either complete or what it was before."""
    require_writable(path)
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.writelines([text] if isinstance(text, str) else text)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise InputError(
            f"the output {str(path)!r} cannot be written ({error.strerror}): choose another place."
        ) from None
    finally:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
