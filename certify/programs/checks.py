"""May gradients be treated as if the weights of the backward pass were fresh ones? Decided on the program itself.

The formula for the NTK rests on the Gradient Independence Assumption (GIA). Tensor Programs II (Yang 2020) gives two
sufficient conditions: Condition 1, the Simple GIA Check, on the network, and Definition A.3, BP-like, on the program of
its backward pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from certify.activations import Parity
from certify.programs.gradient import gradient
from certify.programs.language import (
    Attend,
    Concat,
    Constant,
    Flatten,
    Input,
    Instruction,
    Linear,
    MatMul,
    Mean,
    Mix,
    Noise,
    Nonlin,
    Normalise,
    Product,
    Program,
    operands,
)
from certify.programs.printing import name_of

MAX_SUBSETS = 4096


@dataclass(frozen=True)
class Answer:
    """ "passes", "fails" or "undecided", why, and the vector that decides (None where no single one does)."""

    verdict: str
    reason: str
    variable: str | None = None

    def __bool__(self) -> bool:
        return self.verdict == "passes"


@dataclass(frozen=True)
class Check:
    """Both conditions, and whether the forward pass uses a matrix together with its transpose."""

    simple_gia: Answer
    bp_like: Answer
    transposes: bool = False

    @property
    def formula_holds(self) -> bool:
        """Whether the kernel is the sum over pairs of uses: one of the conditions passes; the simple one speaks of
        networks that use no matrix in both directions."""
        return bool(self.bp_like) or (bool(self.simple_gia) and not self.transposes)

    @property
    def reason(self) -> str:
        """Why the formula holds, or why it is not known to."""
        return self.bp_like.reason if self.simple_gia and not self.formula_holds else self.simple_gia.reason


def check_program(program: Program) -> Check:
    """Simple GIA Check of the program, and BP-like for the program of its backward pass."""
    simple = simple_gia(program)
    used = {(i.matrix.name, i.matrix.transposed) for i in program.instructions if isinstance(i, MatMul)}
    transposes = len({name for name, _ in used}) < len(used)
    backward = gradient(program)
    if backward is not None:
        return Check(simple, bp_like(backward), transposes)
    if simple and not transposes:
        reason = "the gradients are linear in the readout, and nothing inside the network uses it"
        return Check(simple, Answer("passes", reason), transposes)
    return Check(simple, Answer("undecided", "the backward pass of this program is not written out"), transposes)


def simple_gia(program: Program) -> Answer:
    """Condition 1: the output layer is sampled independently, with mean zero, and used nowhere else.

    An output behind a nonlinearity is one coordinate of it: the layer below is the readout.
    """
    readouts: list[int] = []
    waiting, seen = [program.output], set[int]()
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        instruction, name = program.instructions[index], name_of(program, index)
        if isinstance(instruction, Mean):
            reason = f"the readout of {name} is the vector of ones: it is not random with mean zero"
            return Answer("fails", reason, name)
        if isinstance(instruction, (Input, Constant)):
            return Answer("undecided", f"{name} reaches the output without a readout matrix", name)
        if isinstance(instruction, MatMul):
            readouts.append(index)
        else:
            waiting.extend(operands(instruction))
    if not readouts:
        return Answer("undecided", "no matrix leads to the output")
    names = {program.instructions[index].matrix.name for index in readouts}  # type: ignore[union-attr]
    for index, instruction in enumerate(program.instructions):
        if isinstance(instruction, MatMul) and instruction.matrix.name in names and index not in seen:
            used = name_of(program, index)
            reason = f"the readout {instruction.matrix.name} is used inside the network, in {used}"
            return Answer("fails", reason, used)
    for index in readouts:
        below = _ancestors(program, index)
        again = [k for k in readouts if k in below]
        if again:
            used = name_of(program, again[0])
            return Answer("fails", f"the readout of {used} lies inside the network as well", used)
    return Answer("passes", f"the readout {', '.join(sorted(names))} has mean zero and is used nowhere else")


def _ancestors(program: Program, index: int) -> set[int]:
    found: set[int] = set()
    waiting = list(operands(program.instructions[index]))
    while waiting:
        k = waiting.pop()
        if k not in found:
            found.add(k)
            waiting.extend(operands(program.instructions[k]))
    return found


def bp_like(program: Program) -> Answer:
    """Definition A.3: for some non-empty set of input vectors v of mean zero, independent of the others, every W^T z
    has z odd in the v's jointly, and no W z has a z that depends on them.

    A nonlinearity whose parity is not known leaves the question undecided.
    """
    names = sorted({i.name for i in program.instructions if isinstance(i, Noise)})
    worst: Answer | None = None
    for chosen in _subsets(names):
        answer = _odd_in(program, chosen)
        if answer:
            return answer
        if worst is None or (worst.verdict, answer.verdict) == ("fails", "undecided"):
            worst = answer
    if worst is not None:
        return worst
    for index, instruction in enumerate(program.instructions):
        if isinstance(instruction, MatMul) and instruction.matrix.transposed:
            source = name_of(program, instruction.source)
            reason = f"{instruction.matrix} is applied to {source}, and there is no random input vector to be odd in"
            return Answer("fails", reason, name_of(program, index))
    return Answer("fails", "the program has no random input vector of mean zero")


def _subsets(names: list[str]) -> Iterator[frozenset[str]]:
    """Small sets first; only single vectors and all of them together where there are very many."""
    if 2 ** len(names) > MAX_SUBSETS:
        yield from (frozenset({name}) for name in names)
        yield frozenset(names)
        return
    for size in range(1, len(names) + 1):
        yield from map(frozenset, combinations(names, size))


FREE, ODD, EVEN, NEITHER, UNKNOWN = "does not depend", "is odd", "is even", "is neither odd nor even", "is not known"


def _odd_in(program: Program, chosen: frozenset[str]) -> Answer:
    """Does the program satisfy the definition with these input vectors?"""
    vectors = ", ".join(sorted(chosen))
    kinds: list[str] = []
    doubt: Answer | None = None
    for index, instruction in enumerate(program.instructions):
        kinds.append(_kind(instruction, kinds, chosen))
        if not isinstance(instruction, MatMul):
            continue
        kind, name = kinds[instruction.source], name_of(program, index)
        wanted = ODD if instruction.matrix.transposed else FREE
        if kind == wanted:
            continue
        source = name_of(program, instruction.source)
        reason = f"{instruction.matrix} is applied to {source}, which {kind} in {vectors} and should be: {wanted[3:]}"
        if wanted == FREE:
            reason = f"{instruction.matrix} is applied to {source}, which depends on {vectors}"
        if kind == UNKNOWN:
            doubt = Answer("undecided", f"the parity of {source} in {vectors} is not known", name)
        else:
            return Answer("fails", reason, name)
    if doubt is not None:
        return doubt
    return Answer("passes", f"every transpose is applied to a vector odd in {vectors}, no other matrix depends on them")


def _kind(instruction: Instruction, kinds: list[str], chosen: frozenset[str]) -> str:
    """How a vector depends on the chosen input vectors, jointly negated."""
    below = [kinds[source] for source in operands(instruction)]
    match instruction:
        case Noise(name, _):
            return ODD if name in chosen else FREE
        case Input() | Constant():
            return FREE
        case Nonlin(activation, _, derivative):
            if below[0] != ODD:
                return below[0]
            parity = activation.parity
            if parity is Parity.NONE:
                return UNKNOWN
            return ODD if (parity is Parity.ODD) != derivative else EVEN
        case Product():
            if UNKNOWN in below or NEITHER in below:
                return UNKNOWN
            odd = below.count(ODD)
            return ODD if odd % 2 else EVEN if odd or EVEN in below else FREE
        case Attend() | Normalise():
            # Their scalars are moments, which do not change under a change of sign; z odd stays odd.
            return below[0] if len(set(below)) == 1 else UNKNOWN
        case MatMul() | Linear() | Mix() | Flatten() | Concat() | Mean():
            if UNKNOWN in below:
                return UNKNOWN
            distinct = set(below)
            if len(distinct) == 1:
                return below[0]
            return EVEN if distinct <= {FREE, EVEN} else NEITHER
