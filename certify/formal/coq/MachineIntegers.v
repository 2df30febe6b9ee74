(** The checkers on machine integers: faster, and resting on the axioms of Coq's primitive 63-bit integers as well. *)

From Interval Require Import Specific_ops Specific_bigint.
From NTK Require Import Entries.

Module Number := SpecificFloat BigIntRadix2.
Module Checker := Entries Number.
