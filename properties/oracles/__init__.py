"""Second derivations that the laws compare with: they share formulas with nothing in `certify`.

`textbook`: the layer recursion with the formulas as printed in the papers, in Arb at high precision. `wick`: moments of
Gaussian pairs by Stein's lemma, in exact rationals. `hermite`: duals as Hermite series with a bounded tail.
`monomials`: ranks of monomials on points. `finite`: random networks of finite width.
"""
