(** Singular kernel matrices: two rows that the network keeps proportional.

    If y = c x and every layer keeps the random function's values proportional, then K(x, y) = c' K(x, x) and
    K(y, y) = c'^2 K(x, x), so the quadratic form vanishes at c' e_x - e_y.  [ratio_after] follows the ratio through
    the layers: positively homogeneous activations keep it, odd and even ones keep or drop a sign, and a bias lets
    only equal values pass. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra Psatz.
From NTK Require Import Forms Matrices Kernels Duals.
Import ListNotations.
Open Scope R_scope.

(** * The ratio through the layers *)

Definition ratio_through (l : layer) (c : Q) : option Q :=
  if Qeq_bool c 1 then Some c
  else match l with
  | Dense w b => if Qeq_bool b 0 && negb (Qle_bool w 0) then Some c else None
  | Activation (ABRelu a b) =>
      if Qeq_bool a 0 && Qeq_bool b 0 then None
      else if negb (Qle_bool c 0) then Some c
      else if Qeq_bool c 0 then None
      else if Qeq_bool a b then Some c
      else if Qeq_bool a (- b) then Some (- c)%Q
      else None
  | Activation (Erf a b o) =>
      if Qeq_bool c (-(1)) && Qeq_bool o 0 && negb (Qeq_bool a 0) && negb (Qeq_bool b 0) then Some c else None
  | Activation _ => None
  end.

Fixpoint ratio_after (network : list layer) (c : Q) : option Q :=
  match network with
  | [] => Some c
  | l :: rest => match ratio_through l c with Some d => ratio_after rest d | None => None end
  end.

(** Moments of (x, x), (x, y) and (y, y) where the values at y are c times those at x. *)
Definition proportional (c : R) (xx xy yy : moments) : Prop :=
  exists p t, (c = 1 \/ 0 < p) /\
    xx = Moments p p p t /\ xy = Moments p (c ^ 2 * p) (c * p) (c * t) /\
    yy = Moments (c ^ 2 * p) (c ^ 2 * p) (c ^ 2 * p) (c ^ 2 * t).

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

Lemma proportional_through l c d xx xy yy :
  ratio_through l c = Some d -> proportional (Q2R c) xx xy yy ->
  proportional (Q2R d) (through l xx) (through l xy) (through l yy).
Proof.
intros H (p & t & Hp & -> & -> & ->). unfold ratio_through in H.
destruct (Qeq_bool c 1) eqn:E1.
{ injection H as <-. apply Q2R_eq in E1. rewrite Q2R_1 in E1. rewrite E1, pow1, !Rmult_1_l.
  destruct l as [w b|s]; cbn [through]; eexists; eexists; rewrite pow1, !Rmult_1_l; repeat split; auto. }
apply Q2R_ne in E1. rewrite Q2R_1 in E1. destruct Hp as [Hp|Hp]; [contradiction|].
destruct l as [w b|[a b| | |a b o| | | | | | | |]]; try discriminate; cbn [through].
- destruct (Qeq_bool b 0) eqn:E2; [|discriminate]. destruct (Qle_bool w 0) eqn:E3; [discriminate|].
  injection H as <-. apply Q2R_eq in E2. apply Q2R_lt in E3. rewrite Q2R_0 in E2, E3. rewrite E2.
  exists (Q2R w * p), (Q2R w * t + Q2R w * p).
  split; [right; now apply Rmult_lt_0_compat|]. repeat split; f_equal; ring.
- destruct (rectifier_self a b p Hp) as [V D]. set (S := (Q2R a ^ 2 + Q2R b ^ 2) / 2) in *.
  destruct (Qeq_bool a 0 && Qeq_bool b 0) eqn:E2; [discriminate|].
  assert (HS : 0 < S).
  { unfold S. apply andb_false_iff in E2. destruct E2 as [E2|E2]; apply Q2R_ne in E2; rewrite Q2R_0 in E2;
    apply Rsqr_pos_lt in E2; rewrite Rsqr_pow2 in E2; pose proof (pow2_ge_0 (Q2R a)); pose proof (pow2_ge_0 (Q2R b)); lra. }
  assert (own : forall u, 0 < u -> dual (ABRelu a b) u u u = S * u /\ derivative_dual (ABRelu a b) u u u = S)
    by (intros; now apply rectifier_self).
  assert (Hq : Q2R c <> 0 -> 0 < Q2R c ^ 2 * p).
  { intros Hc. apply Rmult_lt_0_compat; auto. rewrite <- Rsqr_pow2. now apply Rsqr_pos_lt. }
  destruct (Qle_bool c 0) eqn:E3; cbn [negb] in H.
  + destruct (Qeq_bool c 0) eqn:E4; [discriminate|]. apply Q2R_ne in E4. rewrite Q2R_0 in E4.
    assert (Hc : Q2R c < 0). { apply Qle_bool_iff, Qle_Rle in E3. rewrite Q2R_0 in E3. lra. }
    destruct (rectifier_opposed a b p (Q2R c) Hp Hc) as [V' D']. destruct (own _ (Hq E4)) as [V2 D2].
    destruct (Qeq_bool a b) eqn:E5.
    * injection H as <-. apply Q2R_eq in E5. exists (S * p), (t * S).
      split; [right; now apply Rmult_lt_0_compat|].
      rewrite V, D, V', D', V2, D2. unfold S. rewrite E5. repeat split; f_equal; field.
    * destruct (Qeq_bool a (- b)) eqn:E6; [|discriminate]. injection H as <-. apply Q2R_eq in E6.
      rewrite Q2R_opp in E6 |- *. exists (S * p), (t * S).
      split; [right; now apply Rmult_lt_0_compat|].
      rewrite V, D, V', D', V2, D2. unfold S. rewrite E6. repeat split; f_equal; field.
  + injection H as <-. apply Q2R_lt in E3. rewrite Q2R_0 in E3.
    destruct (rectifier_parallel a b p (Q2R c) Hp E3) as [V' D']. fold S in V', D'.
    destruct (own _ (Hq ltac:(lra))) as [V2 D2]. exists (S * p), (t * S).
    split; [right; now apply Rmult_lt_0_compat|].
    rewrite V, D, V', D', V2, D2. repeat split; f_equal; ring.
- destruct (Qeq_bool c (-(1))) eqn:E2; [|discriminate]. destruct (Qeq_bool o 0) eqn:E3; [|discriminate].
  destruct (Qeq_bool a 0) eqn:E4; [discriminate|]. destruct (Qeq_bool b 0) eqn:E5; [discriminate|].
  injection H as <-. apply Q2R_eq in E2. apply Q2R_eq in E3. apply Q2R_ne in E4. apply Q2R_ne in E5.
  rewrite Q2R_opp, Q2R_1 in E2. rewrite Q2R_0 in *. rewrite E2.
  replace ((-(1)) ^ 2 * p) with p by ring. replace (-(1) * p) with (- p) by ring.
  exists (dual (Erf a b o) p p p), (t * derivative_dual (Erf a b o) p p p).
  split; [right; now apply erf_positive|]. repeat split; f_equal; try ring.
  + cbv [dual]. rewrite E3. set (k := 2 * Q2R b ^ 2). set (m := sqrt _).
    replace (k * - p / m) with (- (k * p / m)) by (unfold Rdiv; ring). rewrite asin_opp. ring.
  + cbv [derivative_dual widened]. set (k := 2 * Q2R b ^ 2). replace ((k * - p) ^ 2) with ((k * p) ^ 2) by ring. ring.
Qed.

Lemma proportional_after network : forall c d xx xy yy,
  ratio_after network c = Some d -> proportional (Q2R c) xx xy yy ->
  proportional (Q2R d) (run network xx) (run network xy) (run network yy).
Proof.
induction network as [|l rest IH]; intros c d xx xy yy H P; cbn [ratio_after run] in *.
- now injection H as <-.
- destruct (ratio_through l c) as [e|] eqn:E; [|discriminate]. apply (IH e); auto. now apply (proportional_through l c).
Qed.

(** * Rows *)

Definition scaled (c : R) (x : point) : point := map (fun v => c * v) x.

Lemma inner_scaled_l c x : forall y, inner (scaled c x) y = c * inner x y.
Proof. induction x as [|a x IH]; intros [|b y]; simpl; try ring. rewrite IH. ring. Qed.

Lemma inner_scaled_r c x y : inner x (scaled c y) = c * inner x y.
Proof. rewrite inner_symmetric, inner_scaled_l, inner_symmetric. ring. Qed.

Lemma input_proportional c x : c = 1 \/ 0 < inner x x / INR (length x) ->
  proportional c (input x x) (input x (scaled c x)) (input (scaled c x) (scaled c x)).
Proof.
intros H. exists (inner x x / INR (length x)), 0. split; [exact H|].
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
  match ratio_after network (ratio_of_points unit c) with Some _ => true | None => false end.

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
destruct (ratio_after network (ratio_of_points unit c)) as [d|] eqn:E; [|discriminate].
pose proof (place_multiple unit denominator c x y Hc Hm) as Hy.
pose proof (input_proportional (Q2R (ratio_of_points unit c)) (place unit denominator x)
  (or_intror (place_positive unit denominator x HD Hx))) as P.
rewrite <- Hy in P. apply (proportional_after network _ _ _ _ _ E) in P.
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
