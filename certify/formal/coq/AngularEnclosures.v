(** Enclosures of the duals that speak of an angle: rectifiers, jumps, rectified powers; and of erf.

    Every evaluator takes enclosures of p, q, r and of p q - r^2, gives those of the dual and of the derivative dual, and
    computes the constants of its activation before any of the four is known. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra Psatz.
From Interval Require Import Float_full Interval Sig Xreal Basic.
From NTK Require Import Kernels Duals Functions.
Import ListNotations.
Open Scope R_scope.

Module AngularEnclosures (F : FloatOps with Definition sensible_format := true).
Module Export B := Functions F.

Section At_precision.
Variables (prec : F.precision) (half_terms : nat) (known : constants).
Hypothesis sound : constants_sound prec half_terms known.

Local Notation integer := (B.integer prec).
Local Notation rational := (B.rational prec).
Local Notation eval_atan := (B.eval_atan prec known).
Local Notation add := (I.add prec).
Local Notation sub := (I.sub prec).
Local Notation mul := (I.mul prec).
Local Notation div := (I.div prec).
Local Notation sqrt' := (I.sqrt prec).

Lemma eval_atan_holds i x : encloses i x -> encloses (eval_atan i) (atan x).
Proof. apply (eval_atan_sound prec half_terms known sound). Qed.

Let pi_holds : encloses (pi known) PI := pi_sound _ _ _ sound.
Let half_pi_holds : encloses (half_pi known) (PI / 2) := half_pi_sound _ _ _ sound.

Definition eval_angle (p q r gap : I.type) : I.type :=
  if positive_interval p && positive_interval q then
    if positive_interval r then eval_atan (div (sqrt' gap) r)
    else if positive_interval (I.neg r) then add (pi known) (eval_atan (div (sqrt' gap) r))
    else if positive_interval gap then sub (half_pi known) (eval_atan (div r (sqrt' gap)))
    else I.nai
  else I.nai.

Definition evaluator : Type := I.type -> I.type -> I.type -> I.type -> I.type * I.type.

Definition kink (a b : Q) : I.type := div (rational ((a - b) * (a - b))) (mul (integer 2) (pi known)).
Definition aligned (a b : Q) : I.type := rational ((a * a + b * b) * (1 # 2)).

Definition eval_rectifier (a b : Q) : evaluator :=
  let kink := kink a b in
  let aligned := aligned a b in
  fun p q r gap =>
    let slope := sub aligned (mul kink (eval_angle p q r gap)) in
    (add (mul kink (sqrt' gap)) (mul r slope), slope).

Definition eval_jump (a b : Q) : evaluator :=
  let kink := kink a b in
  let aligned := aligned a b in
  let zero := integer 0 in
  fun p q r gap => (sub aligned (mul kink (eval_angle p q r gap)), zero).

(** (J_k, J_(k+1)) *)
Fixpoint eval_arc_cosines (k : nat) (circle p q r gap : I.type) : I.type * I.type :=
  match k with
  | O =>
      let up := div (sub (pi known) (eval_angle p q r gap)) circle in
      (up, add (div (sqrt' gap) circle) (mul r up))
  | S j =>
      let (before, now) := eval_arc_cosines j circle p q r gap in
      (now, add (mul (mul (integer (Z.of_nat (2 * j + 3))) r) now)
                (mul (mul (integer (Z.of_nat (S j) * Z.of_nat (S j))) gap) before))
  end.

Definition eval_rectified_power (k : nat) : evaluator :=
  let circle := mul (integer 2) (pi known) in
  match k with
  | O =>
      let zero := integer 0 in fun p q r gap => (fst (eval_arc_cosines 0 circle p q r gap), zero)
  | S j =>
      let weight := integer (Z.of_nat k * Z.of_nat k) in
      fun p q r gap => let (before, now) := eval_arc_cosines j circle p q r gap in (now, mul weight before)
  end.

Definition eval_erf (a b c : Q) : evaluator :=
  let k := rational (2 * b * b) in
  let kk := mul k k in
  let one := integer 1 in
  let offset := rational (c * c) in
  let scale := div (rational (2 * a * a)) (pi known) in
  let slope := div (mul (rational (2 * a * a)) k) (pi known) in
  fun p q r gap =>
    let radicand := add (add one (mul k (add p q))) (mul kk gap) in
    let root := sqrt' radicand in
    if positive_interval (add one (mul k p)) && positive_interval (add one (mul k q)) && positive_interval radicand
    then (add offset (mul scale (eval_atan (div (mul k r) root))), div slope root)
    else (I.nai, I.nai).

Ltac enclose :=
  repeat first
    [ assumption | apply integer_sound | apply rational_sound | exact pi_holds | exact half_pi_holds
    | apply add_sound | apply sub_sound | apply mul_sound | apply sqrt_sound | apply eval_atan_holds ].

Section Sound.
Variables (ip iq ir igap : I.type) (p q r : R).
Hypothesis Hp : encloses ip p.
Hypothesis Hq : encloses iq q.
Hypothesis Hr : encloses ir r.
Hypothesis Hgap : encloses igap (p * q - r ^ 2).

(** An evaluator is right about an activation. *)
Definition right (e : evaluator) (s : activation) : Prop :=
  encloses (fst (e ip iq ir igap)) (dual s p q r) /\ encloses (snd (e ip iq ir igap)) (derivative_dual s p q r).

Lemma eval_angle_sound : encloses (eval_angle ip iq ir igap) (angle p q r).
Proof.
unfold eval_angle.
destruct (positive_interval ip) eqn:Ep; [|apply nai_sound].
destruct (positive_interval iq) eqn:Eq; [|apply nai_sound]. simpl.
apply (positive_sound _ p) in Ep; auto. apply (positive_sound _ q) in Eq; auto.
destruct (positive_interval ir) eqn:Er.
{ apply (positive_sound _ r) in Er; auto. rewrite angle_acute by auto.
  apply eval_atan_holds, div_sound; enclose. lra. }
destruct (positive_interval (I.neg ir)) eqn:En.
{ apply (positive_sound _ (- r)) in En; [|now apply neg_sound]. rewrite angle_obtuse by (auto; lra).
  apply add_sound; auto. apply eval_atan_holds, div_sound; enclose. lra. }
destruct (positive_interval igap) eqn:Eg; [|apply nai_sound].
apply (positive_sound _ (p * q - r ^ 2)) in Eg; auto. rewrite angle_right by auto.
apply sub_sound; [enclose|].
apply eval_atan_holds, div_sound; enclose. apply Rgt_not_eq. now apply sqrt_lt_R0.
Qed.

Lemma half : Q2R (1 # 2) = / 2.
Proof. unfold Q2R. simpl. field. Qed.

Lemma kink_sound a b : encloses (kink a b) ((Q2R a - Q2R b) ^ 2 / (2 * PI)).
Proof.
unfold kink. replace ((Q2R a - Q2R b) ^ 2) with (Q2R ((a - b) * (a - b))) by (rewrite Q2R_mult, !Q2R_minus; ring).
apply div_sound; enclose. pose proof PI_RGT_0. lra.
Qed.

Lemma two_sided_sound a b :
  encloses (sub (aligned a b) (mul (kink a b) (eval_angle ip iq ir igap))) (two_sided a b p q r).
Proof.
unfold two_sided, aligned.
replace ((Q2R a ^ 2 + Q2R b ^ 2) / 2) with (Q2R ((a * a + b * b) * (1 # 2)))
  by (rewrite Q2R_mult, Q2R_plus, !Q2R_mult, half; field).
apply sub_sound; enclose; [apply kink_sound|apply eval_angle_sound].
Qed.

Lemma eval_rectifier_sound a b : right (eval_rectifier a b) (ABRelu a b).
Proof.
split; cbv [eval_rectifier fst snd dual derivative_dual]; [|apply two_sided_sound].
apply add_sound; apply mul_sound; [apply kink_sound|enclose|exact Hr|apply two_sided_sound].
Qed.

Lemma eval_jump_sound a b : right (eval_jump a b) (Jump a b).
Proof. split; cbv [eval_jump fst snd dual derivative_dual]; [apply two_sided_sound|apply integer_sound]. Qed.

Lemma eval_arc_cosines_sound circle k : encloses circle (2 * PI) ->
  let e := eval_arc_cosines k circle ip iq ir igap in
  encloses (fst e) (fst (arc_cosines k p q r)) /\ encloses (snd e) (snd (arc_cosines k p q r)).
Proof.
intros Hc. pose proof PI_RGT_0. assert (2 * PI <> 0) by lra.
induction k as [|k IH]; cbn [eval_arc_cosines arc_cosines].
- set (up := div _ circle).
  assert (encloses up ((PI - angle p q r) / (2 * PI))).
  { apply div_sound; auto. apply sub_sound; auto. apply eval_angle_sound. }
  split; [assumption|]. cbn [snd]. enclose. apply div_sound; enclose.
- cbv zeta in IH. destruct (eval_arc_cosines k _ _ _ _ _) as [before now], (arc_cosines k p q r) as [x y].
  destruct IH as [IH1 IH2]. split; [exact IH2|]. cbn [fst snd] in *.
  rewrite (INR_IZR_INZ (S k)), (INR_IZR_INZ (2 * k + 3)).
  replace (IZR (Z.of_nat (S k)) ^ 2) with (IZR (Z.of_nat (S k) * Z.of_nat (S k))) by (rewrite mult_IZR; ring). enclose.
Qed.

Lemma eval_rectified_power_sound k : right (eval_rectified_power k) (RectifiedPower k).
Proof.
assert (Hc : encloses (mul (integer 2) (pi known)) (2 * PI)) by enclose.
destruct k as [|k]; unfold right, eval_rectified_power; cbn [dual derivative_dual].
- split; [apply (eval_arc_cosines_sound _ 0 Hc)|apply integer_sound].
- destruct (eval_arc_cosines_sound _ k Hc) as [H1 H2]. unfold arc_cosine. cbn [arc_cosines].
  destruct (eval_arc_cosines k _ _ _ _ _) as [before now], (arc_cosines k p q r) as [x y]. cbn [fst snd] in *.
  split; [exact H2|]. rewrite (INR_IZR_INZ (S k)).
  replace (IZR (Z.of_nat (S k)) ^ 2) with (IZR (Z.of_nat (S k) * Z.of_nat (S k))) by (rewrite mult_IZR; ring). enclose.
Qed.

Lemma two : Q2R 2 = 2.
Proof. unfold Q2R. simpl. field. Qed.

Lemma eval_erf_sound a b c : right (eval_erf a b c) (Erf a b c).
Proof.
unfold right, eval_erf. set (ik := rational (2 * b * b)).
set (radicand := add (add (integer 1) (mul ik (add ip iq))) (mul (mul ik ik) igap)).
assert (Hk : encloses ik (2 * Q2R b ^ 2)).
{ replace (2 * Q2R b ^ 2) with (Q2R (2 * b * b)) by (rewrite !Q2R_mult, two; ring). apply rational_sound. }
unfold dual, derivative_dual, widened. set (k := 2 * Q2R b ^ 2) in *.
set (s := (1 + k * p) * (1 + k * q) - (k * r) ^ 2).
assert (Hs : encloses radicand s).
{ unfold radicand, s. replace ((1 + k * p) * (1 + k * q) - (k * r) ^ 2)
    with (1 + k * (p + q) + k * k * (p * q - r ^ 2)) by ring. enclose. }
destruct (positive_interval (add _ (mul ik ip))) eqn:E1; [|split; apply nai_sound].
destruct (positive_interval (add _ (mul ik iq))) eqn:E2; [|split; apply nai_sound].
destruct (positive_interval radicand) eqn:E3; [|split; apply nai_sound].
apply (positive_sound _ (1 + k * p)) in E1; [|enclose].
apply (positive_sound _ (1 + k * q)) in E2; [|enclose].
apply (positive_sound _ s) in E3; auto.
assert (Hroot : 0 < sqrt s) by now apply sqrt_lt_R0.
pose proof PI_RGT_0.
assert (Ha : Q2R (2 * a * a) = 2 * Q2R a ^ 2) by (rewrite !Q2R_mult, two; ring).
assert (Hc : Q2R (c * c) = Q2R c ^ 2) by (rewrite Q2R_mult; ring).
cbn [fst snd]. rewrite <- Ha, <- Hc. split.
- rewrite erf_arcsine by assumption. fold s. enclose.
  + apply div_sound; enclose. lra.
  + apply div_sound; enclose. lra.
- apply div_sound; [lra| |enclose]. apply div_sound; [lra| |enclose]. enclose.
Qed.
End Sound.
End At_precision.
End AngularEnclosures.
