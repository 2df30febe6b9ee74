"""Answers as text for a terminal, with nothing from the file that could be mistaken for more than text."""

from .answers import Result

_SHOWN = 400


def harmless(text: str, limit: int = _SHOWN) -> str:
    """The text with everything but printable ASCII escaped, and shortened where it is very long."""
    shown = text if len(text) <= limit else text[: limit - 20] + f"... ({len(text)} characters)"
    pieces = [
        character if " " <= character <= "~" and character != "\\" else ascii(character)[1:-1] for character in shown
    ]
    return "".join(pieces)


def claim_in_words(result: Result) -> str:
    """The claim as one sentence."""
    claim = result.claim
    if claim is None:
        return ""
    lower, upper = claim["lower"], claim["upper"]
    if claim["verdict"] == "singular":
        bounds = "lambda_min = 0"
    elif lower is None:
        bounds = f"0 < lambda_min <= {harmless(str(upper))}"
    else:
        bounds = f"{harmless(str(lower))} <= lambda_min <= {harmless(str(upper))}"
    verdict = "has a negative smallest eigenvalue" if claim["verdict"] == "negative" else f"is {claim['verdict']}"
    if claim["network"] is None:
        return f"every symmetric {claim['n']} x {claim['n']} matrix in the stated ball {verdict}: {bounds}"
    if claim["kernel"] == "empirical ntk":
        words = (
            f"the empirical tangent kernel of the finite network {harmless(str(claim['network']))} on {claim['n']} "
            f"points {verdict}: {bounds}"
        )
        if "distance" in claim:
            words += f"; weights within distance {harmless(str(claim['distance']))} fit every target exactly"
        return words
    kernel = str(claim["kernel"]).upper()
    norm = "rows of norm one" if claim["normalize"] == "unit" else "rows as given"
    return (
        f"the {kernel} Gram matrix of {harmless(str(claim['network']))} on {claim['n']} points "
        f"with {claim['columns']} columns ({norm}) {verdict}: {bounds}"
    )


def _label_lines(labels: dict[str, object]) -> list[str]:
    lines: list[str] = []
    for name, value in labels.items():
        inner = value if isinstance(value, dict) else {None: value}
        for key, item in inner.items():
            title = harmless(name if key is None else f"{name}.{key}", 80)
            # Long integers are cut before they are converted: Python refuses to print more than 4300 digits.
            number = isinstance(item, int) and item.bit_length() > 1000
            lines.append(f"    {title} = " + ("a long integer" if number else harmless(str(item))))
    return lines


def result_in_words(name: str, result: Result, max_labels: int = 40) -> str:
    """Several lines about one file: the status, the reason, the claim, what it rests on, and the unverified labels."""
    lines = [f"{harmless(name)}: {result.status}"]
    if result.status != "valid":
        lines[0] += f": {harmless(result.reason, 2000)}"
    if result.claim is not None:
        title = "verified" if result.status == "valid" else "claimed, not verified"
        lines.append(f"  {title}: {claim_in_words(result)}")
    if result.points_sha256 is not None:
        lines.append(f"  points sha256: {result.points_sha256}")
    lines += [f"  assumed: {harmless(text)}" for text in result.assumptions]
    if result.labels:
        shown = _label_lines(result.labels)
        lines.append("  labels (unverified):")
        lines += shown[:max_labels]
        if len(shown) > max_labels:
            lines.append(f"    ... and {len(shown) - max_labels} more")
    lines.append(f"  engine: {result.engine}")
    return "\n".join(lines)
