(** The polynomial characterisation behind strict positivity (Carvalho, Costa, Mourao and Oliveira 2025), in its form of
    finite differences.

    Let z_1, ..., z_N be vectors no two of which are proportional, and sum_i u_i s(<w, z_i>) = 0 for all w.  Then for
    every i with u_i <> 0 all finite differences of order N - 1 of s vanish: s is annihilated by Delta_h1 ... Delta_h(N-1)
    for all steps.  (A continuous function with this property is a polynomial of degree at most N - 2, by Frechet; that
    last step is not proved here.)  No hypothesis on s is needed, not even measurability. *)

Require Import Reals List Lia Lra Psatz.
From NTK Require Import Forms.
Import ListNotations.
Open Scope R_scope.

(** * Vectors as functions of their first d coordinates *)

Section Vectors.
Variable d : nat.
Definition vector := nat -> R.

Definition product (v w : vector) : R := Sum d (fun k => v k * w k).

Lemma product_symmetric v w : product v w = product w v.
Proof. apply Sum_ext; intros; ring. Qed.

Lemma product_plus v w z : product (fun k => v k + w k) z = product v z + product w z.
Proof. unfold product. rewrite <- Sum_plus. apply Sum_ext; intros; ring. Qed.

Lemma product_scale c v z : product (fun k => c * v k) z = c * product v z.
Proof. unfold product. rewrite <- Sum_scal. apply Sum_ext; intros; ring. Qed.

(** Neither is a multiple of the other; in particular neither is zero. *)
Definition proportional (v w : vector) : Prop :=
  exists a b, (a <> 0 \/ b <> 0) /\ forall k, (k < d)%nat -> a * v k + b * w k = 0.

Lemma square_zero v : product v v = 0 -> forall k, (k < d)%nat -> v k = 0.
Proof.
intros H k Hk. pose proof (Sum_term d (fun k => v k * v k) k ltac:(intros; nra) Hk) as L. cbv beta in L.
unfold product in H. nra.
Qed.

Lemma square_nonneg v : 0 <= product v v.
Proof. apply Sum_nonneg. intros; nra. Qed.

(** A direction that one vector does not see, and along which the other grows by one. *)
Lemma direction z w : ~ proportional z w -> exists v, product v w = 0 /\ product v z = 1.
Proof.
intros H.
assert (Hw : 0 < product w w).
{ destruct (square_nonneg w) as [P|P]; [exact P|]. exfalso. apply H. exists 0, 1. split; [right; lra|].
  intros k Hk. rewrite (square_zero w) by auto. ring. }
set (c := product z w / product w w).
set (v := fun k => z k + - c * w k).
assert (Hvw : product v w = 0).
{ unfold v. rewrite product_plus. rewrite (product_scale (- c) w w). unfold c. field. lra. }
assert (Hvz : product v z = product v v).
{ assert (E : product z v = product v v + c * product w v).
  { rewrite <- product_scale, <- product_plus. apply Sum_ext; intros k _. unfold v. ring. }
  rewrite (product_symmetric v z), E, (product_symmetric w v), Hvw. ring. }
assert (Hv : 0 < product v v).
{ destruct (square_nonneg v) as [P|P]; [exact P|]. exfalso. apply H. exists 1, (- c). split; [left; lra|].
  intros k Hk. pose proof (square_zero v (eq_sym P) k Hk) as E. unfold v in E. lra. }
exists (fun k => / product v v * v k). rewrite !product_scale, Hvw, Hvz. split; [ring|field; lra].
Qed.

(** * Finite differences *)

(** Delta_h1 ... Delta_hm s *)
Fixpoint difference (steps : list R) (s : R -> R) : R -> R :=
  match steps with
  | [] => s
  | h :: rest => fun t => difference rest s (t + h) - difference rest s t
  end.

Lemma difference_zero steps s t : In 0 steps -> difference steps s t = 0.
Proof.
revert t. induction steps as [|h rest IH]; intros t H; [destruct H|]. cbn [difference].
destruct H as [->|H]; [rewrite Rplus_0_r; ring|]. rewrite !IH by assumption. ring.
Qed.

(** The relation between the s(<w, z_i>), after a difference along every direction. *)
Lemma differences_along n (u : nat -> R) (z : nat -> vector) s (directions : list vector) :
  (forall w, Sum n (fun i => u i * s (product w (z i))) = 0) ->
  forall w, Sum n (fun i => u i * difference (map (fun v => product v (z i)) directions) s (product w (z i))) = 0.
Proof.
intros H. induction directions as [|v rest IH]; [exact H|]. intros w. cbn [map difference].
pose proof (IH (fun k => w k + v k)) as H1. pose proof (IH w) as H2.
rewrite (Sum_ext n _ (fun i => u i * difference (map (fun v => product v (z i)) rest) s (product (fun k => w k + v k) (z i)) +
  -1 * (u i * difference (map (fun v => product v (z i)) rest) s (product w (z i)))))
  by (intros; rewrite product_plus; ring).
rewrite Sum_plus, Sum_scal, H1, H2. ring.
Qed.

Lemma Sum_single n f i : (i < n)%nat -> (forall j, (j < n)%nat -> j <> i -> f j = 0) -> Sum n f = f i.
Proof.
intros Hi H. rewrite (Sum_ext n f (fun j => identity i j * f i)).
- rewrite (Sum_identity n i (fun _ => f i)). destruct (Nat.ltb_spec i n); [reflexivity|lia].
- intros j Hj. unfold identity. destruct (Nat.eqb_spec i j) as [->|Hne]; [ring|]. rewrite H by auto. ring.
Qed.

(** Directions for all indices but i, with prescribed steps along z i. *)
Lemma directions_for n (z : nat -> vector) i :
  (i < n)%nat -> (forall j, (j < n)%nat -> j <> i -> ~ proportional (z i) (z j)) ->
  forall m (steps : list R), (m <= n)%nat -> length steps = (if Nat.ltb i m then pred m else m) ->
  exists directions, map (fun v => product v (z i)) directions = steps /\
    forall j, (j < m)%nat -> j <> i -> In 0 (map (fun v => product v (z j)) directions).
Proof.
intros Hi H. induction m as [|m IH]; intros steps Hm Hl.
- cbn in Hl. destruct steps; [|discriminate]. exists []. split; [reflexivity|lia].
- destruct (Nat.eq_dec m i) as [->|Hne].
  + assert (E : Nat.ltb i (S i) = true) by (apply Nat.ltb_lt; lia). rewrite E in Hl. cbn [pred] in Hl.
    destruct (IH steps ltac:(lia)) as (ds & H1 & H2); [now rewrite Nat.ltb_irrefl|].
    exists ds. split; [exact H1|]. intros j Hj Hji. apply H2; [lia|exact Hji].
  + destruct (direction (z i) (z m)) as (v & Hv0 & Hv1); [apply H; lia|].
    assert (Hl' : length steps = S (if Nat.ltb i m then pred m else m)).
    { rewrite Hl. destruct (Nat.ltb_spec i m), (Nat.ltb_spec i (S m)); lia. }
    destruct steps as [|h steps]; [discriminate|]. cbn [length] in Hl'. injection Hl' as Hl'.
    destruct (IH steps ltac:(lia) Hl') as (ds & H1 & H2).
    exists ((fun k => h * v k) :: ds). split.
    * cbn [map]. rewrite product_scale, Hv1, H1. f_equal. ring.
    * intros j Hj Hji. cbn [map]. destruct (Nat.eq_dec j m) as [->|]; [left; rewrite product_scale, Hv0; ring|].
      right. apply H2; [lia|exact Hji].
Qed.

Theorem polynomial_characterisation n (u : nat -> R) (z : nat -> vector) (s : R -> R) i :
  (i < n)%nat -> u i <> 0 ->
  (forall j, (j < n)%nat -> j <> i -> ~ proportional (z i) (z j)) ->
  (exists k, (k < d)%nat /\ z i k <> 0) ->
  (forall w, Sum n (fun j => u j * s (product w (z j))) = 0) ->
  forall steps t, length steps = pred n -> difference steps s t = 0.
Proof.
intros Hi Hu Hz (k0 & Hk0 & Hzk) H steps t Hl.
destruct (directions_for n z i Hi Hz n steps (le_n n)) as (ds & H1 & H2).
{ destruct (Nat.ltb_spec i n); [exact Hl|lia]. }
assert (Hzz : 0 < product (z i) (z i)).
{ destruct (square_nonneg (z i)) as [P|P]; [exact P|]. exfalso. apply Hzk. now apply square_zero. }
pose proof (differences_along n u z s ds H (fun k => t / product (z i) (z i) * z i k)) as E.
rewrite (Sum_single n _ i Hi) in E.
- rewrite product_scale, H1 in E. replace (t / product (z i) (z i) * product (z i) (z i)) with t in E by (field; lra).
  apply Rmult_integral in E. destruct E as [E|E]; [contradiction|exact E].
- intros j Hj Hji. rewrite difference_zero; [ring|]. now apply H2.
Qed.

(** Hence features are independent as soon as some finite difference of order N - 1 of s does not vanish. *)
Definition has_difference (m : nat) (s : R -> R) : Prop :=
  exists steps t, length steps = m /\ difference steps s t <> 0.

Definition in_general_position (n : nat) (z : nat -> vector) : Prop :=
  (forall i, (i < n)%nat -> exists k, (k < d)%nat /\ z i k <> 0) /\
  (forall i j, (i < n)%nat -> (j < n)%nat -> j <> i -> ~ proportional (z i) (z j)).

Theorem features_independent n z s u : in_general_position n z -> has_difference (pred n) s ->
  (forall w, Sum n (fun j => u j * s (product w (z j))) = 0) -> forall i, (i < n)%nat -> u i = 0.
Proof.
intros [Hz Hp] (steps & t & Hl & Hd) H i Hi. destruct (Req_dec (u i) 0) as [E|E]; [exact E|]. exfalso. apply Hd.
now apply (polynomial_characterisation n u z s i Hi E (fun j Hj Hne => Hp i j Hi Hj Hne) (Hz i Hi) H).
Qed.

(** * Strict positivity *)

(** For every linear functional E that is zero on no square but that of zero, as the expectation over a Gaussian w is on
    continuous functions of w, the matrix E s(<w, z_i>) s(<w, z_j>) is strictly positive definite. *)
Theorem strictly_positive n z s (E : (vector -> R) -> R) :
  in_general_position n z -> has_difference (pred n) s ->
  (forall f g, (forall w, f w = g w) -> E f = E g) ->
  (forall f g, E (fun w => f w + g w) = E f + E g) -> (forall c f, E (fun w => c * f w) = c * E f) ->
  (forall u, let f w := Sum n (fun i => u i * s (product w (z i))) in
    0 <= E (fun w => f w * f w) /\ (E (fun w => f w * f w) = 0 -> forall w, f w = 0)) ->
  forall v, nonzero n v -> 0 < form n (fun i j => E (fun w => s (product w (z i)) * s (product w (z j)))) v.
Proof.
intros Hz Hs Hext Hplus Hscal Hfaithful v (i & Hi & Hv).
assert (Hsum : forall m (f : nat -> vector -> R), E (fun w => Sum m (fun k => f k w)) = Sum m (fun k => E (f k))).
{ induction m as [|m IH]; intros f; cbn [Sum].
  - rewrite (Hext _ (fun w => 0 * 0)) by (intros; ring). rewrite (Hscal 0 (fun _ => 0)). ring.
  - rewrite Hplus, IH. f_equal. }
set (f := fun w => Sum n (fun i => v i * s (product w (z i)))).
assert (Hform : form n (fun i j => E (fun w => s (product w (z i)) * s (product w (z j)))) v = E (fun w => f w * f w)).
{ rewrite (Hext (fun w => f w * f w) (fun w => Sum n (fun i => Sum n (fun j =>
    v i * v j * (s (product w (z i)) * s (product w (z j))))))).
  - rewrite Hsum. apply Sum_ext; intros a _. rewrite Hsum. apply Sum_ext; intros b _.
    rewrite (Hscal (v a * v b)). ring.
  - intros w. unfold f at 1. rewrite Rmult_comm, <- Sum_scal. apply Sum_ext; intros a _. unfold f.
    rewrite Rmult_comm, <- Sum_scal. apply Sum_ext; intros b _. ring. }
rewrite Hform. destruct (Hfaithful v) as [[H|H] Hzero]; [exact H|]. exfalso. apply Hv.
apply (features_independent n z s v Hz Hs); [|exact Hi]. apply Hzero. now symmetry.
Qed.
End Vectors.

(** * Activations of which no finite difference vanishes identically *)

Lemma difference_at_edge (s : R -> R) m : (forall x, x <= 0 -> s x = 0) ->
  forall t, t + INR m <= 1 -> difference (repeat 1 m) s t = s (t + INR m).
Proof.
intros Hs. induction m as [|m IH]; intros t Ht.
- simpl. f_equal. ring.
- rewrite S_INR in *. cbn [repeat difference]. rewrite !IH by lra. rewrite (Hs (t + INR m)) by lra.
  rewrite Rminus_0_r. f_equal. ring.
Qed.

(** max(x, 0)^k, and more generally whatever is zero below zero and not at one. *)
Theorem one_sided_has_differences s m : (forall x, x <= 0 -> s x = 0) -> s 1 <> 0 -> has_difference m s.
Proof.
intros H0 H1. exists (repeat 1 m), (1 - INR m). split; [apply repeat_length|].
rewrite difference_at_edge by (auto; lra). replace (1 - INR m + INR m) with 1 by ring. exact H1.
Qed.

Theorem relu_has_differences m : has_difference m (fun x => Rmax x 0).
Proof.
apply one_sided_has_differences; [intros; now apply Rmax_right|]. rewrite Rmax_left by lra. lra.
Qed.

Theorem exp_has_differences m : has_difference m exp.
Proof.
exists (repeat 1 m), 0. split; [apply repeat_length|].
assert (E : forall t, difference (repeat 1 m) exp t = (exp 1 - 1) ^ m * exp t).
{ induction m as [|m IH]; intros t; [simpl; ring|]. cbn [repeat difference pow]. rewrite !IH, exp_plus. ring. }
rewrite E, exp_0, Rmult_1_r. apply pow_nonzero. pose proof (exp_ineq1 1 ltac:(lra)). lra.
Qed.
