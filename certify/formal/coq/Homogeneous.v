(** Exact null vectors on normalised rows: under monomials without bias the kernel is homogeneous, so that the matrix of the
    normalised rows is that of the rows as given between two diagonal matrices. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra.
From NTK Require Import Forms Matrices Polynomials Kernels Gradings Proportional Singular Rational.
Import ListNotations.
Open Scope R_scope.

(** c_k is the only coefficient that may differ from zero. *)
Fixpoint monomial_at (k : nat) (c : list Q) : bool :=
  match c, k with
  | [], _ => true
  | _ :: rest, O => forallb (fun b => Qeq_bool b 0) rest
  | a :: rest, S j => Qeq_bool a 0 && monomial_at j rest
  end.

Lemma graded_zero rho lambda c : forallb (fun b => Qeq_bool b 0) c = true -> forall g, graded rho lambda g c.
Proof.
induction c as [|a c IH]; intros H g; [exact I|]. apply andb_true_iff in H. destruct H as [Ha H].
apply Q2R_eq in Ha. rewrite Q2R_0 in Ha. split; [rewrite Ha; ring|now apply IH].
Qed.

Lemma graded_monomial rho c : forall k g, monomial_at k c = true -> graded rho (g * rho ^ k) g c.
Proof.
induction c as [|a c IH]; intros [|k] g H; try exact I; cbn [monomial_at] in H.
- split; [simpl; ring|now apply graded_zero].
- apply andb_true_iff in H. destruct H as [Ha H]. apply Q2R_eq in Ha. rewrite Q2R_0 in Ha.
  split; [rewrite Ha; ring|]. replace (g * rho ^ S k) with (g * rho * rho ^ k) by (simpl; ring). now apply IH.
Qed.

Section Scaled.
Variables (c : list Q) (k : nat) (alpha beta : R).
Hypothesis monomial : monomial_at k c = true.
Hypothesis alpha_nonzero : alpha <> 0.
Hypothesis beta_nonzero : beta <> 0.

Let grade_of rho : graded rho (rho ^ k) 1 c.
Proof. rewrite <- (Rmult_1_l (rho ^ k)). now apply graded_monomial. Qed.

Lemma dual_scaled p q r : polynomial_dual c (alpha ^ 2 * p) (beta ^ 2 * q) (alpha * beta * r) =
  alpha ^ k * beta ^ k * polynomial_dual c p q r.
Proof.
replace (alpha * beta * r) with (beta * (alpha * r)) by ring.
rewrite (graded_dual beta (beta ^ k)), polynomial_dual_symmetric, (graded_dual alpha (alpha ^ k)),
  polynomial_dual_symmetric by auto. ring.
Qed.

Lemma derivative_dual_scaled p q r :
  alpha * beta * polynomial_dual (derivative c) (alpha ^ 2 * p) (beta ^ 2 * q) (alpha * beta * r) =
  alpha ^ k * beta ^ k * polynomial_dual (derivative c) p q r.
Proof.
replace (alpha * beta * r) with (beta * (alpha * r)) by ring.
rewrite (Rmult_assoc alpha), (graded_derivative_dual beta (beta ^ k)), polynomial_dual_symmetric by auto.
replace (alpha * (beta ^ k * polynomial_dual (derivative c) q (alpha ^ 2 * p) (alpha * r)))
  with (beta ^ k * (alpha * polynomial_dual (derivative c) q (alpha ^ 2 * p) (alpha * r))) by ring.
rewrite (graded_derivative_dual alpha (alpha ^ k)), polynomial_dual_symmetric by auto. ring.
Qed.
End Scaled.

(** The degree of homogeneity of the network. *)
Fixpoint homogeneous (network : list layer) : option nat :=
  match network with
  | [] => Some 1%nat
  | Dense _ b :: rest => if Qeq_bool b 0 then homogeneous rest else None
  | Activation (Polynomial _ c) :: rest =>
      let k := pred (length c) in
      if monomial_at k c then option_map (fun d => (k * d)%nat) (homogeneous rest) else None
  | Activation _ :: _ => None
  end.

Lemma run_scaled network : forall d alpha beta p q r t, homogeneous network = Some d -> alpha <> 0 -> beta <> 0 ->
  let m := run network (Moments p q r t) in
  let m' := run network (Moments (alpha ^ 2 * p) (beta ^ 2 * q) (alpha * beta * r) (alpha * beta * t)) in
  covariance m' = alpha ^ d * beta ^ d * covariance m /\ tangent m' = alpha ^ d * beta ^ d * tangent m.
Proof.
induction network as [|l rest IH]; intros d alpha beta p q r t H Ha Hb; cbn [homogeneous] in H.
{ injection H as <-. cbn [run covariance tangent]. rewrite !pow_1. split; ring. }
cbn [run]. destruct l as [w b|s]; [|destruct s; try discriminate]; cbn [through].
- destruct (Qeq_bool b 0) eqn:E; [|discriminate]. apply Q2R_eq in E. rewrite Q2R_0 in E. rewrite E.
  specialize (IH d alpha beta (Q2R w * p + 0) (Q2R w * q + 0) (Q2R w * r + 0) (Q2R w * t + (Q2R w * r + 0)) H Ha Hb).
  cbv zeta in IH |- *.
  replace (Q2R w * (alpha ^ 2 * p) + 0) with (alpha ^ 2 * (Q2R w * p + 0)) by ring.
  replace (Q2R w * (beta ^ 2 * q) + 0) with (beta ^ 2 * (Q2R w * q + 0)) by ring.
  replace (Q2R w * (alpha * beta * r) + 0) with (alpha * beta * (Q2R w * r + 0)) by ring.
  replace (Q2R w * (alpha * beta * t) + alpha * beta * (Q2R w * r + 0))
    with (alpha * beta * (Q2R w * t + (Q2R w * r + 0))) by ring. exact IH.
- set (k := pred (length c)) in *. destruct (monomial_at k c) eqn:E; [|discriminate].
  destruct (homogeneous rest) as [e|]; [|discriminate]. injection H as <-. cbv [dual derivative_dual].
  assert (S : forall u v, u <> 0 -> polynomial_dual c (u ^ 2 * v) (u ^ 2 * v) (u ^ 2 * v) =
    (u ^ k) ^ 2 * polynomial_dual c v v v).
  { intros u v Hu. replace (u ^ 2 * v) with (u * u * v) at 3 by ring. rewrite (dual_scaled c k) by auto. ring. }
  rewrite (S alpha p), (S beta q), (dual_scaled c k) by auto.
  specialize (IH e (alpha ^ k) (beta ^ k) (Q2R w * polynomial_dual c p p p) (Q2R w * polynomial_dual c q q q)
    (Q2R w * polynomial_dual c p q r) (t * (Q2R w * polynomial_dual (derivative c) p q r)) eq_refl
    (pow_nonzero _ _ Ha) (pow_nonzero _ _ Hb)).
  cbv zeta in IH |- *. rewrite <- !pow_mult in IH. rewrite <- !pow_mult.
  replace (Q2R w * (alpha ^ (k * 2) * polynomial_dual c p p p)) with (alpha ^ (k * 2) * (Q2R w * polynomial_dual c p p p)) by ring.
  replace (Q2R w * (beta ^ (k * 2) * polynomial_dual c q q q)) with (beta ^ (k * 2) * (Q2R w * polynomial_dual c q q q)) by ring.
  replace (Q2R w * (alpha ^ k * beta ^ k * polynomial_dual c p q r))
    with (alpha ^ k * beta ^ k * (Q2R w * polynomial_dual c p q r)) by ring.
  replace (alpha * beta * t * (Q2R w * polynomial_dual (derivative c) (alpha ^ 2 * p) (beta ^ 2 * q) (alpha * beta * r)))
    with (alpha ^ k * beta ^ k * (t * (Q2R w * polynomial_dual (derivative c) p q r))).
  2:{ replace (alpha ^ k * beta ^ k * (t * (Q2R w * polynomial_dual (derivative c) p q r)))
        with (t * Q2R w * (alpha ^ k * beta ^ k * polynomial_dual (derivative c) p q r)) by ring.
      rewrite <- (derivative_dual_scaled c k alpha beta) by auto. ring. }
  exact IH.
Qed.

Definition check_null_unit (k : kind) (network : list layer) (denominator : Z) (rows : list (list Z)) (v : list Z) : bool :=
  check_null k network denominator rows v && forallb (fun u => Z.ltb 0 (dot_Z u u)) rows &&
  match homogeneous network with Some _ => true | None => false end.

Theorem null_vector_unit k network denominator rows v : check_null_unit k network denominator rows v = true ->
  exists x, nonzero (length rows) x /\ form (length rows) (gram k network true denominator rows) x = 0.
Proof.
unfold check_null_unit. rewrite !andb_true_iff. intros [[Hn Hp] Hh].
destruct (homogeneous network) as [d|] eqn:E; [|discriminate]. rewrite forallb_forall in Hp.
assert (HD : (0 < denominator)%Z).
{ unfold check_null in Hn. cbv zeta in Hn. destruct (exact_steps network); [|discriminate].
  rewrite !andb_true_iff in Hn. now apply Z.ltb_lt. }
destruct (null_vector k network denominator rows v Hn) as (y & (i0 & Hi0 & Hy) & Hf).
set (n := length rows) in *.
set (s := fun i => (/ norm (over denominator (nth i rows []))) ^ d).
assert (N : forall i, (i < n)%nat -> 0 < norm (over denominator (nth i rows []))).
{ intros i Hi. unfold norm. apply sqrt_lt_R0, Singular.inner_over; [now apply IZR_lt|].
  apply IZR_lt, Z.ltb_lt, Hp. now apply nth_In. }
assert (Hs : forall i, (i < n)%nat -> s i <> 0).
{ intros i Hi. apply pow_nonzero, Rinv_neq_0_compat. pose proof (N i Hi). lra. }
exists (fun i => y i / s i). split.
- exists i0. split; [exact Hi0|]. unfold Rdiv. apply Rmult_integral_contrapositive_currified; [exact Hy|].
  apply Rinv_neq_0_compat, Hs, Hi0.
- rewrite <- Hf. apply Sum_ext; intros i Hi. apply Sum_ext; intros j Hj.
  replace (gram k network true denominator rows i j) with (s i * s j * gram k network false denominator rows i j).
  { field. split; now apply Hs. }
  unfold gram, place, s. set (u := over denominator (nth i rows [])). set (w := over denominator (nth j rows [])).
  assert (P : forall z, normalise z = scaled (/ norm z) z).
  { intros z. unfold normalise, scaled. apply map_ext; intros. unfold Rdiv. ring. }
  rewrite !P. set (a := / norm u). set (b := / norm w).
  assert (Ha : a <> 0) by (apply Rinv_neq_0_compat; pose proof (N i Hi); unfold u; lra).
  assert (Hb : b <> 0) by (apply Rinv_neq_0_compat; pose proof (N j Hj); unfold w; lra).
  assert (I : input (scaled a u) (scaled b w) =
    Moments (a ^ 2 * (inner u u / INR (length u))) (b ^ 2 * (inner w w / INR (length u)))
      (a * b * (inner u w / INR (length u))) (a * b * 0)).
  { assert (L : length (scaled a u) = length u) by apply map_length.
    unfold input. rewrite L, !inner_scaled_l, !inner_scaled_r. f_equal; unfold Rdiv; ring. }
  destruct (run_scaled network d a b (inner u u / INR (length u)) (inner w w / INR (length u))
    (inner u w / INR (length u)) 0 E Ha Hb) as [C T].
  destruct k; cbn [kernel]; unfold nngp, ntk; rewrite I; symmetry; [exact C|exact T].
Qed.
