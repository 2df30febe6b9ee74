(** Singular kernel matrices: opposite pairs of linearly dependent rows under one layer of rectifiers.

    The odd part of the kernel in one of its points is linear, so the combination with coefficients u of the pairs is
    as long as the combination of the rows themselves: zero. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra.
From NTK Require Import Forms Matrices Polynomials Kernels Duals Proportional Singular Vanishing.
Import ListNotations.
Open Scope R_scope.

(** [weight; Dense w 0; ABRelu a b], with or without a last Dense. *)
Definition one_layer (network : list layer) : bool :=
  match network with
  | [Dense _ b; Activation (ABRelu _ _)] | [Dense _ b; Activation (ABRelu _ _); Dense _ _] => Qeq_bool b 0
  | _ => false
  end.

Lemma two_sided_opposite a b p q r :
  two_sided a b p q r + two_sided a b p q (- r) = (Q2R a + Q2R b) ^ 2 / 2.
Proof. unfold two_sided. rewrite angle_opposite. pose proof PI_RGT_0. field. lra. Qed.

(** The odd part of the kernel in one of its points is linear. *)
Lemma odd_part k network d : one_layer network = true -> exists kappa, forall x y, length x = d ->
  kernel k network x y - kernel k network x (scaled (-1) y) = kappa * inner x y.
Proof.
intros H.
assert (V : forall a b p q r, dual (ABRelu a b) p q r - dual (ABRelu a b) p q (- r) = r * ((Q2R a + Q2R b) ^ 2 / 2)).
{ intros. rewrite <- (two_sided_opposite a b p q r). cbv [dual]. replace ((- r) ^ 2) with (r ^ 2) by ring. ring. }
assert (D : forall a b p q r, r * derivative_dual (ABRelu a b) p q r - - r * derivative_dual (ABRelu a b) p q (- r) =
  r * ((Q2R a + Q2R b) ^ 2 / 2)).
{ intros. rewrite <- (two_sided_opposite a b p q r). cbv [derivative_dual]. ring. }
assert (I : forall x y, inner (scaled (-1) y) (scaled (-1) y) = inner y y /\ inner x (scaled (-1) y) = - inner x y).
{ intros. rewrite !inner_scaled_r, inner_scaled_l. split; ring. }
destruct network as [|[w b|] [|[|[a1 b1| | | | | | | | | | |]] [|[w2 b2|] [|]]]]; try discriminate;
  cbn [one_layer] in H; apply Q2R_is_zero in H.
- exists (Q2R w / INR d * ((Q2R a1 + Q2R b1) ^ 2 / 2)). intros x y Hd.
  destruct (I x y) as [I1 I2].
  set (p := Q2R w * (inner x x / INR d) + 0). set (q := Q2R w * (inner y y / INR d) + 0).
  set (r := Q2R w * (inner x y / INR d) + 0).
  assert (O : Q2R w * (- inner x y / INR d) + 0 = - r) by (unfold r, Rdiv; ring).
  assert (R' : Q2R w / INR d * ((Q2R a1 + Q2R b1) ^ 2 / 2) * inner x y = r * ((Q2R a1 + Q2R b1) ^ 2 / 2))
    by (unfold r, Rdiv; ring).
  rewrite R'. destruct k; cbn [kernel]; unfold nngp, ntk, input; cbn [run through covariance tangent];
    rewrite I1, I2, Hd, H, O; fold p q r; [apply V|]. rewrite <- (D a1 b1 p q r). ring.
- exists (match k with NNGP => 1 | NTK => 2 end * Q2R w2 * (Q2R w / INR d * ((Q2R a1 + Q2R b1) ^ 2 / 2))). intros x y Hd.
  destruct (I x y) as [I1 I2].
  set (p := Q2R w * (inner x x / INR d) + 0). set (q := Q2R w * (inner y y / INR d) + 0).
  set (r := Q2R w * (inner x y / INR d) + 0).
  assert (O : Q2R w * (- inner x y / INR d) + 0 = - r) by (unfold r, Rdiv; ring).
  assert (R' : forall c, c * Q2R w2 * (Q2R w / INR d * ((Q2R a1 + Q2R b1) ^ 2 / 2)) * inner x y =
    c * (Q2R w2 * (r * ((Q2R a1 + Q2R b1) ^ 2 / 2)))) by (intros; unfold r, Rdiv; ring).
  rewrite R'. specialize (V a1 b1 p q r). specialize (D a1 b1 p q r).
  destruct k; cbn [kernel]; unfold nngp, ntk, input; cbn [run through covariance tangent];
    rewrite I1, I2, Hd, H, O; fold p q r.
  + rewrite <- V. ring.
  + replace (2 * (Q2R w2 * (r * ((Q2R a1 + Q2R b1) ^ 2 / 2))))
      with (Q2R w2 * (r * ((Q2R a1 + Q2R b1) ^ 2 / 2)) + Q2R w2 * (r * ((Q2R a1 + Q2R b1) ^ 2 / 2))) by ring.
    rewrite <- V at 1. rewrite <- D. ring.
Qed.

Lemma kernel_opposite k network x y :
  kernel k network (scaled (-1) x) y = kernel k network x (scaled (-1) y) /\
  kernel k network (scaled (-1) x) (scaled (-1) y) = kernel k network x y.
Proof.
assert (E : input (scaled (-1) x) y = input x (scaled (-1) y) /\ input (scaled (-1) x) (scaled (-1) y) = input x y).
{ assert (L : length (scaled (-1) x) = length x) by apply map_length.
  unfold input. rewrite L, !inner_scaled_l, !inner_scaled_r. split; f_equal; unfold Rdiv; ring. }
destruct E as [E1 E2]. destruct k; cbn [kernel]; unfold nngp, ntk; now rewrite E1, E2.
Qed.

(** A bilinear form and its values on unit vectors. *)
Definition between (n : nat) (K : nat -> nat -> R) (u v : nat -> R) : R :=
  Sum n (fun i => Sum n (fun j => u i * K i j * v j)).

Lemma between_plus_l n K u u' v : between n K (fun i => u i + u' i) v = between n K u v + between n K u' v.
Proof.
unfold between. rewrite <- Sum_plus. apply Sum_ext; intros i _. rewrite <- Sum_plus. apply Sum_ext; intros; ring.
Qed.

Lemma between_scal_l n K c u v : between n K (fun i => c * u i) v = c * between n K u v.
Proof.
unfold between. rewrite <- Sum_scal. apply Sum_ext; intros i _. rewrite <- Sum_scal. apply Sum_ext; intros; ring.
Qed.

Lemma between_plus_r n K u v v' : between n K u (fun i => v i + v' i) = between n K u v + between n K u v'.
Proof.
unfold between. rewrite <- Sum_plus. apply Sum_ext; intros i _. rewrite <- Sum_plus. apply Sum_ext; intros; ring.
Qed.

Lemma between_scal_r n K c u v : between n K u (fun i => c * v i) = c * between n K u v.
Proof.
unfold between. rewrite <- Sum_scal. apply Sum_ext; intros i _. rewrite <- Sum_scal. apply Sum_ext; intros; ring.
Qed.

Lemma between_identity n K i j : (i < n)%nat -> (j < n)%nat -> between n K (identity i) (identity j) = K i j.
Proof.
intros Hi Hj. unfold between.
rewrite (Sum_ext n _ (fun a => identity i a * K a j)).
- rewrite (Sum_identity n i (fun a => K a j)). destruct (Nat.ltb_spec i n); [reflexivity|lia].
- intros a _. rewrite (Sum_ext n _ (fun b => identity j b * (identity i a * K a b))) by (intros; ring).
  rewrite (Sum_identity n j (fun b => identity i a * K a b)). destruct (Nat.ltb_spec j n); [reflexivity|lia].
Qed.

(** Pairs (i, j, c, u): row j is c times row i, c < 0; u is the coefficient of the pair. *)
Definition pair : Type := nat * nat * Q * Z.

Definition pair_opposite (unit : bool) (rows : list (list Z)) (e : pair) : bool :=
  let '(i, j, c, u) := e in
  Nat.ltb i (length rows) && Nat.ltb j (length rows) && negb (Nat.eqb i j) &&
  multiple c (nth i rows []) (nth j rows []) && Z.ltb 0 (dot_Z (nth i rows []) (nth i rows [])) &&
  (if unit then negb (Qle_bool 0 c) else Qeq_bool c (-(1))).

Definition cross (rows : list (list Z)) (e f : pair) : Z :=
  let '(i, _, _, u) := e in let '(k, _, _, w) := f in (u * w * dot_Z (nth i rows []) (nth k rows []))%Z.

Fixpoint total (es : list pair) (f : pair -> Z) : Z := match es with [] => 0%Z | e :: rest => (f e + total rest f)%Z end.

(** The first pair has a coefficient, and its rows are in no other pair. *)
Definition check_pairs (network : list layer) (unit : bool) (denominator : Z) (rows : list (list Z)) (es : list pair) : bool :=
  let columns := length (hd [] rows) in
  one_layer network && Z.ltb 0 denominator && forallb (fun u => Nat.eqb (length u) columns) rows &&
  forallb (pair_opposite unit rows) es &&
  match es with
  | [] => false
  | (i, j, _, u) :: rest =>
      negb (Z.eqb u 0) &&
      forallb (fun f : pair => let '(k, l, _, _) := f in negb (Nat.eqb k i) && negb (Nat.eqb l i)) rest
  end &&
  Z.eqb (total es (fun e => total es (cross rows e))) 0.

Fixpoint total_R (es : list pair) (f : pair -> R) : R := match es with [] => 0 | e :: rest => f e + total_R rest f end.

Lemma total_R_ext es f g : (forall e, In e es -> f e = g e) -> total_R es f = total_R es g.
Proof.
induction es as [|e es IH]; intros H; [reflexivity|]. cbn [total_R]. rewrite (H e) by now left.
rewrite IH; [reflexivity|]. intros; apply H; now right.
Qed.

Lemma total_R_scal es c f : total_R es (fun e => c * f e) = c * total_R es f.
Proof. induction es as [|e es IH]; cbn [total_R]; [|rewrite IH]; ring. Qed.

Lemma IZR_total es f : IZR (total es f) = total_R es (fun e => IZR (f e)).
Proof. induction es as [|e es IH]; [reflexivity|]. cbn [total total_R]. now rewrite plus_IZR, IH. Qed.

Section Pairs.
Variables (k : kind) (network : list layer) (unit : bool) (denominator : Z) (rows : list (list Z)).
Let n := length rows.
Let K := gram k network unit denominator rows.
Let x i := place unit denominator (nth i rows []).

(** Normalised rows are weighted with their norms. *)
Definition size (i : nat) : R := if unit then norm (over denominator (nth i rows [])) else 1.

Definition direction_of (e : pair) (a : nat) : R :=
  let '(i, j, _, u) := e in IZR u * size i * (identity i a + -1 * identity j a).

Fixpoint combined (es : list pair) (a : nat) : R :=
  match es with [] => 0 | e :: rest => direction_of e a + combined rest a end.

Lemma between_combined es u : between n K u (combined es) = total_R es (fun e => between n K u (direction_of e)).
Proof.
induction es as [|e es IH]; cbn [combined total_R].
- unfold between. rewrite (Sum_ext n _ (fun _ => 0)), Sum_const; [ring|]. intros i _.
  rewrite (Sum_ext n _ (fun _ => 0)), Sum_const by (intros; ring). ring.
- rewrite <- IH. apply between_plus_r.
Qed.

Lemma combined_between es fs :
  between n K (combined es) (combined fs) = total_R es (fun e => total_R fs (fun f => between n K (direction_of e) (direction_of f))).
Proof.
induction es as [|e es IH]; cbn [combined total_R].
- unfold between. rewrite (Sum_ext n _ (fun _ => 0)), Sum_const; [ring|]. intros i _.
  rewrite (Sum_ext n _ (fun _ => 0)), Sum_const by (intros; ring). ring.
- rewrite <- IH, <- between_combined. apply between_plus_l.
Qed.

Hypothesis layered : one_layer network = true.
Hypothesis denominator_positive : (0 < denominator)%Z.
Hypothesis lengths : forall i, (i < n)%nat -> length (nth i rows []) = length (hd [] rows).

Lemma pair_sound i j c u : pair_opposite unit rows (i, j, c, u) = true ->
  (i < n)%nat /\ (j < n)%nat /\ i <> j /\ x j = scaled (-1) (x i) /\ 0 < IZR (dot_Z (nth i rows []) (nth i rows [])).
Proof.
unfold pair_opposite. rewrite !andb_true_iff. intros [[[[[Hi Hj] Hij] Hm] Hp] Hc].
apply Nat.ltb_lt in Hi, Hj. apply negb_true_iff, Nat.eqb_neq in Hij. apply Z.ltb_lt, IZR_lt in Hp.
repeat split; auto. unfold x.
assert (Hr : Qeq_bool c 0 = false /\ Q2R (ratio_of_points unit c) = -1).
{ unfold ratio_of_points. destruct unit.
  - apply negb_true_iff in Hc. apply Q2R_lt in Hc as L. rewrite Q2R_0 in L. split.
    + destruct (Qeq_bool c 0) eqn:E; [|reflexivity]. apply Q2R_is_zero in E. lra.
    + destruct (Qle_bool c 0) eqn:E; [rewrite Q2R_opp, Q2R_1; ring|]. apply Q2R_lt in E. rewrite Q2R_0 in E. lra.
  - apply Q2R_eq in Hc. rewrite Q2R_opp, Q2R_1 in Hc. split; [|lra].
    destruct (Qeq_bool c 0) eqn:E; [|reflexivity]. apply Q2R_is_zero in E. lra. }
destruct Hr as [H0 H1]. rewrite (place_multiple unit denominator c _ _ H0 Hm), H1. reflexivity.
Qed.

(** The weights turn the rows back into what they were. *)
Lemma weighted_inner i l : (i < n)%nat -> (l < n)%nat ->
  0 < IZR (dot_Z (nth i rows []) (nth i rows [])) -> 0 < IZR (dot_Z (nth l rows []) (nth l rows [])) ->
  size i * size l * inner (x i) (x l) =
  IZR (dot_Z (nth i rows []) (nth l rows [])) / (IZR denominator * IZR denominator).
Proof.
intros Hi Hl Pi Pl. apply IZR_lt in denominator_positive as HD.
assert (dots : forall u v, inner (map IZR u) (map IZR v) = IZR (dot_Z u v)).
{ induction u as [|a u IH]; intros [|b v]; cbn [map inner dot_Z]; auto. now rewrite plus_IZR, mult_IZR, IH. }
assert (E : inner (over denominator (nth i rows [])) (over denominator (nth l rows [])) =
  IZR (dot_Z (nth i rows []) (nth l rows [])) / (IZR denominator * IZR denominator)).
{ now rewrite !over_scaled, inner_scaled, dots. }
unfold size, x, place. destruct unit; [|rewrite E; ring].
unfold normalise. rewrite inner_scaled, E.
assert (N : forall u, 0 < IZR (dot_Z u u) -> 0 < norm (over denominator u)).
{ intros u Hu. unfold norm. apply sqrt_lt_R0. now apply inner_over. }
pose proof (N _ Pi). pose proof (N _ Pl). field. repeat split; lra.
Qed.

Lemma pairs_form es : forallb (pair_opposite unit rows) es = true ->
  total es (fun e => total es (cross rows e)) = 0%Z -> form n K (combined es) = 0.
Proof.
intros He Ht. rewrite forallb_forall in He.
destruct (odd_part k network (length (hd [] rows)) layered) as (kappa & odd).
apply IZR_lt in denominator_positive as HD.
change (form n K (combined es)) with (between n K (combined es) (combined es)). rewrite combined_between.
rewrite (total_R_ext es _ (fun e => 2 * kappa / (IZR denominator * IZR denominator) * total_R es (fun f => IZR (cross rows e f)))).
- rewrite total_R_scal. apply (f_equal IZR) in Ht. rewrite IZR_total in Ht.
  rewrite (total_R_ext es _ (fun e => IZR (total es (cross rows e)))) by (intros; symmetry; apply IZR_total).
  rewrite Ht. ring.
- intros [[[i j] c] u] Hin. rewrite <- total_R_scal. apply total_R_ext. intros [[[i' j'] c'] u'] Hin'.
  destruct (pair_sound i j c u (He _ Hin)) as (Hi & Hj & Hij & Xj & Pi).
  destruct (pair_sound i' j' c' u' (He _ Hin')) as (Hi' & Hj' & Hij' & Xj' & Pi').
  cbn [cross].
  change (direction_of (i, j, c, u)) with (fun a => IZR u * size i * (identity i a + -1 * identity j a)).
  change (direction_of (i', j', c', u')) with (fun a => IZR u' * size i' * (identity i' a + -1 * identity j' a)).
  rewrite (between_scal_l n K (IZR u * size i)), (between_scal_r n K (IZR u' * size i')).
  rewrite between_plus_l, !between_plus_r, !between_scal_l, !between_scal_r, !between_identity by assumption.
  unfold K, gram. fold (x i) (x j) (x i') (x j'). rewrite Xj, Xj'.
  destruct (kernel_opposite k network (x i) (x i')) as [-> ->].
  pose proof (odd (x i) (x i')) as O. unfold x in O at 1. rewrite length_place in O. specialize (O (lengths i Hi)).
  rewrite !mult_IZR.
  replace (2 * kappa / (IZR denominator * IZR denominator) * (IZR u * IZR u' * IZR (dot_Z (nth i rows []) (nth i' rows []))))
    with (2 * kappa * (IZR u * IZR u') * (IZR (dot_Z (nth i rows []) (nth i' rows [])) / (IZR denominator * IZR denominator)))
    by (field; lra).
  rewrite <- (weighted_inner i i' Hi Hi' Pi Pi').
  replace (kernel k network (x i) (x i')) with (kappa * inner (x i) (x i') + kernel k network (x i) (scaled (-1) (x i'))) by lra.
  ring.
Qed.
End Pairs.

Theorem singular_pairs k network unit denominator rows es : check_pairs network unit denominator rows es = true ->
  exists v, nonzero (length rows) v /\ form (length rows) (gram k network unit denominator rows) v = 0.
Proof.
unfold check_pairs. cbv zeta. rewrite !andb_true_iff. intros [[[[[Hn HD] Hl] He] Hfirst] Ht].
apply Z.ltb_lt in HD. rewrite forallb_forall in Hl. apply Z.eqb_eq in Ht.
assert (lengths : forall i, (i < length rows)%nat -> length (nth i rows []) = length (hd [] rows))
  by (intros; now apply Nat.eqb_eq, Hl, nth_In).
exists (combined unit denominator rows es). split; [|now apply pairs_form].
destruct es as [|[[[i j] c] u] rest]; [discriminate|]. apply andb_true_iff in Hfirst. destruct Hfirst as [Hu Hrest].
cbn [forallb] in He. apply andb_true_iff in He. destruct He as [He _].
destruct (pair_sound k network unit denominator rows i j c u He) as (Hi & _ & Hij & _ & Hp).
exists i. split; [exact Hi|]. cbn [combined direction_of].
assert (Z0 : combined unit denominator rows rest i = 0).
{ clear - Hrest. induction rest as [|[[[a b] d] w] rest IH]; [reflexivity|]. cbn [forallb] in Hrest.
  rewrite !andb_true_iff, !negb_true_iff, !Nat.eqb_neq in Hrest. destruct Hrest as [[Ha Hb] Hrest].
  cbn [combined direction_of]. rewrite IH by exact Hrest. unfold identity.
  destruct (Nat.eqb_spec a i), (Nat.eqb_spec b i); try contradiction. ring. }
rewrite Z0. unfold identity. rewrite Nat.eqb_refl. destruct (Nat.eqb_spec j i) as [E|_]; [congruence|].
apply negb_true_iff, Z.eqb_neq in Hu. apply not_0_IZR in Hu.
assert (Hs : size unit denominator rows i <> 0).
{ unfold size. destruct unit; [|lra]. apply Rgt_not_eq. unfold norm. apply sqrt_lt_R0. apply inner_over; [now apply IZR_lt|exact Hp]. }
intros E. apply Hu. apply (Rmult_eq_reg_r (size unit denominator rows i)); [lra|exact Hs].
Qed.
