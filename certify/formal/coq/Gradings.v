(** Homogeneous, even and odd polynomials: s(rho t) = lambda s(t), and what follows for their duals. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra.
From NTK Require Import Polynomials.
Import ListNotations.
Open Scope R_scope.

(** c_k rho^k = lambda c_k for all k; g = rho^k where k is the index of the first coefficient. *)
Fixpoint graded (rho lambda g : R) (c : list Q) : Prop :=
  match c with [] => True | a :: rest => Q2R a * g = lambda * Q2R a /\ graded rho lambda (g * rho) rest end.

Lemma Q2R_red q : Q2R (Qred q) = Q2R q.
Proof. apply Qeq_eqR, Qred_correct. Qed.

Lemma Q2R_zero : Q2R 0 = 0.
Proof. unfold Q2R. simpl. ring. Qed.

Lemma graded_rescaled rho lambda u c : u <> 0 -> forall g, graded rho lambda g c -> graded rho (lambda / u) (g / u) c.
Proof.
intros Hu. induction c as [|a c IH]; intros g H; [exact I|]. destruct H as [H1 H2]. split.
- unfold Rdiv. rewrite <- Rmult_assoc, H1. ring.
- replace (g / u * rho) with (g * rho / u) by (field; assumption). now apply IH.
Qed.

Lemma graded_derivative_from rho lambda c : forall k g, graded rho lambda g c -> graded rho lambda g (derivative_from k c).
Proof.
induction c as [|a c IH]; intros k g H; [exact I|]. destruct H as [H1 H2]. split; [|now apply IH].
rewrite Q2R_mult, Rmult_assoc, H1. ring.
Qed.

Lemma graded_derivative rho lambda c : rho <> 0 -> graded rho lambda 1 c -> graded rho (lambda / rho) 1 (derivative c).
Proof.
intros Hr H. destruct c as [|a c]; [exact I|]. destruct H as [_ H].
apply (graded_derivative_from _ _ _ 1) in H. apply (graded_rescaled _ _ rho _ Hr) in H.
now replace (1 * rho / rho) with 1 in H by (field; assumption).
Qed.

Definition value (c : list Q) (x : R) : R := horner R Rplus Rmult Q2R (map Q2R (map Qred c)) x.

Lemma value_cons a c x : value (a :: c) x = Q2R a + x * value c x.
Proof.
destruct c as [|b c]; unfold value; cbn [map horner]; rewrite Q2R_red; [rewrite Q2R_zero|]; ring.
Qed.

Lemma graded_mean rho lambda q n : forall c k f g, (length c <= n)%nat -> graded rho lambda g c ->
  g * value (mean_from c k f) (rho ^ 2 * q) = lambda * value (mean_from c k f) q.
Proof.
induction n as [|n IH]; intros [|a [|b c]] k f g Hn H; cbn [length] in Hn; try lia.
- cbn. rewrite Q2R_zero. ring.
- cbn. rewrite Q2R_zero. ring.
- destruct H as [H _]. cbn [mean_from]. rewrite !value_cons, Q2R_mult. cbn. rewrite Q2R_zero.
  replace (g * (Q2R a * Q2R f + rho * (rho * 1) * q * 0)) with (Q2R a * g * Q2R f) by ring. rewrite H. ring.
- destruct H as (H1 & _ & H3). cbn [mean_from]. rewrite !value_cons, Q2R_mult.
  set (m := mean_from c (k + 2) (f * natural (k + 1))) in *.
  assert (E : g * rho * rho * value m (rho ^ 2 * q) = lambda * value m q) by (apply IH; [lia|exact H3]).
  replace (g * (Q2R a * Q2R f + rho ^ 2 * q * value m (rho ^ 2 * q)))
    with (Q2R a * g * Q2R f + q * (g * rho * rho * value m (rho ^ 2 * q))) by ring.
  rewrite E, H1. ring.
Qed.

Theorem graded_dual rho lambda c p q r : rho <> 0 -> graded rho lambda 1 c ->
  polynomial_dual c p (rho ^ 2 * q) (rho * r) = lambda * polynomial_dual c p q r.
Proof.
intros Hr H.
assert (G : forall n lambda c l f, graded rho lambda 1 c ->
  bilinear R Rplus Rmult Q2R (coefficients R Q2R (mehler_from n l f c)) p (rho ^ 2 * q) (rho * r) =
  lambda * bilinear R Rplus Rmult Q2R (coefficients R Q2R (mehler_from n l f c)) p q r).
{ clear lambda c H. induction n as [|n IH]; intros lambda c l f H.
  - cbn. rewrite Q2R_zero. ring.
  - cbn [mehler_from coefficients map bilinear fst snd].
    pose proof (graded_derivative rho lambda c Hr H) as H'.
    specialize (IH (lambda / rho) (derivative c) (S l) (f / natural (S l))%Q H'). unfold coefficients in IH. rewrite IH.
    pose proof (graded_mean rho lambda q (length c) c 0 1 1 (le_n _) H) as M. unfold value in M.
    rewrite Rmult_1_l in M. unfold mean. rewrite M. field. assumption. }
unfold polynomial_dual, mehler. now apply G.
Qed.

Theorem graded_derivative_dual rho lambda c p q r : rho <> 0 -> graded rho lambda 1 c ->
  rho * polynomial_dual (derivative c) p (rho ^ 2 * q) (rho * r) = lambda * polynomial_dual (derivative c) p q r.
Proof.
intros Hr H. rewrite (graded_dual rho (lambda / rho)); [field; assumption|assumption|now apply graded_derivative].
Qed.

(** * Decided on rational numbers *)

Fixpoint graded_Q (rho lambda g : Q) (c : list Q) : bool :=
  match c with [] => true | a :: rest => Qeq_bool (a * g) (lambda * a) && graded_Q rho lambda (g * rho) rest end.

Lemma graded_Q_sound rho lambda c : forall g, graded_Q rho lambda g c = true ->
  graded (Q2R rho) (Q2R lambda) (Q2R g) c.
Proof.
induction c as [|a c IH]; intros g H; [exact I|]. apply andb_true_iff in H. destruct H as [H1 H2]. split.
- apply Qeq_bool_iff, Qeq_eqR in H1. now rewrite !Q2R_mult in H1.
- apply IH in H2. now rewrite Q2R_mult in H2.
Qed.

(** rho^k for the first coefficient that is not zero: the only lambda there can be. *)
Fixpoint grade (rho g : Q) (c : list Q) : Q :=
  match c with [] => 1%Q | a :: rest => if Qeq_bool a 0 then grade rho (g * rho) rest else Qred g end.
