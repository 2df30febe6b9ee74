"""Activations as sums of waves: duals at variances where a Hermite series is too long."""
