(** Singular kernel matrices: two rows that the network keeps proportional.

    If y = c x and every layer keeps the random function's values proportional, then K(x, y) = c' K(x, x) and
    K(y, y) = c'^2 K(x, x), so the quadratic form vanishes at c' e_x - e_y.  [ratio_after] follows the ratio through
    the layers: positively homogeneous activations keep or power a positive one, odd and even ones keep or drop a sign,
    and a bias lets only equal values pass. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra Psatz.
From NTK Require Import Forms Matrices Polynomials Kernels Gradings Proportional.
Import ListNotations.
Open Scope R_scope.

(** * The ratio through the layers *)

Fixpoint power (c : Q) (k : nat) : Q := match k with O => 1%Q | S j => (c * power c j)%Q end.

(** The ratio after an activation from one that is not 1, and whether the variance of x is known to be positive.  None:
    nothing is claimed. *)
Definition image (s : activation) (c : Q) (known : bool) : option (Q * bool) :=
  let positive := negb (Qle_bool c 0) in
  let negative := negb (Qle_bool 0 c) in
  let opposite := Qeq_bool c (-(1)) in
  match s with
  | ABRelu a b =>
      if negb known || (Qeq_bool a 0 && Qeq_bool b 0) then None
      else if positive then Some (c, true)
      else if negb negative then None
      else if Qeq_bool a b then Some (c, true)
      else if Qeq_bool a (- b) then Some (- c, true)%Q
      else None
  | Jump a b =>
      if negb known then None
      else if positive then Some (1%Q, false)
      else if negative && Qeq_bool a (- b) then Some (- (1), false)%Q
      else None
  | RectifiedPower k => if known && positive then Some (power c k, false) else None
  | Erf a b o =>
      if opposite && Qeq_bool o 0 then Some (c, known && negb (Qeq_bool a 0) && negb (Qeq_bool b 0)) else None
  | Sine a b o => if opposite && Qeq_bool o 0 then Some (c, false) else None
  | Cosine a b o => if opposite && Qeq_bool o 0 then Some (1%Q, false) else None
  | Gaussian a b => if opposite then Some (1%Q, false) else None
  | Gabor => if opposite then Some (c, false) else None
  | Polynomial w coefficients =>
      let d := grade c 1 coefficients in
      if (positive || negative) && graded_Q c d 1 coefficients then Some (d, false) else None
  | _ => None
  end.

Definition ratio_through (l : layer) (state : Q * bool) : option (Q * bool) :=
  let (c, known) := state in
  if Qeq_bool c 1 then Some (1%Q, false)
  else match l with
  | Dense w b => if Qeq_bool b 0 && negb (Qle_bool w 0) then Some (c, known) else None
  | Activation s => image s c known
  end.

Fixpoint ratio_after (network : list layer) (state : Q * bool) : option (Q * bool) :=
  match network with
  | [] => Some state
  | l :: rest => match ratio_through l state with Some s => ratio_after rest s | None => None end
  end.

(** Moments of (x, x), (x, y) and (y, y) where the values at y are c times those at x. *)
Definition proportional (c : R) (known : bool) (xx xy yy : moments) : Prop :=
  exists p t, (known = true -> 0 < p) /\
    xx = Moments p p p t /\ xy = Moments p (c ^ 2 * p) (c * p) (c * t) /\
    yy = Moments (c ^ 2 * p) (c ^ 2 * p) (c ^ 2 * p) (c ^ 2 * t).

Lemma Q2R_power c k : Q2R (power c k) = Q2R c ^ k.
Proof. induction k as [|k IH]; [apply Q2R_1|]. cbn [power pow]. now rewrite Q2R_mult, IH. Qed.

Lemma image_sound s c known d k p : Q2R c <> 1 -> image s c known = Some (d, k) -> (known = true -> 0 < p) ->
  carries s (Q2R c) (Q2R d) p /\ (k = true -> 0 < dual s p p p).
Proof.
intros Hc H Hp.
assert (positive : negb (Qle_bool c 0) = true -> 0 < Q2R c).
{ intros E. apply negb_true_iff, Q2R_lt in E. now rewrite Q2R_0 in E. }
assert (negative : negb (Qle_bool 0 c) = true -> Q2R c < 0).
{ intros E. apply negb_true_iff, Q2R_lt in E. now rewrite Q2R_0 in E. }
assert (opposite : Qeq_bool c (-(1)) = true -> Q2R c = -1).
{ intros E. apply Q2R_eq in E. rewrite Q2R_opp, Q2R_1 in E. lra. }
assert (zero : forall o, Qeq_bool o 0 = true -> Q2R o = 0).
{ intros o E. apply Q2R_eq in E. now rewrite Q2R_0 in E. }
destruct s as [a b|a b|j|a b o|a b o|a b o| | |a b| | |w l]; cbn [image] in H; try discriminate.
- destruct known; [|discriminate]. specialize (Hp eq_refl). cbn [negb orb] in H.
  destruct (Qeq_bool a 0 && Qeq_bool b 0) eqn:E0; [discriminate|].
  assert (Hv : 0 < dual (ABRelu a b) p p p).
  { destruct (rectifier_self a b p Hp) as [-> _]. apply Rmult_lt_0_compat; [|exact Hp].
    apply andb_false_iff in E0. destruct E0 as [E|E]; apply Q2R_ne in E; rewrite Q2R_0 in E;
    apply Rsqr_pos_lt in E; rewrite Rsqr_pow2 in E; pose proof (pow2_ge_0 (Q2R a)); pose proof (pow2_ge_0 (Q2R b)); lra. }
  destruct (negb (Qle_bool c 0)) eqn:E1.
  { injection H as <- <-. split; [apply carries_rectifier; auto|auto]. }
  destruct (negb (Qle_bool 0 c)) eqn:E2; [|discriminate]. cbn [negb] in H.
  destruct (carries_opposed_rectifier a b (Q2R c) p Hp (negative eq_refl)) as [R1 R2].
  destruct (Qeq_bool a b) eqn:E3.
  { injection H as <- <-. split; [apply R1; now apply Q2R_eq|auto]. }
  destruct (Qeq_bool a (- b)) eqn:E4; [|discriminate]. injection H as <- <-. apply Q2R_eq in E4.
  rewrite Q2R_opp in E4 |- *. split; [now apply R2|auto].
- destruct known; [|discriminate]. specialize (Hp eq_refl). cbn [negb] in H.
  destruct (negb (Qle_bool c 0)) eqn:E1.
  { injection H as <- <-. specialize (positive eq_refl). rewrite Q2R_1. split; [|discriminate].
    apply (carries_jump a b (Q2R c) p Hp); lra. }
  destruct (negb (Qle_bool 0 c)) eqn:E2; [|discriminate]. specialize (negative eq_refl).
  destruct (Qeq_bool a (- b)) eqn:E3; [|discriminate]. injection H as <- <-. apply Q2R_eq in E3.
  rewrite Q2R_opp in E3. rewrite Q2R_opp, Q2R_1. split; [|discriminate].
  replace (- (1)) with (-1) by ring. apply (carries_jump a b (Q2R c) p Hp); lra.
- destruct known; [|discriminate]. destruct (negb (Qle_bool c 0)) eqn:E1; [|discriminate].
  injection H as <- <-. rewrite Q2R_power. split; [|discriminate]. apply carries_rectified_power; auto.
- destruct (Qeq_bool c (-(1))) eqn:E1; [|discriminate]. destruct (Qeq_bool o 0) eqn:E2; [|discriminate].
  injection H as <- <-. rewrite (opposite eq_refl). apply zero in E2. split.
  + apply carries_opposite; [now right| |].
    * cbv [dual]. rewrite E2. set (x := 2 * Q2R b ^ 2). set (m := sqrt _).
      replace (x * - p / m) with (- (x * p / m)) by (unfold Rdiv; ring). rewrite asin_opp. ring.
    * cbv [derivative_dual]. rewrite widened_opposite. ring.
  + intros E. rewrite !andb_true_iff, !negb_true_iff in E. destruct E as [[Ek Ea] Eb].
    apply Q2R_ne in Ea, Eb. rewrite Q2R_0 in Ea, Eb. apply erf_positive; auto.
- destruct (Qeq_bool c (-(1))) eqn:E1; [|discriminate]. destruct (Qeq_bool o 0) eqn:E2; [|discriminate].
  injection H as <- <-. rewrite (opposite eq_refl). apply zero in E2. split; [|discriminate].
  destruct (waves_opposite (Q2R b) p) as [W1 W2].
  apply carries_opposite; [now right| |]; cbv [dual derivative_dual]; rewrite W1, W2, E2, Rmult_0_r, cos_0; ring.
- destruct (Qeq_bool c (-(1))) eqn:E1; [|discriminate]. destruct (Qeq_bool o 0) eqn:E2; [|discriminate].
  injection H as <- <-. rewrite (opposite eq_refl), Q2R_1. apply zero in E2. split; [|discriminate].
  destruct (waves_opposite (Q2R b) p) as [W1 W2].
  apply carries_opposite; [now left| |]; cbv [dual derivative_dual]; rewrite W1, W2, E2, Rmult_0_r, cos_0; ring.
- destruct (Qeq_bool c (-(1))) eqn:E1; [|discriminate].
  injection H as <- <-. rewrite (opposite eq_refl), Q2R_1. split; [|discriminate].
  apply carries_opposite; [now left| |]; cbv [dual derivative_dual]; rewrite widened_opposite; unfold Rdiv; ring.
- destruct (Qeq_bool c (-(1))) eqn:E1; [|discriminate].
  injection H as <- <-. rewrite (opposite eq_refl). split; [|discriminate].
  destruct (gabor_opposite 1 p) as [W1 F1], (gabor_opposite (-1) p) as [W2 F2].
  replace (- -1) with 1 in W2, F2 by ring. replace (- (1)) with (-1) in W1, F1 by ring.
  apply carries_opposite; [now right| |]; cbv [dual derivative_dual];
    rewrite ?W1, ?W2, ?F1, ?F2, ?widened_opposite; unfold Rdiv; ring.
- destruct (negb (Qle_bool c 0) || negb (Qle_bool 0 c)) eqn:E1; [|discriminate].
  destruct (graded_Q c (grade c 1 l) 1 l) eqn:E2; [|discriminate]. injection H as <- <-. split; [|discriminate].
  apply graded_Q_sound in E2. rewrite Q2R_1 in E2. apply carries_polynomial; [|exact E2].
  apply orb_true_iff in E1. destruct E1 as [E1|E1]; [apply positive in E1|apply negative in E1]; lra.
Qed.

Lemma proportional_through l c known d k xx xy yy :
  ratio_through l (c, known) = Some (d, k) -> proportional (Q2R c) known xx xy yy ->
  proportional (Q2R d) k (through l xx) (through l xy) (through l yy).
Proof.
intros H (p & t & Hp & -> & -> & ->). cbn [ratio_through] in H.
destruct (Qeq_bool c 1) eqn:E1.
{ injection H as <- <-. apply Q2R_eq in E1. rewrite Q2R_1 in E1. rewrite E1, Q2R_1, pow1, !Rmult_1_l.
  destruct l as [w b|s]; cbn [through]; eexists; eexists; rewrite pow1, !Rmult_1_l; (split; [discriminate|]);
  repeat split. }
apply Q2R_ne in E1. rewrite Q2R_1 in E1. destruct l as [w b|s]; cbn [through].
- destruct (Qeq_bool b 0) eqn:E2; [|discriminate]. destruct (Qle_bool w 0) eqn:E3; [discriminate|].
  injection H as <- <-. apply Q2R_eq in E2. apply Q2R_lt in E3. rewrite Q2R_0 in E2, E3. rewrite E2.
  exists (Q2R w * p), (Q2R w * t + Q2R w * p).
  split; [intros E; apply Rmult_lt_0_compat; auto|]. repeat split; f_equal; ring.
- destruct (image_sound s c known d k p E1 H Hp) as [(V1 & V2 & D1 & D2) Hk].
  exists (dual s p p p), (t * derivative_dual s p p p). split; [exact Hk|].
  rewrite V1, V2. repeat split; f_equal.
  + rewrite (Rmult_comm (Q2R c) t), Rmult_assoc, D1. ring.
  + rewrite (Rmult_comm (Q2R c ^ 2) t), Rmult_assoc, D2. ring.
Qed.

Lemma proportional_after network : forall c known d k xx xy yy,
  ratio_after network (c, known) = Some (d, k) -> proportional (Q2R c) known xx xy yy ->
  proportional (Q2R d) k (run network xx) (run network xy) (run network yy).
Proof.
induction network as [|l rest IH]; intros c known d k xx xy yy H P; cbn [ratio_after run] in *.
- now injection H as <- <-.
- destruct (ratio_through l (c, known)) as [[e m]|] eqn:E; [|discriminate].
  apply (IH e m); auto. now apply (proportional_through l c known).
Qed.

(** * Rows *)

Definition scaled (c : R) (x : point) : point := map (fun v => c * v) x.

Lemma inner_scaled_l c x : forall y, inner (scaled c x) y = c * inner x y.
Proof. induction x as [|a x IH]; intros [|b y]; simpl; try ring. rewrite IH. ring. Qed.

Lemma inner_scaled_r c x y : inner x (scaled c y) = c * inner x y.
Proof. rewrite inner_symmetric, inner_scaled_l, inner_symmetric. ring. Qed.

Lemma input_proportional c x : 0 < inner x x / INR (length x) ->
  proportional c true (input x x) (input x (scaled c x)) (input (scaled c x) (scaled c x)).
Proof.
intros H. exists (inner x x / INR (length x)), 0. split; [intros _; exact H|].
unfold input, scaled. rewrite map_length. fold (scaled c x).
rewrite !inner_scaled_l, !inner_scaled_r. repeat split; f_equal; unfold Rdiv; ring.
Qed.

Lemma norm_scaled c x : norm (scaled c x) = Rabs c * norm x.
Proof.
unfold norm. rewrite inner_scaled_l, inner_scaled_r, <- Rmult_assoc.
rewrite sqrt_mult_alt by apply Rle_0_sqr. f_equal. apply sqrt_Rsqr_abs.
Qed.

Lemma normalise_scaled c x : c <> 0 -> normalise (scaled c x) = scaled (c / Rabs c) (normalise x).
Proof.
intros Hc. unfold normalise. rewrite norm_scaled. unfold scaled. rewrite !map_map. apply map_ext; intros v.
unfold Rdiv. rewrite Rinv_mult. ring.
Qed.

Fixpoint multiple (c : Q) (x y : list Z) : bool :=
  match x, y with
  | [], [] => true
  | a :: x', b :: y' => Z.eqb (Qnum c * a) (Zpos (Qden c) * b) && multiple c x' y'
  | _, _ => false
  end.

Lemma multiple_sound d c : forall x y, multiple c x y = true -> over d y = scaled (Q2R c) (over d x).
Proof.
induction x as [|a x IH]; intros [|b y] H; cbn [multiple] in H; try discriminate; [reflexivity|].
apply andb_true_iff in H. destruct H as [H1 H2]. unfold over, scaled in *. cbn [map]. f_equal; [|now apply IH].
apply Z.eqb_eq in H1. apply (f_equal IZR) in H1. rewrite !mult_IZR in H1. unfold Q2R.
assert (0 < IZR (Zpos (Qden c))) by now apply IZR_lt.
replace (IZR b) with (/ IZR (Zpos (Qden c)) * (IZR (Zpos (Qden c)) * IZR b)) by (field; lra).
rewrite <- H1. unfold Rdiv. ring.
Qed.

(** The ratio of the points meant, whose sign alone is left where they are normalised. *)
Definition ratio_of_points (unit : bool) (c : Q) : Q := if unit then if Qle_bool c 0 then - (1) else 1 else c.

Definition check_singular (network : list layer) (unit : bool) (denominator : Z) (rows : list (list Z))
    (i j : nat) (c : Q) : bool :=
  let x := nth i rows [] in
  Nat.ltb i (length rows) && Nat.ltb j (length rows) && negb (Nat.eqb i j) && Z.ltb 0 denominator &&
  multiple c x (nth j rows []) && negb (Qeq_bool c 0) && Z.ltb 0 (dot_Z x x) &&
  match ratio_after network (ratio_of_points unit c, true) with Some _ => true | None => false end.

Lemma inner_over d u : 0 < IZR d -> 0 < IZR (dot_Z u u) -> 0 < inner (over d u) (over d u).
Proof.
intros Hd. rewrite over_scaled, inner_scaled.
assert (E : forall u, inner (map IZR u) (map IZR u) = IZR (dot_Z u u)).
{ induction u0 as [|a u0 IH]; cbn [map inner dot_Z]; [reflexivity|]. now rewrite plus_IZR, mult_IZR, IH. }
rewrite E. intros H. apply Rdiv_lt_0_compat; auto. now apply Rmult_lt_0_compat.
Qed.

Lemma place_positive unit d u : 0 < IZR d -> 0 < IZR (dot_Z u u) ->
  0 < inner (place unit d u) (place unit d u) / INR (length (place unit d u)).
Proof.
intros Hd Hu. apply Rdiv_lt_0_compat.
- pose proof (inner_over d u Hd Hu) as H. unfold place. destruct unit; [|exact H].
  unfold normalise. rewrite inner_scaled. unfold norm. rewrite sqrt_sqrt by lra.
  apply Rdiv_lt_0_compat; exact H.
- rewrite length_place. destruct u; [simpl in Hu; lra|]. apply lt_0_INR. simpl. lia.
Qed.

Lemma place_multiple unit d c x y : Qeq_bool c 0 = false -> multiple c x y = true ->
  place unit d y = scaled (Q2R (ratio_of_points unit c)) (place unit d x).
Proof.
intros Hc H. apply (multiple_sound d) in H. apply Q2R_ne in Hc. rewrite Q2R_0 in Hc.
unfold place, ratio_of_points. destruct unit; [|exact H]. rewrite H, normalise_scaled by exact Hc. f_equal.
destruct (Qle_bool c 0) eqn:E.
- apply Qle_bool_iff, Qle_Rle in E. rewrite Q2R_0 in E. rewrite Rabs_left, Q2R_opp, Q2R_1 by lra. field. lra.
- apply Q2R_lt in E. rewrite Q2R_0 in E. rewrite Rabs_right, Q2R_1 by lra. field. lra.
Qed.

(** * The theorem *)

Lemma form_two n K i j u w : (i < n)%nat -> (j < n)%nat ->
  form n K (fun a => u * identity i a + w * identity j a) = u * u * K i i + u * w * (K i j + K j i) + w * w * K j j.
Proof.
intros Hi Hj.
assert (S : forall f, Sum n (fun b => f b * (u * identity i b + w * identity j b)) = u * f i + w * f j).
{ intros f. rewrite (Sum_ext n _ (fun b => u * (identity i b * f b) + w * (identity j b * f b))) by (intros; ring).
  rewrite Sum_plus, !Sum_scal, !Sum_identity.
  destruct (Nat.ltb_spec i n), (Nat.ltb_spec j n); try lia. ring. }
unfold form.
rewrite (Sum_ext n _ (fun a => (u * K a i + w * K a j) * (u * identity i a + w * identity j a))).
- rewrite S. ring.
- intros a _. rewrite S. ring.
Qed.

Theorem singular_rows k network unit denominator rows i j c :
  check_singular network unit denominator rows i j c = true ->
  exists v, nonzero (length rows) v /\ form (length rows) (gram k network unit denominator rows) v = 0.
Proof.
unfold check_singular. cbv zeta. rewrite !andb_true_iff. intros H.
destruct H as [[[[[[[Hi Hj] Hij] HD] Hm] Hc] Hx] Hr].
apply Nat.ltb_lt in Hi, Hj. apply negb_true_iff, Nat.eqb_neq in Hij. apply Z.ltb_lt, IZR_lt in HD, Hx.
apply negb_true_iff in Hc.
set (x := nth i rows []) in *. set (y := nth j rows []) in *.
destruct (ratio_after network (ratio_of_points unit c, true)) as [[d known]|] eqn:E; [|discriminate].
pose proof (place_multiple unit denominator c x y Hc Hm) as Hy.
pose proof (input_proportional (Q2R (ratio_of_points unit c)) (place unit denominator x)
  (place_positive unit denominator x HD Hx)) as P.
rewrite <- Hy in P. apply (proportional_after network _ _ _ _ _ _ _ E) in P.
destruct P as (p & t & _ & Pxx & Pxy & Pyy).
set (kappa := match k with NNGP => p | NTK => t end).
assert (Kii : gram k network unit denominator rows i i = kappa).
{ unfold gram, kernel, nngp, ntk. fold x. destruct k; rewrite Pxx; reflexivity. }
assert (Kij : gram k network unit denominator rows i j = Q2R d * kappa).
{ unfold gram, kernel, nngp, ntk. fold x y. destruct k; rewrite Pxy; reflexivity. }
assert (Kjj : gram k network unit denominator rows j j = Q2R d ^ 2 * kappa).
{ unfold gram, kernel, nngp, ntk. fold y. destruct k; rewrite Pyy; reflexivity. }
assert (Kji : gram k network unit denominator rows j i = Q2R d * kappa).
{ rewrite <- Kij. unfold gram. apply kernel_symmetric. fold x y. rewrite Hy. unfold scaled. apply map_length. }
exists (fun a => Q2R d * identity i a + -1 * identity j a). split.
- exists j. split; [exact Hj|]. unfold identity. rewrite Nat.eqb_refl.
  destruct (Nat.eqb_spec i j); [contradiction|]. lra.
- rewrite form_two, Kii, Kij, Kji, Kjj by assumption. ring.
Qed.
