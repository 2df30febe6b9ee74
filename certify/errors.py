"""The one error that a user's input may raise."""

from __future__ import annotations


class InputError(ValueError):
    """Input that cannot be used: one sentence naming the value, the place and the remedy (exit code 2 at the command
    line)."""


class BeyondReach(InputError):
    """The input is well formed, but a number that it needs costs more than is spent on it."""
