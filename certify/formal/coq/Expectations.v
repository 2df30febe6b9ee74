(** Duals as Gaussian expectations: the rectifiers and the jumps, their closed forms proved.

    A pair (u, v) of centred Gaussians of variances p, q and covariance r is u = sqrt p R cos t, v = sqrt q R cos(t - theta)
    with theta its angle and (R, t) the polar coordinates of a standard normal vector of the plane, whose density is
    R exp(-R^2 / 2) / (2 pi).  [expectation] is the integral over t from -pi/2 to 3 pi/2 and R from 0 to infinity; that it
    is the integral over the plane (the change of variables) is its definition here. *)

Require Import Reals QArith Qreals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From NTK Require Import Kernels.
Open Scope R_scope.

Definition weight (R0 : R) : R := R0 * exp (- (R0 * R0 / 2)) / (2 * PI).

(** I is E s(u) s(v), iterated integral in polar coordinates. *)
Definition expectation (s : R -> R) (p q r I : R) : Prop :=
  exists inner : R -> R,
    (forall x, 0 < x ->
      is_RInt (fun t => s (sqrt p * x * cos t) * s (sqrt q * x * cos (t - angle p q r))) (- (PI / 2)) (3 * PI / 2) (inner x)) /\
    is_RInt_gen (fun x => inner x * weight x) (at_point 0) (Rbar_locally p_infty) I.

(** * Around the circle *)

(** A function that is a constant times h on each of four arcs. *)
Lemma four_arcs (f h H : R -> R) theta wpp wpm wmm : 0 <= theta <= PI ->
  (forall t, is_derive H t (h t)) -> (forall t, continuous h t) ->
  (forall t, - (PI / 2) < t < theta - PI / 2 -> f t = wpm * h t) ->
  (forall t, theta - PI / 2 < t < PI / 2 -> f t = wpp * h t) ->
  (forall t, PI / 2 < t < theta + PI / 2 -> f t = wpm * h t) ->
  (forall t, theta + PI / 2 < t < 3 * PI / 2 -> f t = wmm * h t) ->
  is_RInt f (- (PI / 2)) (3 * PI / 2)
    (wpm * (H (theta - PI / 2) - H (- (PI / 2))) + (wpp * (H (PI / 2) - H (theta - PI / 2)) +
     (wpm * (H (theta + PI / 2) - H (PI / 2)) + wmm * (H (3 * PI / 2) - H (theta + PI / 2))))).
Proof.
intros Ht HD HC A1 A2 A3 A4. pose proof PI_RGT_0.
assert (arc : forall a b w, a <= b -> (forall t, a < t < b -> f t = w * h t) -> is_RInt f a b (w * (H b - H a))).
{ intros a b w Hab E. apply (is_RInt_ext (fun t => scal w (h t))).
  - intros t. rewrite Rmin_left, Rmax_right by exact Hab. intros Hx. now rewrite E.
  - apply (is_RInt_scal h a b w (H b - H a)). apply (is_RInt_derive H h); intros; [apply HD|apply HC]. }
apply (is_RInt_Chasles f (- (PI / 2)) (theta - PI / 2)); [apply arc; [lra|exact A1]|].
apply (is_RInt_Chasles f (theta - PI / 2) (PI / 2)); [apply arc; [lra|exact A2]|].
apply (is_RInt_Chasles f (PI / 2) (theta + PI / 2)); [apply arc; [lra|exact A3]|apply arc; [lra|exact A4]].
Qed.

(** Signs of the two cosines on the arcs. *)
Lemma signs theta : 0 <= theta <= PI ->
  (forall t, - (PI / 2) < t < theta - PI / 2 -> 0 < cos t /\ cos (t - theta) < 0) /\
  (forall t, theta - PI / 2 < t < PI / 2 -> 0 < cos t /\ 0 < cos (t - theta)) /\
  (forall t, PI / 2 < t < theta + PI / 2 -> cos t < 0 /\ 0 < cos (t - theta)) /\
  (forall t, theta + PI / 2 < t < 3 * PI / 2 -> cos t < 0 /\ cos (t - theta) < 0).
Proof.
intros H. pose proof PI_RGT_0.
assert (below : forall x, - (3 * PI / 2) < x < - (PI / 2) -> cos x < 0).
{ intros x Hx. rewrite <- cos_neg. apply cos_lt_0; lra. }
repeat split; try (apply cos_gt_0; lra); try (apply cos_lt_0; lra); try (apply below; lra).
Qed.

(** * Along the radius *)

Lemma radial (G g : R -> R) : (forall x, is_derive G x (g x)) -> (forall x, continuous g x) ->
  is_lim G p_infty 0 -> is_RInt_gen g (at_point 0) (Rbar_locally p_infty) (0 - G 0).
Proof.
intros HD HC HL. apply (is_RInt_gen_ext (fun x => Derive G x)).
{ apply filter_forall. intros [a b] x _. apply is_derive_unique, HD. }
apply is_RInt_gen_Derive.
- apply filter_forall. intros [a b] x _. now exists (g x).
- apply filter_forall. intros [a b] x _. apply (continuous_ext g); [|apply HC].
  intros y. symmetry. apply is_derive_unique, HD.
- intros P HP. unfold filtermap, at_point. exact (locally_singleton _ _ HP).
- exact HL.
Qed.

Lemma to_minus_infinity : is_lim (fun x => - (x * x / 2)) p_infty m_infty.
Proof.
apply is_lim_spec. intros M. exists (Rabs M + 2). intros x Hx.
pose proof (Rabs_pos M). pose proof (Rle_abs (- M)). rewrite Rabs_Ropp in *. nra.
Qed.

Lemma exp_vanishes : is_lim (fun x => exp (- (x * x / 2))) p_infty 0.
Proof.
apply (is_lim_comp exp (fun x => - (x * x / 2)) p_infty 0 m_infty); [exact is_lim_exp_m|exact to_minus_infinity|].
exists 0. intros x _. discriminate.
Qed.

Lemma mul_exp_vanishes : is_lim (fun x => - (x * x / 2) * exp (- (x * x / 2))) p_infty 0.
Proof.
apply (is_lim_comp (fun y => y * exp y) (fun x => - (x * x / 2)) p_infty 0 m_infty);
  [exact is_lim_mul_exp_m|exact to_minus_infinity|].
exists 0. intros x _. discriminate.
Qed.

(** Integrals of R exp(-R^2/2) and of R^3 exp(-R^2/2). *)
Lemma radial_one c : is_RInt_gen (fun x => c * weight x) (at_point 0) (Rbar_locally p_infty) (c / (2 * PI)).
Proof.
pose proof PI_RGT_0. set (k := c / (2 * PI)).
replace k with (0 - (- k * exp (- (0 * 0 / 2)))) at 1
  by (replace (- (0 * 0 / 2)) with 0 by field; rewrite exp_0; ring).
apply (radial (fun x => - k * exp (- (x * x / 2)))).
- intros x. unfold weight. auto_derive; [exact I|]. unfold k, Rdiv. field. lra.
- intros x. apply (ex_derive_continuous (fun x => c * weight x)). unfold weight. auto_derive. lra.
- replace (Finite 0) with (Rbar_mult (- k) 0) by (simpl; f_equal; ring).
  apply (is_lim_scal_l (fun x => exp (- (x * x / 2))) (- k)), exp_vanishes.
Qed.

Lemma radial_three c : is_RInt_gen (fun x => c * (x * x) * weight x) (at_point 0) (Rbar_locally p_infty) (c / PI).
Proof.
pose proof PI_RGT_0. set (k := c / PI).
set (G := fun x => k * (- (x * x / 2) * exp (- (x * x / 2))) + - k * exp (- (x * x / 2))).
replace k with (0 - G 0) at 1 by (unfold G; replace (- (0 * 0 / 2)) with 0 by field; rewrite exp_0; ring).
apply (radial G).
- intros x. unfold G, weight. auto_derive; [exact I|]. unfold k, Rdiv. field. lra.
- intros x. apply (ex_derive_continuous (fun x => c * (x * x) * weight x)). unfold weight. auto_derive. lra.
- pose proof (is_lim_scal_l _ k _ _ mul_exp_vanishes) as L1. pose proof (is_lim_scal_l _ (- k) _ _ exp_vanishes) as L2.
  change (Rbar_mult k 0) with (Finite (k * 0)) in L1. change (Rbar_mult (- k) 0) with (Finite (- k * 0)) in L2.
  pose proof (is_lim_plus' _ _ _ _ _ L1 L2) as L. replace (k * 0 + - k * 0) with 0 in L by ring. exact L.
Qed.

(** * The theorems *)

Definition rectifier (a b x : R) : R := a * Rmin x 0 + b * Rmax x 0.
Definition jump (a b x : R) : R := if Rlt_dec x 0 then a else if Rlt_dec 0 x then b else (a + b) / 2.

Lemma rectifier_above a b x : 0 < x -> rectifier a b x = b * x.
Proof. intros H. unfold rectifier. rewrite Rmin_right, Rmax_left by lra. ring. Qed.

Lemma rectifier_below a b x : x < 0 -> rectifier a b x = a * x.
Proof. intros H. unfold rectifier. rewrite Rmin_left, Rmax_right by lra. ring. Qed.

Lemma jump_above a b x : 0 < x -> jump a b x = b.
Proof. intros H. unfold jump. destruct (Rlt_dec x 0); [lra|]. destruct (Rlt_dec 0 x); [reflexivity|lra]. Qed.

Lemma jump_below a b x : x < 0 -> jump a b x = a.
Proof. intros H. unfold jump. destruct (Rlt_dec x 0); [reflexivity|lra]. Qed.

Section Pair.
Variables p q r : R.
Hypothesis p_positive : 0 < p.
Hypothesis q_positive : 0 < q.
Hypothesis correlated : r ^ 2 <= p * q.
Let theta := angle p q r.
Let m := sqrt p * sqrt q.

Let root_p : 0 < sqrt p. Proof. now apply sqrt_lt_R0. Qed.
Let root_q : 0 < sqrt q. Proof. now apply sqrt_lt_R0. Qed.
Let m_positive : 0 < m. Proof. now apply Rmult_lt_0_compat. Qed.
Let m_root : sqrt (p * q) = m. Proof. apply sqrt_mult; lra. Qed.
Let m_square : m ^ 2 = p * q.
Proof. unfold m. replace ((sqrt p * sqrt q) ^ 2) with (sqrt p * sqrt p * (sqrt q * sqrt q)) by ring. rewrite !sqrt_sqrt; lra. Qed.

Lemma theta_bounds : 0 <= theta <= PI.
Proof. apply acos_bound. Qed.

Lemma ratio_bounds : -1 <= r / m <= 1.
Proof.
assert (Hpq : 0 < p * q) by now apply Rmult_lt_0_compat.
assert (E : (r / m) ^ 2 <= 1).
{ apply Rmult_le_reg_r with (p * q); [exact Hpq|]. rewrite <- m_square at 1.
  replace ((r / m) ^ 2 * m ^ 2) with (r ^ 2) by (field; lra). lra. }
split; nra.
Qed.

Lemma cos_theta : m * cos theta = r.
Proof. unfold theta, angle. rewrite m_root, cos_acos by exact ratio_bounds. field. lra. Qed.

Lemma sin_theta : m * sin theta = sqrt (p * q - r ^ 2).
Proof.
assert (H : 0 <= sin theta) by (apply sin_ge_0; apply theta_bounds).
symmetry. apply Rsqr_inj; [apply sqrt_pos|apply Rmult_le_pos; lra|].
rewrite Rsqr_sqrt by lra. rewrite Rsqr_mult, sin2. unfold Rsqr. rewrite <- m_square, <- cos_theta. ring.
Qed.

(** E s(u) s(v) of a function with one slope on each side of zero. *)
Theorem rectifier_expectation a b : expectation (rectifier (Q2R a) (Q2R b)) p q r (dual (ABRelu a b) p q r).
Proof.
set (A := Q2R a). set (B := Q2R b). pose proof PI_RGT_0. pose proof theta_bounds as Ht.
set (c := m * ((A ^ 2 + B ^ 2) / 2 * ((PI - theta) * cos theta + sin theta) + A * B * (theta * cos theta - sin theta))).
exists (fun x => c * (x * x)). split.
- intros x Hx. fold theta.
  set (h := fun t => m * (x * x) * (cos t * cos (t - theta))).
  set (H0 := fun t => m * (x * x) * (t * cos theta / 2 + sin (2 * t - theta) / 4)).
  assert (HD : forall t, is_derive H0 t (h t)).
  { intros t. unfold h.
    replace (m * (x * x) * (cos t * cos (t - theta)))
      with (m * (x * x) * (1 * cos theta / 2 + 2 * cos (2 * t + - theta) / 4)).
    - unfold H0. generalize (cos theta). intros w. auto_derive; [exact I|]. unfold Rdiv. ring.
    - replace (cos theta) with (cos (t - (t - theta))) by (f_equal; ring).
      replace (2 * t + - theta) with (t + (t - theta)) by ring. rewrite cos_minus, cos_plus. field. }
  destruct (signs theta Ht) as (S1 & S2 & S3 & S4).
  assert (above : forall k u, 0 < k -> 0 < u -> 0 < k * x * u)
    by (intros; apply Rmult_lt_0_compat; auto; now apply Rmult_lt_0_compat).
  assert (under : forall k u, 0 < k -> u < 0 -> k * x * u < 0).
  { intros k u Hk Hu. assert (0 < k * x) by now apply Rmult_lt_0_compat. nra. }
  replace (c * (x * x)) with
    (A * B * (H0 (theta - PI / 2) - H0 (- (PI / 2))) + (B * B * (H0 (PI / 2) - H0 (theta - PI / 2)) +
     (A * B * (H0 (theta + PI / 2) - H0 (PI / 2)) + A * A * (H0 (3 * PI / 2) - H0 (theta + PI / 2))))).
  + apply (four_arcs _ h H0 theta); auto.
    * intros t. apply (ex_derive_continuous h). unfold h. auto_derive. exact I.
    * intros t T. destruct (S1 t T). rewrite rectifier_above, rectifier_below by auto. unfold h, m. ring.
    * intros t T. destruct (S2 t T). rewrite !rectifier_above by auto. unfold h, m. ring.
    * intros t T. destruct (S3 t T). rewrite rectifier_below, rectifier_above by auto. unfold h, m. ring.
    * intros t T. destruct (S4 t T). rewrite !rectifier_below by auto. unfold h, m. ring.
  + unfold H0.
    replace (2 * (theta - PI / 2) - theta) with (- (PI - theta)) by field.
    replace (2 * - (PI / 2) - theta) with (- (theta + PI)) by field.
    replace (2 * (PI / 2) - theta) with (PI - theta) by field.
    replace (2 * (theta + PI / 2) - theta) with (theta + PI) by field.
    replace (2 * (3 * PI / 2) - theta) with (PI - theta + 2 * PI) by field.
    assert (E1 : sin (PI - theta) = sin theta) by apply sin_PI_x.
    assert (E2 : sin (PI - theta + 2 * PI) = sin theta) by (rewrite sin_plus, cos_2PI, sin_2PI, E1; ring).
    rewrite E2, !sin_neg, neg_sin, E1. unfold c. field.
- replace (dual (ABRelu a b) p q r) with (c / PI); [apply radial_three|].
  unfold dual, two_sided. fold A B theta. rewrite <- sin_theta, <- cos_theta at 1. unfold c.
  field. lra.
Qed.

(** E s(u) s(v) of a function with one value on each side of zero, and so E s'(u) s'(v) of a rectifier. *)
Theorem jump_expectation a b : expectation (jump (Q2R a) (Q2R b)) p q r (dual (Jump a b) p q r).
Proof.
set (A := Q2R a). set (B := Q2R b). pose proof PI_RGT_0. pose proof theta_bounds as Ht.
set (c := (A ^ 2 + B ^ 2) * (PI - theta) + 2 * A * B * theta).
exists (fun _ => c). split.
- intros x Hx. fold theta. destruct (signs theta Ht) as (S1 & S2 & S3 & S4).
  assert (above : forall k u, 0 < k -> 0 < u -> 0 < k * x * u)
    by (intros; apply Rmult_lt_0_compat; auto; now apply Rmult_lt_0_compat).
  assert (under : forall k u, 0 < k -> u < 0 -> k * x * u < 0).
  { intros k u Hk Hu. assert (0 < k * x) by now apply Rmult_lt_0_compat. nra. }
  replace c with
    (A * B * ((theta - PI / 2) - - (PI / 2)) + (B * B * (PI / 2 - (theta - PI / 2)) +
     (A * B * ((theta + PI / 2) - PI / 2) + A * A * (3 * PI / 2 - (theta + PI / 2))))) by (unfold c; field).
  apply (four_arcs _ (fun _ => 1) (fun t => t) theta); auto.
  + intros t. auto_derive; [exact I|ring].
  + intros t. apply continuous_const.
  + intros t T. destruct (S1 t T). rewrite jump_above, jump_below by auto. ring.
  + intros t T. destruct (S2 t T). rewrite !jump_above by auto. ring.
  + intros t T. destruct (S3 t T). rewrite jump_below, jump_above by auto. ring.
  + intros t T. destruct (S4 t T). rewrite !jump_below by auto. ring.
- replace (dual (Jump a b) p q r) with (c / (2 * PI)); [apply radial_one|].
  unfold dual, two_sided. fold A B theta. unfold c. field. lra.
Qed.

Theorem rectifier_derivative_expectation a b :
  expectation (jump (Q2R a) (Q2R b)) p q r (derivative_dual (ABRelu a b) p q r).
Proof. exact (jump_expectation a b). Qed.
End Pair.
