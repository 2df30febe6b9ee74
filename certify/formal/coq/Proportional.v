(** Activations that keep values proportional: where those at y are c times those at x before, they are d times those at
    x after, for the duals and the derivative duals of positively homogeneous, of odd and of even activations. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra Psatz.
From NTK Require Import Forms Polynomials Kernels Duals Gradings.
Import ListNotations.
Open Scope R_scope.

Lemma Q2R_eq a b : Qeq_bool a b = true -> Q2R a = Q2R b.
Proof. intros H. apply Qeq_eqR. now apply Qeq_bool_iff. Qed.

Lemma Q2R_ne a b : Qeq_bool a b = false -> Q2R a <> Q2R b.
Proof. intros H E. apply eqR_Qeq, Qeq_bool_iff in E. congruence. Qed.

Lemma Q2R_lt a b : Qle_bool a b = false -> Q2R b < Q2R a.
Proof.
intros H. apply Qlt_Rlt, Qnot_le_lt. intros E. apply Qle_bool_iff in E. congruence.
Qed.

Lemma Q2R_0 : Q2R 0 = 0. Proof. unfold Q2R. simpl. ring. Qed.
Lemma Q2R_1 : Q2R 1 = 1. Proof. unfold Q2R. simpl. field. Qed.

Section Rectifier.
Variables (a b : Q) (p c : R).
Hypothesis p_positive : 0 < p.
Local Notation s := (ABRelu a b).
Local Notation mean := ((Q2R a ^ 2 + Q2R b ^ 2) / 2).

Let square : c <> 0 -> 0 < c ^ 2 * p.
Proof. intros H. apply Rmult_lt_0_compat; auto. rewrite <- Rsqr_pow2. now apply Rsqr_pos_lt. Qed.

Let flat : p * (c ^ 2 * p) - (c * p) ^ 2 = 0.
Proof. ring. Qed.

Lemma rectifier_parallel : 0 < c ->
  dual s p (c ^ 2 * p) (c * p) = c * mean * p /\ derivative_dual s p (c ^ 2 * p) (c * p) = mean.
Proof.
intros Hc. assert (0 < c ^ 2 * p) by (apply square; lra). assert (0 < c * p) by now apply Rmult_lt_0_compat.
assert (D : derivative_dual s p (c ^ 2 * p) (c * p) = mean).
{ cbv [derivative_dual two_sided]. rewrite angle_acute, flat, sqrt_0 by assumption.
  replace (0 / (c * p)) with 0 by (field; lra). rewrite atan_0. ring. }
split; [|exact D]. cbv [derivative_dual] in D. unfold dual. rewrite D, flat, sqrt_0. ring.
Qed.

Lemma rectifier_opposed : c < 0 ->
  dual s p (c ^ 2 * p) (c * p) = c * (Q2R a * Q2R b) * p /\
  derivative_dual s p (c ^ 2 * p) (c * p) = Q2R a * Q2R b.
Proof.
intros Hc. assert (0 < c ^ 2 * p) by (apply square; lra). assert (c * p < 0) by nra. pose proof PI_RGT_0.
assert (D : derivative_dual s p (c ^ 2 * p) (c * p) = Q2R a * Q2R b).
{ cbv [derivative_dual two_sided]. rewrite angle_obtuse, flat, sqrt_0 by assumption.
  replace (0 / (c * p)) with 0 by (field; lra). rewrite atan_0. field. lra. }
split; [|exact D]. cbv [derivative_dual] in D. unfold dual. rewrite D, flat, sqrt_0. ring.
Qed.
End Rectifier.

Lemma rectifier_self a b p : 0 < p ->
  dual (ABRelu a b) p p p = (Q2R a ^ 2 + Q2R b ^ 2) / 2 * p /\
  derivative_dual (ABRelu a b) p p p = (Q2R a ^ 2 + Q2R b ^ 2) / 2.
Proof.
intros Hp. destruct (rectifier_parallel a b p 1 Hp ltac:(lra)) as [H1 H2].
rewrite pow1, !Rmult_1_l in H1, H2. split; [rewrite H1; ring|exact H2].
Qed.

Lemma erf_positive a b o p : Q2R a <> 0 -> Q2R b <> 0 -> 0 < p -> 0 < dual (Erf a b o) p p p.
Proof.
intros Ha Hb Hp. cbv [dual]. set (k := 2 * Q2R b ^ 2).
assert (Hk : 0 < k) by (unfold k; pose proof (Rsqr_pos_lt _ Hb); rewrite Rsqr_pow2 in *; lra).
assert (Hkp : 0 < k * p) by now apply Rmult_lt_0_compat.
rewrite sqrt_square by lra.
assert (0 < asin (k * p / (1 + k * p))).
{ assert (Hlt : -1 < k * p / (1 + k * p) < 1).
  { assert (0 < k * p / (1 + k * p)) by (apply Rdiv_lt_0_compat; lra).
    split; [lra|]. apply Rmult_lt_reg_r with (1 + k * p); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  assert (0 < k * p / (1 + k * p)) by (apply Rdiv_lt_0_compat; lra).
  rewrite asin_atan, <- atan_0 by lra. apply atan_increasing. apply Rdiv_lt_0_compat; auto.
  apply sqrt_lt_R0. unfold Rsqr. nra. }
pose proof PI_RGT_0. pose proof (pow2_ge_0 (Q2R o)).
assert (0 < 2 * Q2R a ^ 2 / PI).
{ apply Rdiv_lt_0_compat; auto. pose proof (Rsqr_pos_lt _ Ha). rewrite Rsqr_pow2 in *. lra. }
nra.
Qed.

Lemma scaled_positive c p : c <> 0 -> 0 < p -> 0 < c ^ 2 * p.
Proof. intros Hc Hp. apply Rmult_lt_0_compat; auto. rewrite <- Rsqr_pow2. now apply Rsqr_pos_lt. Qed.

(** What an activation does to the moments where the ratio c becomes d. *)
Definition carries (s : activation) (c d p : R) : Prop :=
  dual s p (c ^ 2 * p) (c * p) = d * dual s p p p /\
  dual s (c ^ 2 * p) (c ^ 2 * p) (c ^ 2 * p) = d ^ 2 * dual s p p p /\
  c * derivative_dual s p (c ^ 2 * p) (c * p) = d * derivative_dual s p p p /\
  c ^ 2 * derivative_dual s (c ^ 2 * p) (c ^ 2 * p) (c ^ 2 * p) = d ^ 2 * derivative_dual s p p p.

(** Odd (d = -1) and even (d = 1) activations at opposite points. *)
Lemma carries_opposite s d p : d = 1 \/ d = -1 ->
  dual s p p (- p) = d * dual s p p p -> derivative_dual s p p (- p) = - d * derivative_dual s p p p ->
  carries s (-1) d p.
Proof.
intros Hd V D. assert (d ^ 2 = 1) by (destruct Hd; subst; ring).
unfold carries. replace ((-1) ^ 2 * p) with p by ring. replace (-1 * p) with (- p) by ring.
rewrite H, V, D. repeat split; ring.
Qed.

Lemma carries_rectifier a b c p : 0 < p -> 0 < c -> carries (ABRelu a b) c c p.
Proof.
intros Hp Hc. destruct (rectifier_self a b p Hp) as [V D]. destruct (rectifier_parallel a b p c Hp Hc) as [V1 D1].
assert (0 < c ^ 2 * p) by (apply scaled_positive; lra).
destruct (rectifier_self a b (c ^ 2 * p) H) as [V2 D2].
unfold carries. rewrite V, D, V1, D1, V2, D2. repeat split; ring.
Qed.

Lemma carries_opposed_rectifier a b c p : 0 < p -> c < 0 ->
  (Q2R a = Q2R b -> carries (ABRelu a b) c c p) /\ (Q2R a = - Q2R b -> carries (ABRelu a b) c (- c) p).
Proof.
intros Hp Hc. destruct (rectifier_self a b p Hp) as [V D]. destruct (rectifier_opposed a b p c Hp Hc) as [V1 D1].
assert (0 < c ^ 2 * p) by (apply scaled_positive; lra).
destruct (rectifier_self a b (c ^ 2 * p) H) as [V2 D2].
unfold carries. rewrite V, D, V1, D1, V2, D2. split; intros ->; repeat split; field.
Qed.

Lemma angle_parallel p c : 0 < p -> 0 < c -> angle p (c ^ 2 * p) (c * p) = 0.
Proof.
intros Hp Hc. rewrite angle_acute by (try apply scaled_positive; nra). replace (p * (c ^ 2 * p) - (c * p) ^ 2) with 0 by ring.
rewrite sqrt_0. unfold Rdiv. rewrite Rmult_0_l. apply atan_0.
Qed.

Lemma angle_opposed p c : 0 < p -> c < 0 -> angle p (c ^ 2 * p) (c * p) = PI.
Proof.
intros Hp Hc. rewrite angle_obtuse by (try apply scaled_positive; nra). replace (p * (c ^ 2 * p) - (c * p) ^ 2) with 0 by ring.
rewrite sqrt_0. unfold Rdiv. rewrite Rmult_0_l, atan_0. ring.
Qed.

Lemma angle_self p : 0 < p -> angle p p p = 0.
Proof. intros H. rewrite <- (angle_parallel p 1) by lra. f_equal; ring. Qed.

Lemma carries_jump a b c p : 0 < p -> c <> 0 ->
  (0 < c -> carries (Jump a b) c 1 p) /\ (c < 0 -> Q2R a = - Q2R b -> carries (Jump a b) c (-1) p).
Proof.
intros Hp Hc. assert (0 < c ^ 2 * p) by now apply scaled_positive.
pose proof PI_RGT_0. unfold carries. cbv [dual derivative_dual two_sided].
split; intros H1; [|intros ->]; rewrite !angle_self, ?angle_parallel, ?angle_opposed by assumption;
  repeat split; field; lra.
Qed.

(** Without an angle the recursion has one term. *)
Lemma arc_cosines_flat k p q r : angle p q r = 0 -> p * q - r ^ 2 = 0 ->
  exists w, 0 < w /\ arc_cosines k p q r = (w * r ^ k, INR (2 * k + 1) * w * r ^ (S k)) /\
    forall p' q' r', angle p' q' r' = 0 -> p' * q' - r' ^ 2 = 0 ->
    arc_cosines k p' q' r' = (w * r' ^ k, INR (2 * k + 1) * w * r' ^ (S k)).
Proof.
intros H1 H2. pose proof PI_RGT_0.
assert (G : exists w, 0 < w /\ forall p' q' r', angle p' q' r' = 0 -> p' * q' - r' ^ 2 = 0 ->
    arc_cosines k p' q' r' = (w * r' ^ k, INR (2 * k + 1) * w * r' ^ (S k))).
{ clear p q r H1 H2. induction k as [|k (w & Hw & IH)].
  - exists (1 / 2). split; [lra|]. intros p q r H1 H2. cbn [arc_cosines]. rewrite H1, H2, sqrt_0. simpl.
    f_equal; field; lra.
  - exists (INR (2 * k + 1) * w). split.
    { apply Rmult_lt_0_compat; [apply lt_0_INR; lia|exact Hw]. }
    intros p q r H1 H2. cbn [arc_cosines]. rewrite (IH p q r H1 H2), H2.
    replace (2 * S k + 1)%nat with (2 * k + 3)%nat by lia. f_equal. rewrite <- (tech_pow_Rmult r (S k)). ring. }
destruct G as (w & Hw & G). exists w. split; [exact Hw|]. split; [now apply G|exact G].
Qed.

Lemma carries_rectified_power k c p : 0 < p -> 0 < c -> carries (RectifiedPower k) c (c ^ k) p.
Proof.
intros Hp Hc. assert (Hq : 0 < c ^ 2 * p) by (apply scaled_positive; lra).
assert (flat : forall u, u * u - u ^ 2 = 0) by (intros; ring).
assert (flat' : p * (c ^ 2 * p) - (c * p) ^ 2 = 0) by ring.
unfold carries. cbv [dual derivative_dual arc_cosine].
assert (V : forall k, exists w, forall p' q' r', angle p' q' r' = 0 -> p' * q' - r' ^ 2 = 0 ->
  fst (arc_cosines k p' q' r') = w * r' ^ k).
{ intros j. destruct (arc_cosines_flat j p p p (angle_self p Hp) (flat p)) as (w & _ & _ & G).
  exists w. intros. now rewrite G. }
destruct (V k) as (w & W). rewrite !W by auto using angle_self, angle_parallel. rewrite !Rpow_mult_distr.
split; [ring|]. split; [rewrite <- !pow_mult; replace (2 * k)%nat with (k * 2)%nat by lia; ring|].
destruct k as [|j]; [split; ring|]. destruct (V j) as (u & U).
rewrite !U by auto using angle_self, angle_parallel. rewrite !Rpow_mult_distr.
assert (E : (c ^ 2) ^ j = (c ^ j) ^ 2) by (rewrite <- !pow_mult; f_equal; lia).
rewrite E. change (c ^ S j) with (c * c ^ j). split; ring.
Qed.

Lemma carries_polynomial w c d coefficients p : c <> 0 -> graded c d 1 coefficients ->
  carries (Polynomial w coefficients) c d p.
Proof.
intros Hc H. unfold carries. cbv [dual derivative_dual].
assert (V : forall p q r, polynomial_dual coefficients p (c ^ 2 * q) (c * r) = d * polynomial_dual coefficients p q r)
  by (intros; now apply graded_dual).
assert (D : forall p q r, c * polynomial_dual (derivative coefficients) p (c ^ 2 * q) (c * r) =
  d * polynomial_dual (derivative coefficients) p q r) by (intros; now apply graded_derivative_dual).
split; [rewrite V; ring|]. split.
{ replace (c ^ 2 * p) with (c * (c * p)) at 3 by ring. rewrite V, polynomial_dual_symmetric, V. ring. }
split; [rewrite <- (Rmult_assoc c), (Rmult_comm c), Rmult_assoc, D; ring|].
replace (c ^ 2 * p) with (c * (c * p)) at 3 by ring.
replace (c ^ 2 * (Q2R w * polynomial_dual (derivative coefficients) (c ^ 2 * p) (c ^ 2 * p) (c * (c * p))))
  with (c * Q2R w * (c * polynomial_dual (derivative coefficients) (c ^ 2 * p) (c ^ 2 * p) (c * (c * p)))) by ring.
rewrite D, polynomial_dual_symmetric.
replace (c * Q2R w * (d * polynomial_dual (derivative coefficients) p (c ^ 2 * p) (c * p)))
  with (Q2R w * d * (c * polynomial_dual (derivative coefficients) p (c ^ 2 * p) (c * p))) by ring.
rewrite D. ring.
Qed.

Lemma waves_opposite b p : near_wave b p p (- p) = far_wave b p p p /\ far_wave b p p (- p) = near_wave b p p p.
Proof. unfold near_wave, far_wave. split; f_equal; field. Qed.

Lemma widened_opposite b p : widened b p p (- p) = widened b p p p.
Proof. unfold widened. ring. Qed.

Lemma gabor_opposite s p : gabor_wave s p p (- p) = gabor_wave (- s) p p p /\
  gabor_form s p p (- p) = gabor_form (- s) p p p.
Proof.
assert (F : gabor_form s p p (- p) = gabor_form (- s) p p p).
{ unfold gabor_form. rewrite widened_opposite. f_equal. ring. }
split; [|exact F]. unfold gabor_wave. now rewrite widened_opposite, F.
Qed.
