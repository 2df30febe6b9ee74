"""Lower bounds from a sparse congruence: whiten with the nearest neighbours, then bound by row sums."""
