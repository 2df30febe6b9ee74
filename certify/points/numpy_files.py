"""Points from the files that numpy.save and numpy.savez write; nothing is ever unpickled."""

from __future__ import annotations

import difflib
import io
from typing import TYPE_CHECKING, Any

from certify.errors import InputError
from certify.points.arrays import points_of_array
from certify.points.values import Points

if TYPE_CHECKING:
    from numpy.typing import NDArray


def points_of_npy(content: bytes, *, rows: int | None, name: str, source_sha256: str) -> Points:
    """The exact points in the bytes of an NPY file.

    Raises InputError as `points_of_array` does, and for anything else.
    """
    import numpy as np

    loaded = _load(content, name, "numpy.save")
    if not isinstance(loaded, np.ndarray):
        raise InputError(f"{name} is an archive of arrays; give it the suffix .npz.")
    return points_of_array(loaded, rows=rows, name=name, source_sha256=source_sha256)


def points_of_npz(content: bytes, *, member: str | None, rows: int | None, name: str, source_sha256: str) -> Points:
    """The exact points in one array of the bytes of an NPZ file: the named one, or the only one.

    Raises InputError as `points_of_array` does, where the named array is missing, and where none is named among
    several.
    """
    import numpy as np

    archive = _load(content, name, "numpy.savez")
    if isinstance(archive, np.ndarray):
        raise InputError(f"{name} is a single array; give it the suffix .npy.")
    with archive:
        chosen = _member(list(archive.files), member, name)
        array = _extract(archive, chosen, name)
    return points_of_array(array, rows=rows, name=name, source_sha256=source_sha256)


def _load(content: bytes, name: str, writer: str) -> Any:
    import numpy as np

    try:
        return np.load(io.BytesIO(content), allow_pickle=False)
    # Damaged bytes surface as almost any exception of the header parser, the zip reader or the allocator.
    except Exception as error:
        raise InputError(
            f"{name} cannot be read as plain numbers (pickled objects are never loaded); write it with {writer}."
        ) from error


def _member(names: list[str], member: str | None, name: str) -> str:
    listed = ", ".join(map(repr, names[:10])) + (", ..." if len(names) > 10 else "")
    if not names:
        raise InputError(f"{name} holds no array; write one with numpy.savez.")
    if member is None:
        if len(names) > 1:
            raise InputError(f"{name} holds {len(names)} arrays ({listed}); choose one as FILE.npz:NAME.")
        return names[0]
    if member not in names:
        near = difflib.get_close_matches(member, names, n=1)
        hint = f"did you mean {near[0]!r}" if near else f"it has {listed}"
        raise InputError(f"{name} holds no array {member!r}; {hint}.")
    return member


def _extract(archive: Any, member: str, name: str) -> NDArray[Any]:
    import numpy as np

    try:
        array = archive[member]
    except Exception as error:
        raise InputError(
            f"the array {member!r} of {name} cannot be read as plain numbers (pickled objects are never loaded); "
            "write it with numpy.savez."
        ) from error
    if not isinstance(array, np.ndarray):
        raise InputError(f"the member {member!r} of {name} is no array; write it with numpy.savez.")
    return array
