(** Polynomial networks on rows as given: their kernel matrices are rational, computed exactly, with exact null vectors. *)

Require Import Reals ZArith QArith Qreals Qreduction List Bool Lia Lra.
From NTK Require Import Forms Matrices Polynomials Kernels.
Import ListNotations.
Open Scope R_scope.

Definition plus_Q (a b : Q) : Q := Qred (a + b).
Definition times_Q (a b : Q) : Q := Qred (a * b).

Lemma Q2R_red q : Q2R (Qred q) = Q2R q.
Proof. apply Qeq_eqR, Qred_correct. Qed.

Lemma Q2R_plus_Q a b : Q2R (plus_Q a b) = Q2R a + Q2R b.
Proof. unfold plus_Q. now rewrite Q2R_red, Q2R_plus. Qed.

Lemma Q2R_times_Q a b : Q2R (times_Q a b) = Q2R a * Q2R b.
Proof. unfold times_Q. now rewrite Q2R_red, Q2R_mult. Qed.

Definition stands (q : Q) (x : R) : Prop := Q2R q = x.

(** A layer with its polynomials prepared; None for an activation that is no polynomial. *)
Inductive exact_step : Type :=
  | Affine (w b : Q)
  | Powers (w : Q) (values slopes : list (Q * list Q)).

Definition exact_layer (l : layer) : option exact_step :=
  match l with
  | Dense w b => Some (Affine w b)
  | Activation (Polynomial w c) => Some (Powers w (mehler c) (mehler (derivative c)))
  | Activation _ => None
  end.

Fixpoint exact_steps (network : list layer) : option (list exact_step) :=
  match network with
  | [] => Some []
  | l :: rest =>
      match exact_layer l, exact_steps rest with Some s, Some steps => Some (s :: steps) | _, _ => None end
  end.

Definition evaluate (t : list (Q * list Q)) (p q r : Q) : Q := bilinear Q plus_Q times_Q (fun c => c) t p q r.

(** (p, q, r, t) through the layers. *)
Fixpoint exact_run (steps : list exact_step) (p q r t : Q) : Q * Q :=
  match steps with
  | [] => (r, t)
  | Affine w b :: rest =>
      let affine v := plus_Q (times_Q w v) b in
      let r' := affine r in
      exact_run rest (affine p) (affine q) r' (plus_Q (times_Q w t) r')
  | Powers w values slopes :: rest =>
      let value p q r := times_Q w (evaluate values p q r) in
      exact_run rest (value p p p) (value q q q) (value p q r) (times_Q t (times_Q w (evaluate slopes p q r)))
  end.

Lemma evaluate_sound c p q r : Q2R (evaluate (mehler c) p q r) = polynomial_dual c (Q2R p) (Q2R q) (Q2R r).
Proof.
unfold evaluate, polynomial_dual.
pose proof (bilinear_stands Q plus_Q times_Q (fun c => c) stands) as H. unfold stands in H.
specialize (H ltac:(intros a b x y <- <-; apply Q2R_plus_Q) ltac:(intros a b x y <- <-; apply Q2R_times_Q)
  ltac:(reflexivity) (mehler c) p q r _ _ _ eq_refl eq_refl eq_refl).
rewrite <- H. f_equal. f_equal. unfold coefficients. rewrite <- (map_id (mehler c)) at 1. apply map_ext.
intros [f l]. cbn [fst snd]. now rewrite map_id.
Qed.

Lemma exact_run_sound network : forall steps p q r t, exact_steps network = Some steps ->
  let m := run network (Moments (Q2R p) (Q2R q) (Q2R r) (Q2R t)) in
  Q2R (fst (exact_run steps p q r t)) = covariance m /\ Q2R (snd (exact_run steps p q r t)) = tangent m.
Proof.
induction network as [|l rest IH]; intros steps p q r t H; cbn [exact_steps] in H.
- injection H as <-. split; reflexivity.
- destruct (exact_layer l) as [s|] eqn:E; [|discriminate].
  destruct (exact_steps rest) as [more|]; [|discriminate]. injection H as <-.
  destruct l as [w b|a]; [|destruct a; try discriminate]; injection E as <-; cbn [exact_run run through].
  + specialize (IH _ (plus_Q (times_Q w p) b) (plus_Q (times_Q w q) b) (plus_Q (times_Q w r) b)
      (plus_Q (times_Q w t) (plus_Q (times_Q w r) b)) eq_refl). cbv zeta in IH.
    rewrite !Q2R_plus_Q, !Q2R_times_Q in IH. exact IH.
  + set (v := fun p q r => times_Q w (evaluate (mehler c) p q r)).
    specialize (IH _ (v p p p) (v q q q) (v p q r) (times_Q t (times_Q w (evaluate (mehler (derivative c)) p q r)))
      eq_refl). unfold v in IH. cbv zeta in IH. rewrite !Q2R_times_Q, !evaluate_sound in IH. exact IH.
Qed.

(** * The matrix *)

Section Matrix.
Variables (k : kind) (network : list layer) (denominator : Z) (rows : list (list Z)).
Let n := length rows.

Definition exact_input (columns c : Z) : Q := Qred (inject_Z c / inject_Z (denominator * denominator * columns)).

Definition exact_entry (steps : list exact_step) (columns : Z) (squares : list Z) (i j : nat) : Q :=
  let input := exact_input columns in
  let e := exact_run steps (input (nth i squares 0%Z)) (input (nth j squares 0%Z))
             (input (dot_Z (nth i rows []) (nth j rows []))) 0 in
  match k with NNGP => fst e | NTK => snd e end.

Fixpoint sum_Q (n : nat) (f : nat -> Q) : Q := match n with O => 0 | S m => plus_Q (sum_Q m f) (f m) end.

(** v' K v, zero coordinates left out. *)
Definition exact_form (steps : list exact_step) (columns : Z) (v : list Z) : Q :=
  let squares := map (fun u => dot_Z u u) rows in
  let at' i := nth i v 0%Z in
  sum_Q n (fun i => if Z.eqb (at' i) 0 then 0%Q else
    times_Q (inject_Z (at' i)) (sum_Q n (fun j => if Z.eqb (at' j) 0 then 0%Q else
      times_Q (exact_entry steps columns squares i j) (inject_Z (at' j))))).

Definition check_null (v : list Z) : bool :=
  let columns := Z.of_nat (length (hd [] rows)) in
  match exact_steps network with
  | Some steps =>
      Z.ltb 0 denominator && Z.ltb 0 columns && forallb (fun u => Z.eqb (Z.of_nat (length u)) columns) rows &&
      existsb (fun i => negb (Z.eqb (nth i v 0%Z) 0)) (seq 0 n) && Qeq_bool (exact_form steps columns v) 0
  | None => false
  end.

Lemma Q2R_zero : Q2R 0 = 0.
Proof. unfold Q2R. simpl. ring. Qed.

Lemma Q2R_whole z : Q2R (inject_Z z) = IZR z.
Proof. unfold Q2R, inject_Z. simpl. field. Qed.

Lemma Q2R_sum_Q m f : Q2R (sum_Q m f) = Sum m (fun i => Q2R (f i)).
Proof. induction m as [|m IH]; [apply Q2R_zero|]. cbn [sum_Q Sum]. now rewrite Q2R_plus_Q, IH. Qed.

Lemma inner_over u v : inner (over denominator u) (over denominator v) =
  IZR (dot_Z u v) / (IZR denominator * IZR denominator).
Proof.
rewrite !over_scaled, inner_scaled. f_equal. revert v.
induction u as [|a u IH]; intros [|b v]; simpl; auto. rewrite IH, plus_IZR, mult_IZR. reflexivity.
Qed.

Section Checked.
Variables (columns : Z) (steps : list exact_step).
Hypothesis HD : (0 < denominator)%Z.
Hypothesis Hd : (0 < columns)%Z.
Hypothesis lengths : forall i, (i < n)%nat -> Z.of_nat (length (nth i rows [])) = columns.
Hypothesis Hsteps : exact_steps network = Some steps.

Lemma exact_input_sound i j : (i < n)%nat -> Q2R (exact_input columns (dot_Z (nth i rows []) (nth j rows []))) =
  inner (over denominator (nth i rows [])) (over denominator (nth j rows [])) /
  INR (length (over denominator (nth i rows []))).
Proof.
intros Hi. apply IZR_lt in HD. apply IZR_lt in Hd as Hc.
rewrite inner_over, length_over, INR_IZR_INZ, lengths by assumption. unfold exact_input.
rewrite Q2R_red, Q2R_div.
- rewrite !Q2R_whole, !mult_IZR. field. lra.
- intros E. apply Qeq_eqR in E. rewrite Q2R_whole, !mult_IZR, Q2R_zero in E.
  assert (0 < IZR denominator * IZR denominator * IZR columns) by (repeat apply Rmult_lt_0_compat; lra). lra.
Qed.

Lemma exact_entry_sound i j : (i < n)%nat -> (j < n)%nat ->
  Q2R (exact_entry steps columns (map (fun u => dot_Z u u) rows) i j) = gram k network false denominator rows i j.
Proof.
intros Hi Hj. unfold exact_entry, gram, place, kernel, nngp, ntk, input.
assert (S : forall i, (i < n)%nat -> nth i (map (fun u => dot_Z u u) rows) 0%Z = dot_Z (nth i rows []) (nth i rows [])).
{ intros i0 H0. change 0%Z with ((fun u => dot_Z u u) []). now rewrite map_nth. }
rewrite !S by assumption.
set (p := exact_input columns (dot_Z (nth i rows []) (nth i rows []))).
set (q := exact_input columns (dot_Z (nth j rows []) (nth j rows []))).
set (r := exact_input columns (dot_Z (nth i rows []) (nth j rows []))).
destruct (exact_run_sound network steps p q r 0 Hsteps) as [H1 H2].
assert (Lij : INR (length (over denominator (nth j rows []))) = INR (length (over denominator (nth i rows [])))).
{ rewrite !length_over, !INR_IZR_INZ, !lengths by assumption. reflexivity. }
unfold p, q, r in H1, H2. rewrite !exact_input_sound, Lij, Q2R_zero in H1, H2 by assumption.
fold p q r in H1, H2. destruct k; [exact H1|exact H2].
Qed.

Lemma exact_form_sound v :
  Q2R (exact_form steps columns v) = form n (gram k network false denominator rows) (fun i => IZR (nth i v 0%Z)).
Proof.
unfold exact_form. rewrite Q2R_sum_Q. apply Sum_ext; intros i Hi.
destruct (Z.eqb_spec (nth i v 0%Z) 0) as [->|_].
- rewrite Q2R_zero. symmetry. rewrite (Sum_ext n _ (fun _ => 0)) by (intros; ring). rewrite Sum_const. ring.
- rewrite Q2R_times_Q, Q2R_whole, Q2R_sum_Q, <- Sum_scal. apply Sum_ext; intros j Hj.
  destruct (Z.eqb_spec (nth j v 0%Z) 0) as [->|_]; [rewrite Q2R_zero; ring|].
  rewrite Q2R_times_Q, Q2R_whole, exact_entry_sound by assumption. ring.
Qed.
End Checked.

Theorem null_vector v : check_null v = true ->
  exists x, nonzero n x /\ form n (gram k network false denominator rows) x = 0.
Proof.
unfold check_null. cbv zeta. set (columns := Z.of_nat (length (hd [] rows))).
destruct (exact_steps network) as [steps|] eqn:E; [|discriminate]. rewrite !andb_true_iff.
intros [[[[HD Hd] Hl] Hv] Hf]. apply Z.ltb_lt in HD, Hd. rewrite forallb_forall in Hl.
exists (fun i => IZR (nth i v 0%Z)). split.
- apply existsb_exists in Hv. destruct Hv as (i & Hi & Hz). apply in_seq in Hi. exists i. split; [lia|].
  apply not_0_IZR. now apply Z.eqb_neq, negb_true_iff.
- rewrite <- (exact_form_sound columns steps); auto.
  + apply Qeq_bool_iff, Qeq_eqR in Hf. now rewrite Hf, Q2R_zero.
  + intros i Hi. now apply Z.eqb_eq, Hl, nth_In.
Qed.
End Matrix.
