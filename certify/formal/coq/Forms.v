(** Finite sums, quadratic forms and squared norms over the real numbers. *)

Require Import Reals Lia Lra.
Open Scope R_scope.

Fixpoint Sum (n : nat) (f : nat -> R) : R :=
  match n with O => 0 | S m => Sum m f + f m end.

(** x' K x and |x|^2, for the leading n coordinates. *)
Definition form (n : nat) (K : nat -> nat -> R) (x : nat -> R) : R :=
  Sum n (fun i => Sum n (fun j => x i * K i j * x j)).
Definition norm2 (n : nat) (x : nat -> R) : R := Sum n (fun i => x i ^ 2).
Definition nonzero (n : nat) (x : nat -> R) : Prop := exists i, (i < n)%nat /\ x i <> 0.

Lemma Sum_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> Sum n f = Sum n g.
Proof.
induction n as [|n IH]; simpl; intros H; [reflexivity|].
rewrite (H n) by lia. rewrite IH by (intros; apply H; lia). reflexivity.
Qed.

Lemma Sum_le n f g : (forall i, (i < n)%nat -> f i <= g i) -> Sum n f <= Sum n g.
Proof.
induction n as [|n IH]; simpl; intros H; [lra|].
apply Rplus_le_compat; [apply IH; intros; apply H|apply H]; lia.
Qed.

Lemma Sum_plus n f g : Sum n (fun i => f i + g i) = Sum n f + Sum n g.
Proof. induction n as [|n IH]; simpl; [|rewrite IH]; ring. Qed.

Lemma Sum_scal n c f : Sum n (fun i => c * f i) = c * Sum n f.
Proof. induction n as [|n IH]; simpl; [|rewrite IH]; ring. Qed.

Lemma Sum_const n c : Sum n (fun _ => c) = INR n * c.
Proof. induction n as [|n IH]; [simpl; ring|]. rewrite S_INR. cbn [Sum]. rewrite IH. ring. Qed.

Lemma Sum_nonneg n f : (forall i, (i < n)%nat -> 0 <= f i) -> 0 <= Sum n f.
Proof.
intros H. replace 0 with (Sum n (fun _ => 0)) by (rewrite Sum_const; ring). now apply Sum_le.
Qed.

Lemma Sum_term n f i : (forall j, (j < n)%nat -> 0 <= f j) -> (i < n)%nat -> f i <= Sum n f.
Proof.
induction n as [|n IH]; intros H Hi; [lia|]. simpl.
assert (0 <= f n) by (apply H; lia).
assert (0 <= Sum n f) by (apply Sum_nonneg; intros; apply H; lia).
destruct (Nat.eq_dec i n) as [->|]; [lra|].
assert (f i <= Sum n f) by (apply IH; [intros; apply H|]; lia). lra.
Qed.

Lemma Sum_swap n m f : Sum n (fun i => Sum m (f i)) = Sum m (fun j => Sum n (fun i => f i j)).
Proof.
induction n as [|n IH]; simpl.
- rewrite Sum_const. ring.
- rewrite IH, <- Sum_plus. reflexivity.
Qed.

Lemma Sum_abs n f : Rabs (Sum n f) <= Sum n (fun i => Rabs (f i)).
Proof.
induction n as [|n IH]; simpl; [rewrite Rabs_R0; lra|].
eapply Rle_trans; [apply Rabs_triang|]. lra.
Qed.

Lemma Sum_first n f : Sum (S n) f = f O + Sum n (fun i => f (S i)).
Proof. induction n as [|n IH]; [simpl; ring|]. cbn [Sum] in *. lra. Qed.

Lemma norm2_nonneg n x : 0 <= norm2 n x.
Proof. apply Sum_nonneg. intros; apply pow2_ge_0. Qed.

Lemma norm2_positive n x : nonzero n x -> 0 < norm2 n x.
Proof.
intros (i & Hi & Hx). apply Rlt_le_trans with (x i ^ 2).
- rewrite <- Rsqr_pow2. now apply Rsqr_pos_lt.
- apply (Sum_term n (fun i => x i ^ 2)); auto. intros; apply pow2_ge_0.
Qed.

Lemma form_ext n K M x :
  (forall i j, (i < n)%nat -> (j < n)%nat -> K i j = M i j) -> form n K x = form n M x.
Proof. intros H. apply Sum_ext; intros i Hi. apply Sum_ext; intros j Hj. now rewrite H. Qed.

Lemma form_plus n K M x : form n (fun i j => K i j + M i j) x = form n K x + form n M x.
Proof.
unfold form. rewrite <- Sum_plus. apply Sum_ext; intros i _.
rewrite <- Sum_plus. apply Sum_ext; intros; ring.
Qed.

Lemma form_scal n c K x : form n (fun i j => c * K i j) x = c * form n K x.
Proof.
unfold form. rewrite <- Sum_scal. apply Sum_ext; intros i _.
rewrite <- Sum_scal. apply Sum_ext; intros; ring.
Qed.

Lemma form_constant n c y : form n (fun _ _ => c) y = c * (Sum n y * Sum n y).
Proof.
unfold form. rewrite (Sum_ext n _ (fun i => (c * Sum n y) * y i)).
- rewrite Sum_scal. ring.
- intros i _. rewrite (Sum_scal n (y i * c) y). ring.
Qed.

Definition identity (i j : nat) : R := if Nat.eqb i j then 1 else 0.

Lemma Sum_identity n i f : Sum n (fun j => identity i j * f j) = if Nat.ltb i n then f i else 0.
Proof.
induction n as [|n IH]; [reflexivity|]. cbn [Sum]. rewrite IH. unfold identity.
destruct (Nat.eqb_spec i n) as [->|Hn].
- rewrite Nat.ltb_irrefl. destruct (Nat.ltb_spec n (S n)); [ring|lia].
- destruct (Nat.ltb_spec i n), (Nat.ltb_spec i (S n)); try lia; ring.
Qed.

Lemma form_identity n x : form n identity x = norm2 n x.
Proof.
apply Sum_ext; intros i Hi.
rewrite (Sum_ext n _ (fun j => identity i j * (x i * x j))) by (intros; ring).
rewrite Sum_identity. destruct (Nat.ltb_spec i n); [ring|lia].
Qed.

(** x' (L L') x = |L' x|^2. *)
Lemma form_square n m (L : nat -> nat -> R) x :
  0 <= form n (fun i j => Sum m (fun k => L i k * L j k)) x.
Proof.
set (y := fun k => Sum n (fun i => x i * L i k)).
replace (form n _ x) with (norm2 m y); [apply norm2_nonneg|].
unfold form, norm2.
rewrite (Sum_ext n _ (fun i => Sum m (fun k => Sum n (fun j => (x i * L i k) * (x j * L j k))))).
2:{ intros i _. rewrite (Sum_swap m n). apply Sum_ext; intros j _.
    replace (x i * Sum m (fun k => L i k * L j k) * x j) with ((x i * x j) * Sum m (fun k => L i k * L j k)) by ring.
    rewrite <- Sum_scal. apply Sum_ext; intros; ring. }
rewrite (Sum_swap n m). apply Sum_ext; intros k _.
rewrite (Sum_ext n _ (fun i => y k * (x i * L i k))).
- rewrite Sum_scal. fold (y k). ring.
- intros i _. rewrite Sum_scal. fold (y k). ring.
Qed.
