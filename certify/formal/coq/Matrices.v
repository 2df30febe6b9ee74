(** Smallest eigenvalues of real symmetric matrices, bounded by integers.

    For any shift s and any real matrix L, let E = K - s I - L L'.  Since x' L L' x = |L'x|^2 >= 0 and
    |x' E x| <= max_i sum_j |E_ij| |x|^2, the quadratic form of K is at least (s - max_i sum_j |E_ij|) |x|^2
    (Rump, Verification methods, Acta Numerica 2010, section 10.8).  For any vector v, v' K v bounds it from above.

    Here K is known through integers: |scale K_ij - A_ij| <= radius.  [check_lower] and [check_upper] evaluate both
    bounds on the integers alone; [lower_bound] and [upper_bound] are their soundness. *)

Require Import Reals ZArith List Bool Lia Lra.
From NTK Require Import Forms.
Import ListNotations.
Open Scope R_scope.

(** * The residual theorem *)

(** The quadratic form of a symmetric matrix is at most its largest absolute row sum. *)
Lemma form_row_sums n (E : nat -> nat -> R) rho x :
  (forall i j, (i < n)%nat -> (j < n)%nat -> E i j = E j i) ->
  (forall i, (i < n)%nat -> Sum n (fun j => Rabs (E i j)) <= rho) ->
  Rabs (form n E x) <= rho * norm2 n x.
Proof.
intros Hs Hr.
set (h := fun i j => Rabs (E i j) * (x i ^ 2 / 2)).
apply Rle_trans with (Sum n (fun i => Sum n (fun j => h i j + h j i))).
- eapply Rle_trans; [apply Sum_abs|]. apply Sum_le; intros i Hi.
  eapply Rle_trans; [apply Sum_abs|]. apply Sum_le; intros j Hj.
  unfold h. rewrite (Hs j i), !Rabs_mult by auto.
  pose proof (pow2_ge_0 (Rabs (x i) - Rabs (x j))).
  rewrite <- (pow2_abs (x i)), <- (pow2_abs (x j)).
  pose proof (Rabs_pos (E i j)). nra.
- rewrite (Sum_ext n _ (fun i => Sum n (h i) + Sum n (fun j => h j i))) by (intros; apply Sum_plus).
  rewrite Sum_plus, (Sum_swap n n (fun i j => h j i)), <- Sum_plus.
  unfold norm2. rewrite <- Sum_scal. apply Sum_le; intros i Hi.
  change (Sum n (h i) + Sum n (h i) <= rho * x i ^ 2).
  assert (Sum n (h i) <= rho * (x i ^ 2 / 2)); [|lra].
  unfold h. rewrite (Sum_ext n _ (fun j => (x i ^ 2 / 2) * Rabs (E i j))) by (intros; ring).
  rewrite Sum_scal, Rmult_comm. apply Rmult_le_compat_r; [|now apply Hr].
  pose proof (pow2_ge_0 (x i)). lra.
Qed.

Theorem residual_theorem n m (K L : nat -> nat -> R) g s rho :
  let E i j := K i j - s * identity i j - g * Sum m (fun k => L i k * L j k) in
  0 <= g ->
  (forall i j, (i < n)%nat -> (j < n)%nat -> K i j = K j i) ->
  (forall i, (i < n)%nat -> Sum n (fun j => Rabs (E i j)) <= rho) ->
  forall x, (s - rho) * norm2 n x <= form n K x.
Proof.
intros E Hg Hs Hr x.
assert (HE : Rabs (form n E x) <= rho * norm2 n x).
{ apply form_row_sums; auto. intros i j Hi Hj. unfold E, identity.
  rewrite (Hs i j), Nat.eqb_sym by auto. f_equal. f_equal. apply Sum_ext; intros; ring. }
assert (HK : form n K x = s * norm2 n x + g * form n (fun i j => Sum m (fun k => L i k * L j k)) x + form n E x).
{ rewrite <- form_identity, <- !form_scal, <- !form_plus. apply form_ext; intros. unfold E. ring. }
pose proof (form_square n m L x).
assert (0 <= g * form n (fun i j => Sum m (fun k => L i k * L j k)) x) by now apply Rmult_le_pos.
pose proof (Rle_abs (- form n E x)). rewrite Rabs_Ropp in *. lra.
Qed.

(** * Its integer form *)

Fixpoint dot_Z (a b : list Z) : Z :=
  match a, b with x :: a', y :: b' => (x * y + dot_Z a' b')%Z | _, _ => 0%Z end.
Fixpoint sum_Z (n : nat) (f : nat -> Z) : Z :=
  match n with O => 0%Z | S m => (sum_Z m f + f m)%Z end.

(** Entry (i, j) of a symmetric matrix given by the rows of its lower triangle. *)
Definition triangle (T : list (list Z)) (i j : nat) : Z := nth (Nat.min i j) (nth (Nat.max i j) T []) 0%Z.

Fixpoint residual_row (m g : Z) (l : list Z) (rows : list (list Z)) (a : list Z) : list Z :=
  match rows, a with
  | r :: rows', z :: a' => (m * z - g * dot_Z l r)%Z :: residual_row m g l rows' a'
  | _, _ => []
  end.

Definition residuals (m g : Z) (A L : list (list Z)) : list (list Z) :=
  map (fun i => residual_row m g (nth i L []) L (nth i A [])) (seq 0 (length A)).

Definition triangular (n : nat) (A : list (list Z)) : bool :=
  Nat.eqb (length A) n && forallb (fun i => Nat.eqb (length (nth i A [])) (S i)) (seq 0 n).

(** The shift and m A are scaled alike; factor is L, with L L' scaled by g; the claim is lambda_min >= num / den. *)
Definition check_lower (n : nat) (A L : list (list Z)) (m g shift radius scale num den : Z) : bool :=
  let T := residuals m g A L in
  triangular n A && Nat.eqb (length L) n && Z.leb 0 g && Z.ltb 0 m &&
  forallb (fun i =>
    let sum := sum_Z n (fun j => Z.abs (triangle T i j - if Nat.eqb i j then shift else 0))%Z in
    Z.leb (num * (m * scale)) (den * (shift - sum - Z.of_nat n * (m * radius)))) (seq 0 n).

Lemma IZR_sum_Z n f : IZR (sum_Z n f) = Sum n (fun i => IZR (f i)).
Proof. induction n as [|n IH]; [reflexivity|]. cbn. rewrite plus_IZR, IH. reflexivity. Qed.

Lemma IZR_dot_Z m : forall a b, (length a <= m)%nat ->
  IZR (dot_Z a b) = Sum m (fun k => IZR (nth k a 0%Z) * IZR (nth k b 0%Z)).
Proof.
assert (zero : forall m, Sum m (fun _ => 0) = 0) by (intros; rewrite Sum_const; ring).
induction m as [|m IH]; intros [|x a] b H; cbn [length] in H; try lia; [reflexivity| |].
- rewrite (Sum_ext _ _ (fun _ => 0)); [now rewrite zero|]. intros [|k] _; simpl; ring.
- destruct b as [|y b].
  + rewrite (Sum_ext _ _ (fun _ => 0)); [now rewrite zero|]. intros [|k] _; simpl; ring.
  + rewrite Sum_first. cbn [dot_Z nth]. rewrite plus_IZR, mult_IZR, IH by lia. reflexivity.
Qed.

Fixpoint longest (L : list (list Z)) : nat :=
  match L with [] => O | l :: L' => Nat.max (length l) (longest L') end.

Lemma longest_spec L : forall i, (length (nth i L []) <= longest L)%nat.
Proof. induction L as [|l L IH]; intros [|i]; simpl; try lia. specialize (IH i). lia. Qed.

Lemma residual_row_spec m g l : forall rows a j, (j < length a)%nat -> (j < length rows)%nat ->
  nth j (residual_row m g l rows a) 0%Z = (m * nth j a 0 - g * dot_Z l (nth j rows []))%Z.
Proof.
induction rows as [|r rows IH]; intros [|z a] [|j] Ha Hr; simpl in *; try lia.
apply IH; lia.
Qed.

Lemma triangular_spec n A : triangular n A = true ->
  length A = n /\ forall i, (i < n)%nat -> length (nth i A []) = S i.
Proof.
intros H. apply andb_true_iff in H. destruct H as [Hn H]. apply Nat.eqb_eq in Hn. split; auto.
intros i Hi. rewrite forallb_forall in H. apply Nat.eqb_eq, H, in_seq. lia.
Qed.

Lemma residuals_spec n m g A L i j : triangular n A = true -> length L = n -> (i < n)%nat -> (j <= i)%nat ->
  nth j (nth i (residuals m g A L) []) 0%Z = (m * nth j (nth i A []) 0 - g * dot_Z (nth i L []) (nth j L []))%Z.
Proof.
intros HA HL Hi Hj. destruct (triangular_spec _ _ HA) as [Hn Hr]. unfold residuals.
set (f := fun i => residual_row m g (nth i L []) L (nth i A [])).
rewrite (nth_indep _ [] (f O)) by (rewrite map_length, seq_length; lia).
rewrite map_nth, seq_nth by lia. apply residual_row_spec; [rewrite Hr|]; simpl; lia.
Qed.

Section Known_through_integers.
Variables (n : nat) (K : nat -> nat -> R) (A : list (list Z)) (scale radius : Z).
Hypothesis scale_positive : (0 < scale)%Z.
Hypothesis symmetric : forall i j, (i < n)%nat -> (j < n)%nat -> K i j = K j i.
Hypothesis near : forall i j, (i < n)%nat -> (j <= i)%nat ->
  Rabs (IZR scale * K i j - IZR (nth j (nth i A []) 0%Z)) <= IZR radius.

Lemma near_everywhere i j : (i < n)%nat -> (j < n)%nat ->
  Rabs (IZR scale * K i j - IZR (triangle A i j)) <= IZR radius.
Proof.
intros Hi Hj. unfold triangle. destruct (Nat.le_ge_cases j i).
- rewrite Nat.min_r, Nat.max_l by auto. now apply near.
- rewrite Nat.min_l, Nat.max_r, symmetric by auto. now apply near.
Qed.

Let scale_R : 0 < IZR scale. Proof. now apply IZR_lt. Qed.

Theorem lower_bound L m g shift num den :
  (0 < den)%Z -> check_lower n A L m g shift radius scale num den = true ->
  forall x, IZR num / IZR den * norm2 n x <= form n K x.
Proof.
intros Hden Hc x. unfold check_lower in Hc. rewrite !andb_true_iff in Hc.
destruct Hc as [[[[HA HL] Hg] Hm] Hc]. apply Nat.eqb_eq in HL. apply Z.leb_le, IZR_le in Hg.
apply Z.ltb_lt, IZR_lt in Hm. rewrite forallb_forall in Hc. apply IZR_lt in Hden.
set (Lr := fun i k => IZR (nth k (nth i L []) 0%Z)). set (w := longest L).
assert (Hdot : forall i j, IZR (dot_Z (nth i L []) (nth j L [])) = Sum w (fun k => Lr i k * Lr j k)).
{ intros. apply IZR_dot_Z, longest_spec. }
set (S := IZR m * IZR scale). assert (HS : 0 < S) by now apply Rmult_lt_0_compat.
set (low := IZR num * S / IZR den).
assert (H : (IZR shift - (IZR shift - low)) * norm2 n x <= form n (fun i j => S * K i j) x).
{ apply (residual_theorem n w _ Lr (IZR g)); auto.
  { intros i j Hi Hj. now rewrite symmetric. }
  intros i Hi.
  assert (Hrow : In i (seq 0 n)) by (apply in_seq; lia).
  specialize (Hc i Hrow). cbv beta zeta in Hc. apply Z.leb_le, IZR_le in Hc.
  rewrite !mult_IZR, !minus_IZR, IZR_sum_Z, !mult_IZR, <- INR_IZR_INZ in Hc. fold S in Hc.
  set (sum := Sum n _) in Hc.
  assert (low <= IZR shift - sum - INR n * (IZR m * IZR radius)).
  { unfold low. apply Rmult_le_reg_r with (IZR den); auto. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  apply Rle_trans with (sum + INR n * (IZR m * IZR radius)); [|lra].
  rewrite <- Sum_const. unfold sum. rewrite <- Sum_plus. apply Sum_le; intros j Hj.
  pose proof (near_everywhere i j Hi Hj) as Hk.
  apply (Rmult_le_compat_l (IZR m)) in Hk; [|lra].
  rewrite <- (Rabs_right (IZR m)) in Hk at 1 by lra. rewrite <- Rabs_mult in Hk.
  rewrite abs_IZR, minus_IZR.
  assert (HT : IZR (triangle (residuals m g A L) i j) =
               IZR m * IZR (triangle A i j) - IZR g * Sum w (fun k => Lr i k * Lr j k)).
  { unfold triangle. rewrite (residuals_spec n) by (auto; lia). rewrite minus_IZR, !mult_IZR, Hdot. f_equal. f_equal.
    destruct (Nat.le_ge_cases j i).
    - rewrite Nat.min_r, Nat.max_l by auto. reflexivity.
    - rewrite Nat.min_l, Nat.max_r by auto. apply Sum_ext; intros; ring. }
  rewrite HT.
  replace (IZR (if Nat.eqb i j then shift else 0%Z)) with (IZR shift * identity i j)
    by (unfold identity; destruct (Nat.eqb i j); ring).
  eapply Rle_trans; [|apply Rplus_le_compat_l; exact Hk].
  eapply Rle_trans; [|apply Rabs_triang]. apply Req_le. f_equal. unfold S. ring. }
rewrite form_scal in H. apply Rmult_le_reg_l with S; auto.
eapply Rle_trans; [|exact H]. apply Req_le. unfold low. field. lra.
Qed.

(** v' A v over the integers, plus the radius times (sum |v_i|)^2. *)
Definition check_upper (v : list Z) (num den : Z) : bool :=
  let value i := nth i v 0%Z in
  let size := sum_Z n (fun i => Z.abs (value i)) in
  let form := sum_Z n (fun i => value i * sum_Z n (fun j => triangle A i j * value j))%Z in
  Z.ltb 0 size &&
  Z.leb (den * (form + radius * (size * size))) (num * scale * sum_Z n (fun i => value i * value i)%Z).

Theorem upper_bound v num den :
  (0 < den)%Z -> check_upper v num den = true ->
  exists x, nonzero n x /\ form n K x <= IZR num / IZR den * norm2 n x.
Proof.
intros Hden Hc. apply IZR_lt in Hden. unfold check_upper in Hc. cbv zeta in Hc.
apply andb_true_iff in Hc. destruct Hc as [Hv Hc].
set (x := fun i => IZR (nth i v 0%Z)). exists x.
assert (Hsize : IZR (sum_Z n (fun i => Z.abs (nth i v 0%Z))) = Sum n (fun i => Rabs (x i))).
{ rewrite IZR_sum_Z. apply Sum_ext; intros. now rewrite abs_IZR. }
split.
{ destruct (List.existsb (fun i => negb (Z.eqb (nth i v 0%Z) 0)) (seq 0 n)) eqn:E.
  - apply existsb_exists in E. destruct E as (i & Hi & Hz). apply in_seq in Hi. exists i. split; [lia|].
    apply negb_true_iff, Z.eqb_neq in Hz. unfold x. now apply not_0_IZR.
  - exfalso. apply Z.ltb_lt, IZR_lt in Hv. rewrite Hsize in Hv.
    rewrite (Sum_ext n _ (fun _ => 0)), Sum_const in Hv; [lra|]. intros i Hi. unfold x.
    destruct (Z.eq_dec (nth i v 0%Z) 0) as [->|Hn]; [apply Rabs_R0|].
    assert (existsb (fun i => negb (Z.eqb (nth i v 0%Z) 0)) (seq 0 n) = true); [|congruence].
    apply existsb_exists. exists i. split; [apply in_seq; lia|]. now apply negb_true_iff, Z.eqb_neq. }
apply Z.leb_le, IZR_le in Hc.
rewrite !mult_IZR, plus_IZR, !mult_IZR, Hsize, !IZR_sum_Z in Hc.
set (Ar := fun i j => IZR (triangle A i j)).
assert (HA : Sum n (fun i => IZR (nth i v 0 * sum_Z n (fun j => triangle A i j * nth j v 0))%Z) = form n Ar x).
{ apply Sum_ext; intros i _. rewrite mult_IZR, IZR_sum_Z, <- Sum_scal.
  apply Sum_ext; intros j _. rewrite mult_IZR. unfold Ar, x. ring. }
assert (HN : Sum n (fun i => IZR (nth i v 0 * nth i v 0)%Z) = norm2 n x).
{ apply Sum_ext; intros i _. rewrite mult_IZR. unfold x. ring. }
rewrite HA, HN in Hc.
assert (HE : form n (fun i j => IZR scale * K i j) x <=
             form n Ar x + IZR radius * (Sum n (fun i => Rabs (x i)) * Sum n (fun i => Rabs (x i)))).
{ rewrite <- form_constant. unfold form. rewrite <- Sum_plus. apply Sum_le; intros i Hi.
  rewrite <- Sum_plus. apply Sum_le; intros j Hj.
  pose proof (near_everywhere i j Hi Hj) as Hk. fold (Ar i j) in Hk.
  replace (x i * (IZR scale * K i j) * x j)
    with (x i * Ar i j * x j + x i * (IZR scale * K i j - Ar i j) * x j) by ring.
  apply Rplus_le_compat_l. eapply Rle_trans; [apply Rle_abs|]. rewrite !Rabs_mult.
  apply Rmult_le_compat_r; [apply Rabs_pos|]. apply Rmult_le_compat_l; [apply Rabs_pos|exact Hk]. }
rewrite form_scal in HE. apply Rmult_le_reg_l with (IZR scale * IZR den); [now apply Rmult_lt_0_compat|].
replace (IZR scale * IZR den * (IZR num / IZR den * norm2 n x)) with (IZR num * IZR scale * norm2 n x) by (field; lra).
eapply Rle_trans; [|exact Hc].
replace (IZR scale * IZR den * form n K x) with (IZR den * (IZR scale * form n K x)) by ring.
apply Rmult_le_compat_l; [lra|exact HE].
Qed.
End Known_through_integers.
