"""The streaming proof of a question: the sharper bound where it promises more, the plain one else."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from certify.errors import InputError
from certify.kernels.float64 import NoApproximant
from certify.proofs.gram import Progress
from certify.proofs.pass_files import PassFile
from certify.proofs.program_gram import is_chain
from certify.proofs.request import Request
from certify.proofs.streaming import Question, StreamingBounds, plan_plain, prove_plainly, streaming_field
from certify.proofs.whitened import Guess, Whitened, guess_whitening, prove_whitened, whitened_field, with_room

BOUNDS = ("auto", "plain", "whitened")
PLAIN = "weighted row sums of the kernel less a positive semidefinite part"
WHITENED = "row sums of the kernel less a positive semidefinite part, whitened by a sparse factor"
VACUOUS = "the row sums exceed the diagonal: the points are too crowded for a streaming proof; try method dense"
_CLOSE = 0.9


class Streamed(NamedTuple):
    """What was found, in words and numbers, and the witness in a certificate."""

    reason: str
    bounds: StreamingBounds
    witness: dict[str, Any] | None


def stream(request: Request, bound: str, progress: Progress | None, resume: Path | None) -> Streamed:
    """Bounds with their witness, which is None where the lower bound is not positive.

    `bound` "plain" and "whitened" ask for one of the two; "auto" takes the whitened one where it promises more, and
    the plain one where it does not or fails. Raises InputError where the method does not apply.
    """
    if not is_chain(request.network):
        raise InputError(
            "the streaming proof knows chains of layers in the 'ntk' parametrisation only: use another method."
        )
    say = progress or (lambda stage, done, total: None)
    try:
        question = Question.of(request.layers, request.points, request.kernel, request.normalize)
        files = PassFile(resume, question.key)
        found = _found(question, bound, files, say)
    except NoApproximant as obstacle:
        raise InputError(f"the streaming proof does not apply ({obstacle}): use --method dense.") from None
    files.remove()
    return found


def _found(question: Question, bound: str, files: PassFile, say: Progress) -> Streamed:
    guess = None if bound == "plain" else _guess(question, say)
    plan = None
    if guess is not None and bound == "auto":
        most = float(question.upper(guess.made.tightest)[0])
        if guess.made.shift < _CLOSE * most:
            plan = plan_plain(question, say)
            guess = guess if plan is None or plan.promise < guess.made.shift else None
    if guess is not None:
        shown = _whitened(guess, question, files, say)
        if shown is not None:
            upper, rows, vector = question.upper(shown.tightest)
            bounds = with_room(shown, upper, rows, vector)
            return Streamed(WHITENED, bounds, whitened_field(shown, bounds))
    if bound == "whitened":
        raise NoApproximant("no factor was found that whitens the points well enough")
    plan = plan or plan_plain(question, say)
    if plan is None:
        raise NoApproximant("no part of the kernel can be taken away and the rest approximated")
    bounds = prove_plainly(question, plan, files, say)
    if bounds.lower > 0:
        return Streamed(PLAIN, bounds, streaming_field(bounds))
    return Streamed(VACUOUS, bounds, None)


def _guess(question: Question, say: Progress) -> Guess | None:
    """What the whitened bound promises; None where it promises nothing, for whatever reason."""
    try:
        return guess_whitening(question.profile, question.ways, say)
    except ArithmeticError:
        return None


def _whitened(guess: Guess, question: Question, files: PassFile, say: Progress) -> Whitened | None:
    try:
        return prove_whitened(guess, question.points, question.ways, files, say)
    except ArithmeticError:
        return None
