(** Enclosures of elementary functions.

    coq-interval's arithmetic is driven directly, on any of its number formats.  Every operation encloses the exact
    result, so that what is proved here is containment all the way, at whatever precision. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra Psatz.
From Interval Require Import Float_full Interval Sig Xreal Basic.
From NTK Require Import Arctangent.
Import ListNotations.
Open Scope R_scope.

Module Functions (F : FloatOps with Definition sensible_format := true).
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
Definition ratio (a b : Z) : I.type := if Z.eqb b 1 then integer a else I.div prec (integer a) (integer b).
Definition rational (q : Q) : I.type := ratio (Qnum q) (Zpos (Qden q)).

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
Proof.
intros H. unfold ratio. destruct (Z.eqb_spec b 1) as [->|_].
- replace (IZR a / 1) with (IZR a) by field. apply integer_sound.
- apply div_sound; try apply integer_sound. apply Rgt_not_eq. now apply IZR_lt.
Qed.

Lemma rational_sound q : encloses (rational q) (Q2R q).
Proof. apply (ratio_sound (Qnum q) (Zpos (Qden q))). reflexivity. Qed.

(** * Constants *)

(** Where an argument lies: a point near it with its arctangent, found by bisection. *)
Inductive table : Type :=
  | Near (point arctangent : I.type)
  | Split (middle : I.type) (below above : table).

(** Computed once for all entries: pi, pi / 2, 1 / (2 k + 1), the table for 0 <= x <= 1, and what the series omits. *)
Record constants : Type := Constants {
  pi : I.type; half_pi : I.type; odd_inverses : list I.type; nearby : table; bound : I.type; omitted : I.type }.

Definition reach : Z := 31.

Fixpoint table_sound (t : table) : Prop :=
  match t with
  | Near c a => exists v, 0 <= v /\ encloses c v /\ encloses a (atan v)
  | Split _ below above => table_sound below /\ table_sound above
  end.

(** Points (2 i + 1) / (2 parts) for the i-th part of [0, 1], refined [depth] times. *)
Fixpoint build (depth : nat) (parts i : Z) : table :=
  let middle := ratio (2 * i + 1) (2 * parts) in
  match depth with
  | O => Near middle (I.atan prec middle)
  | S d => Split middle (build d (2 * parts) (2 * i)) (build d (2 * parts) (2 * i + 1))
  end.

Lemma build_sound depth : forall parts i, (0 < parts)%Z -> (0 <= i)%Z -> table_sound (build depth parts i).
Proof.
induction depth as [|d IH]; intros parts i Hp Hi; [|split; apply IH; lia].
assert (H : encloses (ratio (2 * i + 1) (2 * parts)) (IZR (2 * i + 1) / IZR (2 * parts))) by (apply ratio_sound; lia).
exists (IZR (2 * i + 1) / IZR (2 * parts)). split; [|split; [exact H|now apply atan_sound]].
apply Rmult_le_pos; [apply IZR_le; lia|]. left. apply Rinv_0_lt_compat, IZR_lt. lia.
Qed.

Fixpoint inverses (n k : nat) : list I.type :=
  match n with O => [] | S m => ratio 1 (Z.of_nat (2 * k + 1)) :: inverses m (S k) end.

Definition unit_ball : I.type := I.bnd (F.fromZ (-1)) (F.fromZ 1).

Lemma unit_ball_convert : I.convert unit_ball = Ibnd (Xreal (-1)) (Xreal 1).
Proof.
unfold unit_ball. rewrite I.bnd_correct.
- now rewrite !F.fromZ_correct by lia.
- apply I.valid_lb_real. now rewrite F.fromZ_correct by lia.
- apply I.valid_ub_real. now rewrite F.fromZ_correct by lia.
Qed.

Lemma unit_ball_sound x : encloses unit_ball x <-> Rabs x <= 1.
Proof.
unfold encloses. rewrite unit_ball_convert. simpl. split; intros H.
- apply Rabs_le. lra.
- unfold Rabs in H. destruct (Rcase_abs x); lra.
Qed.

Definition terms (half_terms : nat) : nat := 2 * half_terms + 1.

Record constants_sound (half_terms : nat) (c : constants) : Prop := Sound {
  pi_sound : encloses (pi c) PI;
  half_pi_sound : encloses (half_pi c) (PI / 2);
  inverses_hold : odd_inverses c = inverses (terms half_terms) 0;
  table_holds : table_sound (nearby c);
  bound_sound : encloses (bound c) (IZR reach);
  omitted_sound : encloses (omitted c) ((/ IZR reach) ^ (2 * terms half_terms + 1)) }.

Definition make_constants (half_terms depth : nat) : constants :=
  let pi := I.pi prec in
  Constants pi (I.div prec pi (integer 2)) (inverses (terms half_terms) 0) (build depth 1 0) (integer reach)
    (ratio 1 (reach ^ Z.of_nat (2 * terms half_terms + 1))).

Lemma make_constants_sound half_terms depth : constants_sound half_terms (make_constants half_terms depth).
Proof.
assert (Hpi := I.pi_correct prec). fold (encloses (I.pi prec) PI) in Hpi.
split; cbn [make_constants pi half_pi odd_inverses nearby bound omitted]; auto.
- apply div_sound; [lra|exact Hpi|apply integer_sound].
- apply build_sound; lia.
- apply integer_sound.
- replace ((/ IZR reach) ^ (2 * terms half_terms + 1))
    with (1 / IZR (reach ^ Z.of_nat (2 * terms half_terms + 1))).
  + apply ratio_sound. unfold reach. apply Z.pow_pos_nonneg; lia.
  + rewrite <- pow_IZR, pow_inv. unfold Rdiv. ring.
Qed.

Variables (half_terms : nat) (known : constants).
Hypothesis sound : constants_sound half_terms known.

(** * The arctangent *)

Fixpoint eval_series (inverses : list I.type) (z : I.type) : I.type :=
  match inverses with [] => integer 0 | i :: rest => I.sub prec i (I.mul prec z (eval_series rest z)) end.

Lemma eval_series_sound n iz z : encloses iz z -> forall k, encloses (eval_series (inverses n k) iz) (series n k z).
Proof.
intros Hz. induction n as [|n IH]; intros k; cbn [inverses eval_series series]; [apply integer_sound|].
apply sub_sound; [|apply mul_sound; auto].
replace (/ INR (2 * k + 1)) with (1 / IZR (Z.of_nat (2 * k + 1))).
- apply ratio_sound. lia.
- rewrite <- INR_IZR_INZ. unfold Rdiv. ring.
Qed.

(** |x| <= 1 / reach *)
Definition is_small (i : I.type) : bool := I.subset (I.mul prec (bound known) i) unit_ball.

Definition eval_small (y : I.type) : I.type :=
  I.add prec (I.mul prec y (eval_series (odd_inverses known) (I.mul prec y y))) (I.mul prec unit_ball (omitted known)).

Lemma eval_small_sound iy y : encloses iy y -> is_small iy = true -> encloses (eval_small iy) (atan y).
Proof.
intros Hy Hs. unfold is_small in Hs.
apply (I.subset_correct _ _ (Xreal (IZR reach * y))) in Hs; [|apply mul_sound; [apply (bound_sound _ _ sound)|exact Hy]].
apply unit_ball_sound in Hs. rewrite Rabs_mult, (Rabs_right (IZR reach)) in Hs by (unfold reach; lra).
assert (Hb : Rabs y <= / IZR reach).
{ apply Rmult_le_reg_l with (IZR reach); [unfold reach; lra|]. rewrite Rinv_r by (unfold reach; lra). exact Hs. }
assert (H1 : / IZR reach < 1) by (unfold reach; lra).
pose proof (series_bound y (/ IZR reach) half_terms Hb H1) as H. fold (terms half_terms) in H.
set (e := (/ IZR reach) ^ (2 * terms half_terms + 1)) in *.
assert (He : 0 < e) by (apply pow_lt; unfold reach; lra).
set (p := y * series (terms half_terms) 0 (y * y)) in *.
replace (atan y) with (p + (atan y - p) / e * e) by (field; lra).
unfold eval_small. apply add_sound.
- apply mul_sound; auto. rewrite (inverses_hold _ _ sound). apply eval_series_sound. now apply mul_sound.
- apply mul_sound; [|apply (omitted_sound _ _ sound)]. apply unit_ball_sound.
  unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ e)) by (left; now apply Rinv_0_lt_compat).
  apply Rmult_le_reg_r with e; auto. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

Fixpoint lookup (t : table) (x : I.type) : I.type * I.type :=
  match t with
  | Near p a => (p, a)
  | Split m below above => lookup (if positive_interval (I.sub prec x m) then above else below) x
  end.

Lemma lookup_sound t x : table_sound t ->
  exists v, 0 <= v /\ encloses (fst (lookup t x)) v /\ encloses (snd (lookup t x)) (atan v).
Proof.
induction t as [p a|m below IHb above IHa]; cbn [table_sound lookup]; intros H; [exact H|].
destruct (positive_interval _); [apply IHa|apply IHb]; tauto.
Qed.

(** For x >= 0. *)
Definition eval_base (x : I.type) : I.type :=
  let (p, a) := lookup (nearby known) x in
  let y := I.div prec (I.sub prec x p) (I.add prec (integer 1) (I.mul prec x p)) in
  if is_small y then I.add prec a (eval_small y) else I.atan prec x.

Lemma eval_base_sound ix x : 0 <= x -> encloses ix x -> encloses (eval_base ix) (atan x).
Proof.
intros Hx H. unfold eval_base. destruct (lookup_sound (nearby known) ix (table_holds _ _ sound)) as (v & Hv & Hp & Ha).
destruct (lookup (nearby known) ix) as [p a]. cbn [fst snd] in Hp, Ha. cbv zeta.
destruct (is_small _) eqn:E; [|now apply atan_sound].
rewrite (atan_shift x v Hx Hv). apply add_sound; auto. apply eval_small_sound; auto.
apply div_sound; [nra|now apply sub_sound|]. apply add_sound; [apply integer_sound|now apply mul_sound].
Qed.

(** For x > 0. *)
Definition eval_positive (x : I.type) : I.type :=
  if positive_interval (I.sub prec x (integer 1)) then I.sub prec (half_pi known) (eval_base (I.div prec (integer 1) x))
  else eval_base x.

Lemma eval_positive_sound ix x : 0 < x -> encloses ix x -> encloses (eval_positive ix) (atan x).
Proof.
intros Hx H. unfold eval_positive. destruct (positive_interval _); [|apply eval_base_sound; auto; lra].
rewrite atan_large by assumption. apply sub_sound; [apply (half_pi_sound _ _ sound)|].
apply eval_base_sound.
- left. now apply Rdiv_lt_0_compat; [lra|].
- apply div_sound; [lra|apply integer_sound|exact H].
Qed.

Definition eval_atan (x : I.type) : I.type :=
  if positive_interval x then eval_positive x
  else if positive_interval (I.neg x) then I.neg (eval_positive (I.neg x))
  else if is_small x then eval_small x else I.atan prec x.

Lemma eval_atan_sound ix x : encloses ix x -> encloses (eval_atan ix) (atan x).
Proof.
intros H. unfold eval_atan.
destruct (positive_interval ix) eqn:E1; [apply eval_positive_sound; auto; now apply (positive_sound ix)|].
destruct (positive_interval (I.neg ix)) eqn:E2.
{ replace (atan x) with (- atan (- x)) by (rewrite atan_opp; ring).
  apply neg_sound. assert (Hn := neg_sound _ _ H). apply eval_positive_sound; auto. now apply (positive_sound (I.neg ix)). }
destruct (is_small ix) eqn:E3; [now apply eval_small_sound|now apply atan_sound].
Qed.
End At_precision.
End Functions.
