(** Enclosures of kernels, layer by layer. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra Psatz.
From Interval Require Import Float_full Interval Sig Xreal Basic.
From NTK Require Import Kernels Duals Functions AngularEnclosures SmoothEnclosures.
Import ListNotations.
Open Scope R_scope.

Module Evaluation (F : FloatOps with Definition sensible_format := true).
Module Export S := SmoothEnclosures F.
Module B := S.B.
Export B.

Section At_precision.
Variables (prec : F.precision) (half_terms : nat) (known : constants).
Hypothesis sound : constants_sound prec half_terms known.

Local Notation integer := (B.integer prec).
Local Notation rational := (B.rational prec).
Local Notation eval_duals := (S.eval_duals prec known).

Ltac enclose :=
  repeat first
    [ assumption | apply integer_sound | apply rational_sound | apply add_sound | apply sub_sound | apply mul_sound ].

(** * Layers *)

Definition variance (l : layer) (p : R) : R :=
  match l with Dense w b => Q2R w * p + Q2R b | Activation s => dual s p p p end.

(** A layer with its constants evaluated; a bias that is zero is left out. *)
Inductive step : Type :=
  | Affine (weight : I.type) (bias : option I.type) (weight_squared : I.type) (mixed : option I.type)
  | Nonlinear (duals : I.type -> I.type -> I.type -> I.type -> I.type * I.type).

Definition unless_zero (b q : Q) : option I.type := if Qeq_bool b 0 then None else Some (rational q).

Definition compile (l : layer) : step :=
  match l with
  | Dense w b => Affine (rational w) (unless_zero b b) (rational (w * w)) (unless_zero b (w * b))
  | Activation s => Nonlinear (eval_duals s)
  end.

Definition plus (i : I.type) (b : option I.type) : I.type :=
  match b with Some b => I.add prec i b | None => i end.

Definition affine (w : I.type) (b : option I.type) (i : I.type) : I.type := plus (I.mul prec w i) b.

Lemma zero_sound b : Qeq_bool b 0 = true -> Q2R b = 0.
Proof. intros H. apply Qeq_bool_iff, Qeq_eqR in H. rewrite H. unfold Q2R. simpl. ring. Qed.

Lemma affine_sound w b i x : encloses i x -> encloses (affine (rational w) (unless_zero b b) i) (Q2R w * x + Q2R b).
Proof.
intros. unfold affine, unless_zero. destruct (Qeq_bool b 0) eqn:E; cbn [plus]; [|enclose].
rewrite (zero_sound b E), Rplus_0_r. enclose.
Qed.

(** On the diagonal p q - r^2 = 0, exactly. *)
Lemma eval_same_sound s i p : encloses i p ->
  encloses (fst (eval_duals s i i i (integer 0))) (dual s p p p) /\
  encloses (snd (eval_duals s i i i (integer 0))) (derivative_dual s p p p).
Proof.
intros H. apply (eval_duals_sound prec half_terms known sound); auto. replace (p * p - p ^ 2) with 0 by ring. apply integer_sound.
Qed.

(** The variances of one point before every layer and after the last, and its own tangent kernel. *)
Fixpoint eval_diagonal (steps : list step) (p t : I.type) : list I.type * I.type :=
  match steps with
  | [] => ([p], t)
  | Affine w b _ _ :: rest =>
      let p' := affine w b p in
      let (chain, own) := eval_diagonal rest p' (I.add prec (I.mul prec w t) p') in (p :: chain, own)
  | Nonlinear f :: rest =>
      let (value, slope) := f p p p (integer 0) in
      let (chain, own) := eval_diagonal rest value (I.mul prec t slope) in (p :: chain, own)
  end.

Fixpoint follows (network : list layer) (p : R) (chain : list I.type) {struct chain} : Prop :=
  match chain with
  | [] => False
  | i :: rest => encloses i p /\ match network with [] => True | l :: network' => follows network' (variance l p) rest end
  end.

Lemma eval_diagonal_sound network : forall ip it p t, encloses ip p -> encloses it t ->
  let m := run network (Moments p p p t) in
  let d := eval_diagonal (map compile network) ip it in
  follows network p (fst d) /\ encloses (last (fst d) I.nai) (covariance m) /\ encloses (snd d) (tangent m).
Proof.
induction network as [|l rest IH]; intros ip it p t Hp Ht; [simpl; auto|].
assert (chained : forall i j chain, last (i :: j :: chain) I.nai = last (j :: chain) I.nai) by reflexivity.
destruct l as [w b|s]; cbn [map compile eval_diagonal run through variance].
- specialize (IH (affine (rational w) (unless_zero b b) ip)
    (I.add prec (I.mul prec (rational w) it) (affine (rational w) (unless_zero b b) ip))
    (Q2R w * p + Q2R b) (Q2R w * t + (Q2R w * p + Q2R b)) (affine_sound w b ip p Hp)
    (add_sound _ _ _ _ _ (mul_sound _ _ _ _ _ (rational_sound _ w) Ht) (affine_sound w b ip p Hp))).
  cbv zeta in IH. destruct (eval_diagonal _ _ _) as [[|j chain] own]; cbn [fst snd follows variance] in *; [tauto|].
  rewrite chained. tauto.
- destruct (eval_same_sound s ip p Hp) as [Hv Hs].
  destruct (eval_duals s ip ip ip (integer 0)) as [value slope]. cbn [fst snd] in Hv, Hs.
  specialize (IH value (I.mul prec it slope) (dual s p p p) (t * derivative_dual s p p p) Hv
    (mul_sound _ _ _ _ _ Ht Hs)).
  cbv zeta in IH. destruct (eval_diagonal _ _ _) as [[|j chain] own]; cbn [fst snd follows variance] in *; [tauto|].
  rewrite chained. tauto.
Qed.

(** Enclosures of p q - r^2 and p + q - 2 r, as long as they are known better than p, q and r tell. *)
Definition gaps : Type := option (I.type * I.type).

Definition gaps_hold (g : gaps) (p q r : R) : Prop :=
  match g with
  | Some (discriminant, distance) => encloses discriminant (p * q - r ^ 2) /\ encloses distance (p + q - 2 * r)
  | None => True
  end.

Definition gaps_through (w ww : I.type) (wb : option I.type) (g : gaps) : gaps :=
  match g with
  | Some (discriminant, distance) =>
      let scaled := I.mul prec ww discriminant in
      Some (match wb with Some wb => I.add prec scaled (I.mul prec wb distance) | None => scaled end,
            I.mul prec w distance)
  | None => None
  end.

Lemma gaps_through_sound w b g p q r : gaps_hold g p q r ->
  gaps_hold (gaps_through (rational w) (rational (w * w)) (unless_zero b (w * b)) g)
    (Q2R w * p + Q2R b) (Q2R w * q + Q2R b) (Q2R w * r + Q2R b).
Proof.
destruct g as [[discriminant distance]|]; [|auto]. cbn [gaps_hold gaps_through]. intros [H1 H2]. split.
- replace ((Q2R w * p + Q2R b) * (Q2R w * q + Q2R b) - _)
    with (Q2R (w * w) * (p * q - r ^ 2) + Q2R (w * b) * (p + q - 2 * r)) by (rewrite !Q2R_mult; ring).
  unfold unless_zero. destruct (Qeq_bool b 0) eqn:E; [|enclose].
  rewrite (Q2R_mult w b), (zero_sound b E), Rmult_0_r, Rmult_0_l, Rplus_0_r. enclose.
- replace (Q2R w * p + Q2R b + (Q2R w * q + Q2R b) - 2 * (Q2R w * r + Q2R b))
    with (Q2R w * (p + q - 2 * r)) by ring.
  enclose.
Qed.

Definition discriminant (g : gaps) (p q r : I.type) : I.type :=
  match g with Some (d, _) => d | None => I.sub prec (I.mul prec p q) (I.mul prec r r) end.

Lemma discriminant_sound g ip iq ir p q r :
  gaps_hold g p q r -> encloses ip p -> encloses iq q -> encloses ir r ->
  encloses (discriminant g ip iq ir) (p * q - r ^ 2).
Proof.
destruct g as [[d e]|]; simpl; [tauto|]. intros. replace (p * q - r * (r * 1)) with (p * q - r * r) by ring. enclose.
Qed.

Fixpoint eval_run (steps : list step) (cp cq : list I.type) (r : I.type) (g : gaps) (t : I.type) : I.type * I.type :=
  match steps, cp, cq with
  | [], _, _ => (r, t)
  | Affine w b ww wb :: rest, _ :: cp', _ :: cq' =>
      let r' := affine w b r in eval_run rest cp' cq' r' (gaps_through w ww wb g) (I.add prec (I.mul prec w t) r')
  | Nonlinear f :: rest, p :: cp', q :: cq' =>
      let (value, slope) := f p q r (discriminant g p q r) in eval_run rest cp' cq' value None (I.mul prec t slope)
  | _, _, _ => (I.nai, I.nai)
  end.

Lemma eval_run_sound network : forall cp cq ir g it p q r t,
  follows network p cp -> follows network q cq -> encloses ir r -> gaps_hold g p q r -> encloses it t ->
  let m := run network (Moments p q r t) in
  let e := eval_run (map compile network) cp cq ir g it in
  encloses (fst e) (covariance m) /\ encloses (snd e) (tangent m).
Proof.
induction network as [|l rest IH]; intros cp cq ir g it p q r t Hp Hq Hr Hg Ht; [simpl; auto|].
destruct cp as [|ip cp]; [destruct Hp|]. destruct cq as [|iq cq]; [destruct Hq|].
destruct Hp as [Hp Hcp], Hq as [Hq Hcq].
destruct l as [w b|s]; cbn [map compile eval_run run through].
- apply IH; auto.
  + now apply affine_sound.
  + now apply gaps_through_sound.
  + apply add_sound; [apply mul_sound; auto; apply rational_sound|now apply affine_sound].
- destruct (eval_duals_sound prec half_terms known sound ip iq ir (discriminant g ip iq ir) p q r Hp Hq Hr (discriminant_sound _ _ _ _ _ _ _ Hg Hp Hq Hr) s)
    as [Hv Hs].
  destruct (eval_duals s _ _ _ _) as [value slope]. cbn [fst snd] in Hv, Hs.
  apply IH; auto; [exact Logic.I|now apply mul_sound].
Qed.
End At_precision.
End Evaluation.
