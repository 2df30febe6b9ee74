"""Functions that a user writes as an expression: reading, values, and where they are analytic."""
