(** Enclosures of duals, and of kernels layer by layer.

    coq-interval's arithmetic is driven directly, on any of its number formats.  Every operation encloses the exact
    result, so that what is proved here is containment all the way, at whatever precision. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra Psatz.
From Interval Require Import Float_full Interval Sig Xreal Basic.
From NTK Require Import Matrices Kernels Duals.
Import ListNotations.
Open Scope R_scope.

Module Evaluation (F : FloatOps with Definition sensible_format := true).
Module I := FloatIntervalFull F.

Definition encloses (i : I.type) (x : R) : Prop := contains (I.convert i) (Xreal x).

Definition positive_interval (i : I.type) : bool := match I.sign_strict i with Xgt => true | _ => false end.

Lemma positive_sound i x : positive_interval i = true -> encloses i x -> 0 < x.
Proof.
unfold positive_interval, encloses. intros H Hx. pose proof (I.sign_strict_correct i) as S.
destruct (I.sign_strict i); try discriminate. apply (S _ Hx).
Qed.

Lemma nai_sound x : encloses I.nai x.
Proof. unfold encloses. rewrite I.nai_correct. exact Logic.I. Qed.

Section At_precision.
Variable prec : F.precision.

Definition integer (z : Z) : I.type := I.fromZ prec z.
Definition rational (q : Q) : I.type := I.div prec (integer (Qnum q)) (integer (Zpos (Qden q))).
Definition ratio (a b : Z) : I.type := I.div prec (integer a) (integer b).

Lemma add_sound a b x y : encloses a x -> encloses b y -> encloses (I.add prec a b) (x + y).
Proof. apply (I.add_correct prec a b (Xreal x) (Xreal y)). Qed.

Lemma sub_sound a b x y : encloses a x -> encloses b y -> encloses (I.sub prec a b) (x - y).
Proof. apply (I.sub_correct prec a b (Xreal x) (Xreal y)). Qed.

Lemma mul_sound a b x y : encloses a x -> encloses b y -> encloses (I.mul prec a b) (x * y).
Proof. apply (I.mul_correct prec a b (Xreal x) (Xreal y)). Qed.

Lemma div_sound a b x y : y <> 0 -> encloses a x -> encloses b y -> encloses (I.div prec a b) (x / y).
Proof.
intros Hy Ha Hb. generalize (I.div_correct prec a b (Xreal x) (Xreal y) Ha Hb).
simpl. unfold Xdiv'. now rewrite is_zero_false.
Qed.

Lemma neg_sound a x : encloses a x -> encloses (I.neg a) (- x).
Proof. apply (I.neg_correct a (Xreal x)). Qed.

Lemma sqrt_sound a x : encloses a x -> encloses (I.sqrt prec a) (sqrt x).
Proof. apply (I.sqrt_correct prec a (Xreal x)). Qed.

Lemma atan_sound a x : encloses a x -> encloses (I.atan prec a) (atan x).
Proof. apply (I.atan_correct prec a (Xreal x)). Qed.

Lemma integer_sound z : encloses (integer z) (IZR z).
Proof. apply I.fromZ_correct. Qed.

Lemma ratio_sound a b : (0 < b)%Z -> encloses (ratio a b) (IZR a / IZR b).
Proof. intros H. apply div_sound; try apply integer_sound. apply Rgt_not_eq. now apply IZR_lt. Qed.

Lemma rational_sound q : encloses (rational q) (Q2R q).
Proof. apply (ratio_sound (Qnum q) (Zpos (Qden q))). reflexivity. Qed.

(** * Duals *)

Variable pi : I.type.
Hypothesis pi_sound : encloses pi PI.

Definition eval_angle (p q r gap : I.type) : I.type :=
  if positive_interval p && positive_interval q then
    if positive_interval r then I.atan prec (I.div prec (I.sqrt prec gap) r)
    else if positive_interval (I.neg r) then I.add prec pi (I.atan prec (I.div prec (I.sqrt prec gap) r))
    else if positive_interval gap then
      I.sub prec (I.div prec pi (integer 2)) (I.atan prec (I.div prec r (I.sqrt prec gap)))
    else I.nai
  else I.nai.

Definition eval_rectifier (a b : Q) (p q r gap : I.type) : I.type * I.type :=
  let kink := I.div prec (rational ((a - b) * (a - b))) (I.mul prec (integer 2) pi) in
  let slope := I.sub prec (rational ((a * a + b * b) * (1 # 2))) (I.mul prec kink (eval_angle p q r gap)) in
  (I.add prec (I.mul prec kink (I.sqrt prec gap)) (I.mul prec r slope), slope).

Definition eval_erf (a b c : Q) (p q r gap : I.type) : I.type * I.type :=
  let k := rational (2 * b * b) in
  let one := integer 1 in
  let radicand := I.add prec (I.add prec one (I.mul prec k (I.add prec p q))) (I.mul prec (I.mul prec k k) gap) in
  let root := I.sqrt prec radicand in
  let scale := I.div prec (rational (2 * a * a)) pi in
  if positive_interval (I.add prec one (I.mul prec k p)) && positive_interval (I.add prec one (I.mul prec k q)) &&
     positive_interval radicand
  then (I.add prec (rational (c * c)) (I.mul prec scale (I.atan prec (I.div prec (I.mul prec k r) root))),
        I.div prec (I.div prec (I.mul prec (rational (2 * a * a)) k) pi) root)
  else (I.nai, I.nai).

(** Dual and derivative dual from enclosures of p, q, r and of p q - r^2. *)
Definition eval_duals (s : activation) : I.type -> I.type -> I.type -> I.type -> I.type * I.type :=
  match s with ABRelu a b => eval_rectifier a b | Erf a b c => eval_erf a b c end.

Ltac enclose :=
  repeat first
    [ assumption | apply integer_sound | apply rational_sound | apply pi_sound
    | apply add_sound | apply sub_sound | apply mul_sound | apply sqrt_sound | apply atan_sound ].

Section Duals.
Variables (ip iq ir igap : I.type) (p q r : R).
Hypothesis Hp : encloses ip p.
Hypothesis Hq : encloses iq q.
Hypothesis Hr : encloses ir r.
Hypothesis Hgap : encloses igap (p * q - r ^ 2).

Lemma eval_angle_sound : encloses (eval_angle ip iq ir igap) (angle p q r).
Proof.
unfold eval_angle.
destruct (positive_interval ip) eqn:Ep; [|apply nai_sound].
destruct (positive_interval iq) eqn:Eq; [|apply nai_sound]. simpl.
apply (positive_sound _ p) in Ep; auto. apply (positive_sound _ q) in Eq; auto.
destruct (positive_interval ir) eqn:Er.
{ apply (positive_sound _ r) in Er; auto. rewrite angle_acute by auto.
  apply atan_sound, div_sound; enclose. lra. }
destruct (positive_interval (I.neg ir)) eqn:En.
{ apply (positive_sound _ (- r)) in En; [|now apply neg_sound]. rewrite angle_obtuse by (auto; lra).
  apply add_sound; auto. apply atan_sound, div_sound; enclose. lra. }
destruct (positive_interval igap) eqn:Eg; [|apply nai_sound].
apply (positive_sound _ (p * q - r ^ 2)) in Eg; auto. rewrite angle_right by auto.
apply sub_sound.
- apply div_sound; enclose. lra.
- apply atan_sound, div_sound; enclose. apply Rgt_not_eq. now apply sqrt_lt_R0.
Qed.

Lemma half : Q2R (1 # 2) = / 2.
Proof. unfold Q2R. simpl. field. Qed.

Lemma eval_rectifier_sound a b :
  encloses (fst (eval_rectifier a b ip iq ir igap)) (dual (ABRelu a b) p q r) /\
  encloses (snd (eval_rectifier a b ip iq ir igap)) (derivative_dual (ABRelu a b) p q r).
Proof.
unfold eval_rectifier. cbn [fst snd].
set (kink := I.div _ _ _).
assert (Hkink : encloses kink ((Q2R a - Q2R b) ^ 2 / (2 * PI))).
{ unfold kink. replace ((Q2R a - Q2R b) ^ 2) with (Q2R ((a - b) * (a - b))) by (rewrite Q2R_mult, !Q2R_minus; ring).
  apply div_sound; enclose. pose proof PI_RGT_0. lra. }
set (slope := I.sub _ _ _).
assert (Hslope : encloses slope (derivative_dual (ABRelu a b) p q r)).
{ unfold slope, derivative_dual.
  replace ((Q2R a ^ 2 + Q2R b ^ 2) / 2) with (Q2R ((a * a + b * b) * (1 # 2)))
    by (rewrite Q2R_mult, Q2R_plus, !Q2R_mult, half; field).
  apply sub_sound; enclose. apply eval_angle_sound. }
split; [|exact Hslope]. unfold dual. enclose.
Qed.

Lemma eval_erf_sound a b c :
  encloses (fst (eval_erf a b c ip iq ir igap)) (dual (Erf a b c) p q r) /\
  encloses (snd (eval_erf a b c ip iq ir igap)) (derivative_dual (Erf a b c) p q r).
Proof.
unfold eval_erf. set (ik := rational (2 * b * b)). 
set (radicand := I.add prec (I.add prec (integer 1) (I.mul prec ik (I.add prec ip iq))) (I.mul prec (I.mul prec ik ik) igap)).
assert (H2 : Q2R 2 = 2) by (unfold Q2R; simpl; field).
assert (Hk : encloses ik (2 * Q2R b ^ 2)).
{ replace (2 * Q2R b ^ 2) with (Q2R (2 * b * b)) by (rewrite !Q2R_mult, H2; ring). apply rational_sound. }
set (k := 2 * Q2R b ^ 2) in *.
set (s := (1 + k * p) * (1 + k * q) - (k * r) ^ 2).
assert (Hs : encloses radicand s).
{ unfold radicand, s. rewrite erf_radicand. enclose. }
destruct (positive_interval (I.add _ _ (I.mul _ ik ip))) eqn:E1; [|split; apply nai_sound].
destruct (positive_interval (I.add _ _ (I.mul _ ik iq))) eqn:E2; [|split; apply nai_sound].
destruct (positive_interval radicand) eqn:E3; [|split; apply nai_sound].
apply (positive_sound _ (1 + k * p)) in E1; [|enclose].
apply (positive_sound _ (1 + k * q)) in E2; [|enclose].
apply (positive_sound _ s) in E3; auto.
assert (Hroot : 0 < sqrt s) by now apply sqrt_lt_R0.
pose proof PI_RGT_0.
assert (Ha : Q2R (2 * a * a) = 2 * Q2R a ^ 2) by (rewrite !Q2R_mult, H2; ring).
assert (Hc : Q2R (c * c) = Q2R c ^ 2) by (rewrite Q2R_mult; ring).
cbn [fst snd]. unfold dual, derivative_dual. fold k. fold s. rewrite <- Ha, <- Hc. split.
- rewrite erf_arcsine by assumption. fold s. enclose.
  + apply div_sound; enclose. lra.
  + apply div_sound; enclose. lra.
- apply div_sound; [lra| |enclose]. apply div_sound; [lra| |enclose]. enclose.
Qed.

Lemma eval_duals_sound s :
  encloses (fst (eval_duals s ip iq ir igap)) (dual s p q r) /\
  encloses (snd (eval_duals s ip iq ir igap)) (derivative_dual s p q r).
Proof. destruct s; [apply eval_rectifier_sound|apply eval_erf_sound]. Qed.
End Duals.

(** * Layers *)

Definition variance (l : layer) (p : R) : R :=
  match l with Dense w b => Q2R w * p + Q2R b | Activation s => dual s p p p end.

Definition affine (w b : Q) (i : I.type) : I.type := I.add prec (I.mul prec (rational w) i) (rational b).

Lemma affine_sound w b i x : encloses i x -> encloses (affine w b i) (Q2R w * x + Q2R b).
Proof. intros. unfold affine. enclose. Qed.

(** On the diagonal p q - r^2 = 0, exactly. *)
Definition eval_same (s : activation) (p : I.type) : I.type * I.type := eval_duals s p p p (integer 0).

Lemma eval_same_sound s i p : encloses i p ->
  encloses (fst (eval_same s i)) (dual s p p p) /\ encloses (snd (eval_same s i)) (derivative_dual s p p p).
Proof.
intros H. apply eval_duals_sound; auto. replace (p * p - p ^ 2) with 0 by ring. apply integer_sound.
Qed.

(** The variances of one point before every layer, and after the last. *)
Fixpoint variances (network : list layer) (p : I.type) : list I.type :=
  p :: match network with
       | [] => []
       | Dense w b :: rest => variances rest (affine w b p)
       | Activation s :: rest => variances rest (fst (eval_same s p))
       end.

Fixpoint follows (network : list layer) (p : R) (c : list I.type) : Prop :=
  match c with
  | [] => False
  | i :: c' => encloses i p /\ match network with [] => True | l :: rest => follows rest (variance l p) c' end
  end.

Lemma variances_sound network : forall i p, encloses i p -> follows network p (variances network i).
Proof.
induction network as [|[w b|s] rest IH]; intros i p H; simpl; (split; [exact H|]); auto.
- apply IH. now apply affine_sound.
- apply IH. now apply eval_same_sound.
Qed.

Fixpoint eval_diagonal (network : list layer) (p t : I.type) : I.type * I.type :=
  match network with
  | [] => (p, t)
  | Dense w b :: rest => let p' := affine w b p in eval_diagonal rest p' (I.add prec (I.mul prec (rational w) t) p')
  | Activation s :: rest => let d := eval_same s p in eval_diagonal rest (fst d) (I.mul prec t (snd d))
  end.

Lemma eval_diagonal_sound network : forall ip it p t, encloses ip p -> encloses it t ->
  let m := run network (Moments p p p t) in
  encloses (fst (eval_diagonal network ip it)) (covariance m) /\
  encloses (snd (eval_diagonal network ip it)) (tangent m).
Proof.
induction network as [|[w b|s] rest IH]; intros ip it p t Hp Ht; [simpl; auto| |]; cbn [eval_diagonal run through]; apply IH.
- now apply affine_sound.
- apply add_sound; [apply mul_sound; auto; apply rational_sound|now apply affine_sound].
- now apply eval_same_sound.
- apply mul_sound; auto. now apply eval_same_sound.
Qed.

(** Enclosures of p q - r^2 and p + q - 2 r, as long as they are known better than p, q and r tell. *)
Definition gaps : Type := option (I.type * I.type).

Definition gaps_hold (g : gaps) (p q r : R) : Prop :=
  match g with
  | Some (discriminant, distance) => encloses discriminant (p * q - r ^ 2) /\ encloses distance (p + q - 2 * r)
  | None => True
  end.

Definition gaps_through (w b : Q) (g : gaps) : gaps :=
  match g with
  | Some (discriminant, distance) =>
      Some (I.add prec (I.mul prec (rational (w * w)) discriminant) (I.mul prec (rational (w * b)) distance),
            I.mul prec (rational w) distance)
  | None => None
  end.

Lemma gaps_through_sound w b g p q r : gaps_hold g p q r ->
  gaps_hold (gaps_through w b g) (Q2R w * p + Q2R b) (Q2R w * q + Q2R b) (Q2R w * r + Q2R b).
Proof.
destruct g as [[discriminant distance]|]; [|auto]. simpl. intros [H1 H2]. split.
- replace ((Q2R w * p + Q2R b) * (Q2R w * q + Q2R b) - _)
    with (Q2R (w * w) * (p * q - r ^ 2) + Q2R (w * b) * (p + q - 2 * r)) by (rewrite !Q2R_mult; ring).
  enclose.
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

Fixpoint eval_run (network : list layer) (cp cq : list I.type) (r : I.type) (g : gaps) (t : I.type) : I.type * I.type :=
  match network, cp, cq with
  | [], _, _ => (r, t)
  | Dense w b :: rest, _ :: cp', _ :: cq' =>
      let r' := affine w b r in
      eval_run rest cp' cq' r' (gaps_through w b g) (I.add prec (I.mul prec (rational w) t) r')
  | Activation s :: rest, p :: cp', q :: cq' =>
      let d := eval_duals s p q r (discriminant g p q r) in
      eval_run rest cp' cq' (fst d) None (I.mul prec t (snd d))
  | _, _, _ => (I.nai, I.nai)
  end.

Lemma eval_run_sound network : forall cp cq ir g it p q r t,
  follows network p cp -> follows network q cq -> encloses ir r -> gaps_hold g p q r -> encloses it t ->
  let m := run network (Moments p q r t) in
  encloses (fst (eval_run network cp cq ir g it)) (covariance m) /\
  encloses (snd (eval_run network cp cq ir g it)) (tangent m).
Proof.
induction network as [|l rest IH]; intros cp cq ir g it p q r t Hp Hq Hr Hg Ht; [simpl; auto|].
destruct cp as [|ip cp]; [destruct Hp|]. destruct cq as [|iq cq]; [destruct Hq|].
destruct Hp as [Hp Hcp], Hq as [Hq Hcq].
destruct l as [w b|s]; cbn [eval_run run through]; apply IH; auto.
- now apply affine_sound.
- now apply gaps_through_sound.
- apply add_sound; [apply mul_sound; auto; apply rational_sound|now apply affine_sound].
- apply eval_duals_sound; auto. now apply discriminant_sound.
- exact Logic.I.
- apply mul_sound; auto. apply eval_duals_sound; auto. now apply discriminant_sound.
Qed.
End At_precision.
End Evaluation.
