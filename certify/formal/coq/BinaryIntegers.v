(** The checkers on Coq's binary integers: no axiom beyond those of the real numbers. *)

From Interval Require Import Specific_ops Specific_stdz.
From NTK Require Import Entries.

Module Number := SpecificFloat StdZRadix2.
Module Checker := Entries Number.
