"""Activations that are analytic in a strip around the real axis: duals by Hermite series with a proven error."""
