(** The closed forms of the duals without asin and acos, in a shape that does not cancel where r^2 is near p q.

    The discriminant p q - r^2 enters as a quantity of its own: for the first layer it is an exact rational number. *)

Require Import Reals QArith Qreals Lra Psatz.
From NTK Require Import Kernels.
Open Scope R_scope.

Section Angle.
Variables p q r : R.
Hypothesis p_positive : 0 < p.
Hypothesis q_positive : 0 < q.
Let m := sqrt (p * q).

Let m_positive : 0 < m.
Proof. apply sqrt_lt_R0. now apply Rmult_lt_0_compat. Qed.

Let m_squared : m * m = p * q.
Proof. apply sqrt_sqrt. apply Rmult_le_pos; lra. Qed.

Let sine t : t = r / m -> sqrt (1 - t ^ 2) = sqrt (p * q - r ^ 2) / m.
Proof.
intros ->. replace (1 - (r / m) ^ 2) with ((p * q - r ^ 2) / (m * m)) by (rewrite <- m_squared; field; lra).
rewrite sqrt_div_alt by (apply Rmult_lt_0_compat; auto). rewrite sqrt_square; [reflexivity|lra].
Qed.

Lemma angle_acute : 0 < r -> angle p q r = atan (sqrt (p * q - r ^ 2) / r).
Proof.
intros Hr. unfold angle. fold m. rewrite acos_atan by now apply Rdiv_lt_0_compat.
rewrite Rsqr_pow2, sine by reflexivity. f_equal. field. lra.
Qed.

Lemma angle_right : 0 < p * q - r ^ 2 -> angle p q r = PI / 2 - atan (r / sqrt (p * q - r ^ 2)).
Proof.
intros H. unfold angle. fold m.
assert (Hs : 0 < sqrt (p * q - r ^ 2)) by now apply sqrt_lt_R0.
assert (Ht : -1 < r / m < 1).
{ assert (0 < 1 - (r / m) ^ 2); [|split; nra].
  replace (1 - (r / m) ^ 2) with ((p * q - r ^ 2) / (m * m)) by (rewrite <- m_squared; field; lra).
  apply Rdiv_lt_0_compat; auto. now apply Rmult_lt_0_compat. }
rewrite acos_asin, asin_atan by lra. rewrite Rsqr_pow2, sine by reflexivity.
f_equal. f_equal. field. lra.
Qed.
End Angle.

Lemma angle_opposite p q r : angle p q (- r) = PI - angle p q r.
Proof. unfold angle. replace (- r / sqrt (p * q)) with (- (r / sqrt (p * q))) by (unfold Rdiv; ring). apply acos_opp. Qed.

Lemma angle_obtuse p q r : 0 < p -> 0 < q -> r < 0 -> angle p q r = PI + atan (sqrt (p * q - r ^ 2) / r).
Proof.
intros Hp Hq Hr. replace r with (- - r) at 1 by ring. rewrite angle_opposite, angle_acute by lra.
replace ((- r) ^ 2) with (r ^ 2) by ring.
replace (sqrt (p * q - r ^ 2) / - r) with (- (sqrt (p * q - r ^ 2) / r)) by (field; lra).
rewrite atan_opp. ring.
Qed.

Lemma widened_radicand b p q r :
  widened b p q r = 1 + 2 * b * (p + q) + 2 * b * (2 * b) * (p * q - r ^ 2).
Proof. unfold widened. ring. Qed.

Lemma erf_arcsine k p q r :
  let s := (1 + k * p) * (1 + k * q) - (k * r) ^ 2 in
  0 < 1 + k * p -> 0 < 1 + k * q -> 0 < s ->
  asin (k * r / sqrt ((1 + k * p) * (1 + k * q))) = atan (k * r / sqrt s).
Proof.
intros s Hp Hq Hs. set (m := sqrt _).
assert (Hm : 0 < m) by (apply sqrt_lt_R0; now apply Rmult_lt_0_compat).
assert (Hmm : m * m = (1 + k * p) * (1 + k * q)) by (apply sqrt_sqrt; nra).
assert (Ht : 1 - (k * r / m) ^ 2 = s / (m * m)) by (unfold s; rewrite <- Hmm; field; lra).
assert (Hr : 0 < sqrt s) by now apply sqrt_lt_R0.
rewrite asin_atan.
- rewrite Rsqr_pow2, Ht, sqrt_div_alt, sqrt_square by nra. f_equal. field. lra.
- assert (0 < 1 - (k * r / m) ^ 2); [|split; nra].
  rewrite Ht. apply Rdiv_lt_0_compat; auto. now apply Rmult_lt_0_compat.
Qed.
