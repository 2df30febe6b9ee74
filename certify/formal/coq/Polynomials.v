(** Duals of polynomials, in any ring that the rational numbers map into: the reals, enclosures, the rationals.

    For s(t) = sum_k c_k t^k and centred Gaussian u, v of variances p, q and covariance r, Mehler's formula term by term
    gives E s(u) s(v) = sum_l r^l / l! A_l(p) A_l(q), where A_l(q) = E s^(l)(u) for a u of variance q, and
    E u^(2i) = (2i - 1)!! q^i. *)

Require Import Reals ZArith QArith Qreals List.
Import ListNotations.
Open Scope R_scope.

Definition natural (k : nat) : Q := inject_Z (Z.of_nat k).

(** Coefficients, the constant first. *)
Fixpoint derivative_from (k : nat) (c : list Q) : list Q :=
  match c with [] => [] | a :: rest => (natural k * a)%Q :: derivative_from (S k) rest end.

Definition derivative (c : list Q) : list Q := match c with [] => [] | _ :: rest => derivative_from 1 rest end.

(** The coefficients of q -> E s(u): c_2i (2i - 1)!!, where k = 2i and f = (2i - 1)!!. *)
Fixpoint mean_from (c : list Q) (k : nat) (f : Q) : list Q :=
  match c with
  | [] => []
  | [a] => [(a * f)%Q]
  | a :: _ :: rest => (a * f)%Q :: mean_from rest (k + 2) (f * natural (k + 1))
  end.

Definition mean (c : list Q) : list Q := mean_from c 0 1.

(** For l = 0, 1, ...: 1 / l! and the coefficients of A_l. *)
Fixpoint mehler_from (length l : nat) (f : Q) (c : list Q) : list (Q * list Q) :=
  match length with
  | O => []
  | S m => (Qred f, map Qred (mean c)) :: mehler_from m (S l) (f / natural (S l)) (derivative c)
  end.

Definition mehler (c : list Q) : list (Q * list Q) := mehler_from (length c) 0 1 c.

Section Ring.
Variables (T : Type) (plus times : T -> T -> T) (rational : Q -> T).

Fixpoint horner (c : list T) (x : T) : T :=
  match c with [] => rational 0 | [a] => a | a :: rest => plus a (times x (horner rest x)) end.

Fixpoint bilinear (t : list (T * list T)) (p q r : T) : T :=
  match t with
  | [] => rational 0
  | (f, a) :: rest => plus (times f (times (horner a p) (horner a q))) (times r (bilinear rest p q r))
  end.

Definition coefficients (t : list (Q * list Q)) : list (T * list T) :=
  map (fun e => (rational (fst e), map rational (snd e))) t.
End Ring.

(** E s(u) s(v) as a real number. *)
Definition polynomial_dual (c : list Q) (p q r : R) : R :=
  bilinear R Rplus Rmult Q2R (coefficients R Q2R (mehler c)) p q r.

(** * Whatever stands for real numbers can be computed with in their place *)

Section Homomorphism.
Variables (T : Type) (plus times : T -> T -> T) (rational : Q -> T) (stands : T -> R -> Prop).
Hypothesis plus_stands : forall a b x y, stands a x -> stands b y -> stands (plus a b) (x + y).
Hypothesis times_stands : forall a b x y, stands a x -> stands b y -> stands (times a b) (x * y).
Hypothesis rational_stands : forall q, stands (rational q) (Q2R q).

Lemma horner_stands c a x : stands a x ->
  stands (horner T plus times rational (map rational c) a) (horner R Rplus Rmult Q2R (map Q2R c) x).
Proof.
intros H. induction c as [|b [|b' c] IH]; cbn [map horner]; auto.
Qed.

Theorem bilinear_stands t a b c p q r : stands a p -> stands b q -> stands c r ->
  stands (bilinear T plus times rational (coefficients T rational t) a b c)
         (bilinear R Rplus Rmult Q2R (coefficients R Q2R t) p q r).
Proof.
intros Hp Hq Hr. induction t as [|[f l] t IH]; cbn [coefficients map bilinear fst snd]; auto.
apply plus_stands; apply times_stands; auto. apply times_stands; now apply horner_stands.
Qed.
End Homomorphism.

Lemma bilinear_symmetric t p q r :
  bilinear R Rplus Rmult Q2R t p q r = bilinear R Rplus Rmult Q2R t q p r.
Proof. induction t as [|[f l] t IH]; cbn [bilinear]; [reflexivity|]. rewrite IH. ring. Qed.
