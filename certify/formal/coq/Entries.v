(** Enclosures of the entries of a Gram matrix from integers, and their comparison with integers. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra Psatz.
From Interval Require Import Float_full Interval Sig Xreal Basic.
From NTK Require Import Forms Matrices Kernels Evaluation.
Import ListNotations.
Open Scope R_scope.

Module Entries (F : FloatOps with Definition sensible_format := true).
Module E := Evaluation F.
Module I := E.B.I.
Import E.

Section At_precision.
Variables (prec : F.precision) (half_terms : nat) (known : constants).
Hypothesis sound : constants_sound prec half_terms known.

Local Notation integer := (B.integer prec).
Local Notation ratio := (B.ratio prec).
Local Notation eval_run := (E.eval_run prec).
Local Notation eval_diagonal := (E.eval_diagonal prec).

Ltac enclose :=
  repeat first
    [ assumption | apply integer_sound | apply add_sound | apply sub_sound | apply mul_sound | apply sqrt_sound ].

(** * Inputs *)

Section Inputs.
Variables (unit mixing : bool) (denominator columns : Z).
Hypothesis denominator_positive : (0 < denominator)%Z.
Hypothesis columns_positive : (0 < columns)%Z.

Definition scale : Z := denominator * denominator * columns.

(** From a = D^2 |x|^2, b = D^2 |y|^2 and c = D^2 <x, y> with D the denominator. *)
Definition input_variance (a : Z) : I.type := if unit then ratio 1 columns else ratio a scale.

(** The square root of a, which only normalised rows need. *)
Definition input_root (a : Z) : I.type := if unit then I.sqrt prec (integer a) else I.nai.

(** m is the product of the two roots.  The distance matters only where a bias comes before the first activation. *)
Definition input_covariance (m : I.type) (c : Z) : I.type :=
  if unit then I.div prec (integer c) (I.mul prec m (integer columns)) else ratio c scale.

Definition input_gaps (m : I.type) (a b c : Z) : gaps :=
  if unit then
    Some (ratio (a * b - c * c) (a * b * columns * columns),
          if mixing then
            I.mul prec (ratio 2 columns)
              (if Z.ltb 0 c
               then I.div prec (integer (a * b - c * c)) (I.add prec (integer (a * b)) (I.mul prec (integer c) m))
               else I.sub prec (integer 1) (I.div prec (integer c) m))
          else I.nai)
  else Some (ratio (a * b - c * c) (scale * scale), if mixing then ratio (a + b - 2 * c) scale else I.nai).

Definition admissible (row : list Z) : bool :=
  Z.eqb (Z.of_nat (length row)) columns && (negb unit || Z.ltb 0 (dot_Z row row)).

Lemma inner_over u v :
  inner (over denominator u) (over denominator v) = IZR (dot_Z u v) / (IZR denominator * IZR denominator).
Proof.
rewrite !over_scaled, inner_scaled. f_equal. revert v.
induction u as [|a u IH]; intros [|b v]; simpl; auto. rewrite IH, plus_IZR, mult_IZR. reflexivity.
Qed.

Let D_positive : 0 < IZR denominator. Proof. now apply IZR_lt. Qed.
Let d_positive : 0 < IZR columns. Proof. now apply IZR_lt. Qed.

Lemma norm_over u : norm (over denominator u) = sqrt (IZR (dot_Z u u)) / IZR denominator.
Proof.
unfold norm. rewrite inner_over, sqrt_div_alt by now apply Rmult_lt_0_compat.
rewrite sqrt_square by lra. reflexivity.
Qed.

Lemma inner_normalised u v : 0 < IZR (dot_Z u u) -> 0 < IZR (dot_Z v v) ->
  inner (normalise (over denominator u)) (normalise (over denominator v)) =
  IZR (dot_Z u v) / (sqrt (IZR (dot_Z u u)) * sqrt (IZR (dot_Z v v))).
Proof.
intros Hu Hv. unfold normalise. rewrite inner_scaled, inner_over, !norm_over.
assert (0 < sqrt (IZR (dot_Z u u))) by now apply sqrt_lt_R0.
assert (0 < sqrt (IZR (dot_Z v v))) by now apply sqrt_lt_R0.
field. repeat split; lra.
Qed.

Section Pair.
Variables u v : list Z.
Hypothesis Hu : admissible u = true.
Hypothesis Hv : admissible v = true.
Let a := dot_Z u u.
Let b := dot_Z v v.
Let c := dot_Z u v.
Let m := input (place unit denominator u) (place unit denominator v).
Let roots := I.mul prec (input_root a) (input_root b).

Lemma columns_of u' : admissible u' = true -> INR (length (place unit denominator u')) = IZR columns.
Proof.
intros H. apply andb_true_iff in H. destruct H as [H _]. apply Z.eqb_eq in H.
now rewrite length_place, INR_IZR_INZ, H.
Qed.

Lemma square_positive u' : unit = true -> admissible u' = true -> 0 < IZR (dot_Z u' u').
Proof.
intros E H. apply andb_true_iff in H. destruct H as [_ H]. rewrite E in H. simpl in H.
apply Z.ltb_lt in H. now apply IZR_lt.
Qed.

Lemma input_sound :
  encloses (input_variance a) (first m) /\ encloses (input_variance b) (second m) /\
  encloses (input_covariance roots c) (covariance m) /\
  gaps_hold (input_gaps roots a b c) (first m) (second m) (covariance m).
Proof.
unfold m, input. rewrite (columns_of u Hu). cbn [first second covariance].
unfold input_variance, input_covariance, input_gaps, roots, input_root, place.
destruct unit eqn:E.
- pose proof (square_positive u E Hu) as Ha. pose proof (square_positive v E Hv) as Hb.
  rewrite !inner_normalised by assumption. fold a b c in Ha, Hb |- *.
  assert (Hra : 0 < sqrt (IZR a)) by now apply sqrt_lt_R0.
  assert (Hrb : 0 < sqrt (IZR b)) by now apply sqrt_lt_R0.
  assert (Haa : sqrt (IZR a) * sqrt (IZR a) = IZR a) by (apply sqrt_sqrt; lra).
  assert (Hbb : sqrt (IZR b) * sqrt (IZR b) = IZR b) by (apply sqrt_sqrt; lra).
  rewrite Haa, Hbb.
  replace (IZR a / IZR a) with 1 by (field; lra). replace (IZR b / IZR b) with 1 by (field; lra).
  assert (Hm : encloses (I.mul prec (I.sqrt prec (integer a)) (I.sqrt prec (integer b))) (sqrt (IZR a) * sqrt (IZR b)))
    by enclose.
  set (im := I.mul prec (I.sqrt prec (integer a)) (I.sqrt prec (integer b))) in *.
  set (rab := sqrt (IZR a) * sqrt (IZR b)) in *.
  assert (Hrab : 0 < rab) by now apply Rmult_lt_0_compat.
  assert (Hsq : rab * rab = IZR (a * b)).
  { unfold rab. rewrite mult_IZR. rewrite <- Haa at 3. rewrite <- Hbb at 3. ring. }
  assert (Hab : (0 < a * b)%Z) by (apply lt_IZR; rewrite <- Hsq; now apply Rmult_lt_0_compat).
  split; [now apply ratio_sound|]. split; [now apply ratio_sound|]. split.
  { replace (IZR c / rab / IZR columns) with (IZR c / (rab * IZR columns)) by (field; lra).
    apply div_sound; enclose. apply Rgt_not_eq. now apply Rmult_lt_0_compat. }
  cbn [gaps_hold]. split.
  + replace (1 / IZR columns * (1 / IZR columns) - (IZR c / rab / IZR columns) ^ 2)
      with (IZR (a * b - c * c) / IZR (a * b * columns * columns)); [apply ratio_sound; nia|].
    rewrite minus_IZR, (mult_IZR _ columns), (mult_IZR _ columns), (mult_IZR c c), <- Hsq. field. lra.
  + destruct mixing; [|apply nai_sound].
    replace (1 / IZR columns + 1 / IZR columns - 2 * (IZR c / rab / IZR columns))
      with (2 / IZR columns * (1 - IZR c / rab)) by (field; lra).
    apply mul_sound; [now apply ratio_sound|]. destruct (Z.ltb_spec 0 c) as [Hc|Hc].
    * apply IZR_lt in Hc.
      replace (1 - IZR c / rab) with (IZR (a * b - c * c) / (IZR (a * b) + IZR c * rab)).
      { apply div_sound; enclose. rewrite <- Hsq. nra. }
      rewrite minus_IZR, (mult_IZR c c), <- Hsq. field. split; [lra|]. nra.
    * apply sub_sound; [apply integer_sound|]. apply div_sound; enclose. lra.
- rewrite !inner_over. fold a b c.
  assert (Hs : IZR scale = IZR denominator * IZR denominator * IZR columns) by (unfold scale; now rewrite !mult_IZR).
  assert (Hscale : (0 < scale)%Z) by (unfold scale; nia).
  assert (H : forall z, encloses (ratio z scale) (IZR z / (IZR denominator * IZR denominator) / IZR columns)).
  { intros z. replace (IZR z / (IZR denominator * IZR denominator) / IZR columns) with (IZR z / IZR scale)
      by (rewrite Hs; field; lra). now apply ratio_sound. }
  split; [apply H|]. split; [apply H|]. split; [apply H|]. cbn [gaps_hold]. split.
  + replace (IZR a / (IZR denominator * IZR denominator) / IZR columns *
      (IZR b / (IZR denominator * IZR denominator) / IZR columns) -
      (IZR c / (IZR denominator * IZR denominator) / IZR columns) ^ 2)
      with (IZR (a * b - c * c) / IZR (scale * scale)); [apply ratio_sound; nia|].
    rewrite minus_IZR, !mult_IZR, Hs. field. lra.
  + destruct mixing; [|apply nai_sound].
    replace (IZR a / (IZR denominator * IZR denominator) / IZR columns +
      IZR b / (IZR denominator * IZR denominator) / IZR columns -
      2 * (IZR c / (IZR denominator * IZR denominator) / IZR columns))
      with (IZR (a + b - 2 * c) / IZR scale); [now apply ratio_sound|].
    rewrite minus_IZR, plus_IZR, mult_IZR, Hs. field. lra.
Qed.
End Pair.

Lemma input_same u : input (place unit denominator u) (place unit denominator u) =
  let p := first (input (place unit denominator u) (place unit denominator u)) in Moments p p p 0.
Proof. reflexivity. Qed.

(** * Entries *)

(** A row with its squared norm and its root, its variances through the network and its diagonal entry. *)
Record datum : Type := Datum { row : list Z; square : Z; root : I.type; chain : list I.type; own : I.type }.

Variables (k : kind) (network : list layer).

Definition steps : list step := map (compile prec known) network.

(** The steps are an argument, so that they are evaluated once. *)
Definition datum_of (steps : list step) (row : list Z) : datum :=
  let a := dot_Z row row in
  let (chain, tangent) := eval_diagonal steps (input_variance a) (integer 0) in
  Datum row a (input_root a) chain (match k with NNGP => last chain I.nai | NTK => tangent end).

Definition eval_entry (steps : list step) (x y : datum) : I.type :=
  let c := dot_Z (row x) (row y) in
  let m := I.mul prec (root x) (root y) in
  let e := eval_run steps (chain x) (chain y) (input_covariance m c)
             (input_gaps m (square x) (square y) c) (integer 0) in
  match k with NNGP => fst e | NTK => snd e end.

Lemma datum_sound u : admissible u = true ->
  let d := datum_of steps u in
  row d = u /\ square d = dot_Z u u /\ root d = input_root (dot_Z u u) /\
  follows network (first (input (place unit denominator u) (place unit denominator u))) (chain d) /\
  encloses (own d) (kernel k network (place unit denominator u) (place unit denominator u)).
Proof.
intros Hu. destruct (input_sound u u Hu Hu) as (Ha & _).
unfold datum_of, steps.
pose proof (eval_diagonal_sound prec half_terms known sound network _ _ _ 0 Ha (integer_sound prec 0)) as H.
cbv zeta in H |- *. destruct (eval_diagonal _ _ _) as [chain tangent]. cbn [fst snd row square root E.follows] in *.
destruct H as (H1 & H2 & H3). repeat split; auto. destruct k; [exact H2|exact H3].
Qed.

Lemma eval_entry_sound u v : admissible u = true -> admissible v = true ->
  encloses (eval_entry steps (datum_of steps u) (datum_of steps v))
           (kernel k network (place unit denominator u) (place unit denominator v)).
Proof.
intros Hu Hv. destruct (input_sound u v Hu Hv) as (_ & _ & Hc & Hg).
destruct (datum_sound u Hu) as (Ru & Su & Qu & Fu & _). destruct (datum_sound v Hv) as (Rv & Sv & Qv & Fv & _).
unfold eval_entry. rewrite Ru, Rv, Su, Sv, Qu, Qv.
assert (first_v : first (input (place unit denominator v) (place unit denominator v)) =
                  second (input (place unit denominator u) (place unit denominator v))).
{ unfold input. cbn [first second]. now rewrite (columns_of u Hu), (columns_of v Hv). }
rewrite first_v in Fv.
destruct (eval_run_sound prec half_terms known sound network _ _ _ _ (integer 0) _ _ _ 0 Fu Fv Hc Hg
  (integer_sound prec 0)) as [H1 H2].
destruct k; [exact H1|exact H2].
Qed.

(** |factor x - z| <= 1 for all x in the enclosure; the radius is one unit of the integers. *)
Definition within (factor : I.type) (e : I.type) (z : Z) : bool :=
  I.subset (I.sub prec (I.mul prec factor e) (integer z)) unit_ball.

Lemma within_sound factor e z s x :
  encloses factor s -> encloses e x -> within factor e z = true -> Rabs (s * x - IZR z) <= 1.
Proof.
intros Hs Hx H. apply unit_ball_sound. unfold within in H.
apply (I.subset_correct _ _ (Xreal (s * x - IZR z))) in H; [exact H|].
apply sub_sound; [now apply mul_sound|apply integer_sound].
Qed.
End Inputs.
End At_precision.

(** Whether a bias comes before the first activation. *)
Fixpoint mixes (network : list layer) : bool :=
  match network with Dense _ b :: rest => negb (Qeq_bool b 0) || mixes rest | _ => false end.

(** * The matrix *)

Section Matrix.
Variables (bits : positive) (n : nat) (k : kind) (network : list layer) (unit : bool) (denominator : Z).
Variable rows : list (list Z).

(** Every term of the arctangent's series gives about ten bits. *)
Definition half_terms_for (bits : positive) : nat := Z.to_nat (Zpos bits / 19 + 1).

(** A table of sixteen arctangents pays from a handful of points on. *)
Definition depth_for (points : nat) : nat := if Nat.ltb points 6 then 0%nat else 4%nat.

(** Whether every entry of the Gram matrix, times the factor, is within one of the integer given for it. *)
Definition check_entries (A : list (list Z)) (factor : Z) : bool :=
  let prec := F.PtoP bits in
  let columns := Z.of_nat (length (hd [] rows)) in
  let known := make_constants prec (half_terms_for bits) (depth_for n) in
  let steps := steps prec known network in
  let mixing := mixes network in
  let times := integer prec factor in
  let data := map (datum_of prec unit denominator columns k steps) rows in
  let get i := nth i data (Datum [] 0 I.nai [] I.nai) in
  Nat.eqb (length rows) n && Z.ltb 0 denominator && Z.ltb 0 columns && forallb (admissible unit columns) rows &&
  forallb (fun i =>
    let x := get i in
    let a := nth i A [] in
    within prec times (own x) (nth i a 0%Z) &&
    forallb (fun j =>
      within prec times (eval_entry prec unit mixing denominator columns k steps x (get j)) (nth j a 0%Z)) (seq 0 i))
    (seq 0 n).

Variables (A : list (list Z)) (factor : Z).
Hypothesis checked : check_entries A factor = true.

Lemma checked_rows i j : (i < n)%nat -> (j < n)%nat -> length (nth i rows []) = length (nth j rows []).
Proof.
unfold check_entries in checked. cbv zeta in checked. rewrite !andb_true_iff in checked.
destruct checked as [[[[Hn _] _] H] _]. apply Nat.eqb_eq in Hn. rewrite forallb_forall in H.
assert (E : forall i, (i < n)%nat -> Z.of_nat (length (nth i rows [])) = Z.of_nat (length (hd [] rows))).
{ intros i0 Hi. rewrite <- Hn in Hi. specialize (H _ (nth_In rows [] Hi)). apply andb_true_iff in H. now apply Z.eqb_eq. }
intros Hi Hj. apply Nat2Z.inj. now rewrite !E.
Qed.

Theorem entries_symmetric i j : (i < n)%nat -> (j < n)%nat ->
  gram k network unit denominator rows i j = gram k network unit denominator rows j i.
Proof. intros. apply kernel_symmetric. rewrite !length_place. now apply checked_rows. Qed.

Theorem entries_near i j : (i < n)%nat -> (j <= i)%nat ->
  Rabs (IZR factor * gram k network unit denominator rows i j - IZR (nth j (nth i A []) 0%Z)) <= IZR 1.
Proof.
intros Hi Hj. unfold check_entries in checked. cbv zeta in checked. rewrite !andb_true_iff in checked.
destruct checked as [[[[Hn HD] Hd] Hr] He]. apply Nat.eqb_eq in Hn. apply Z.ltb_lt in HD. apply Z.ltb_lt in Hd.
rewrite forallb_forall in Hr, He.
set (prec := F.PtoP bits) in *. set (columns := Z.of_nat (length (hd [] rows))) in *.
set (half_terms := half_terms_for bits) in *.
pose proof (make_constants_sound prec half_terms (depth_for n)) as sound.
set (known := make_constants prec half_terms (depth_for n)) in *.
set (make := datum_of prec unit denominator columns k (steps prec known network)) in *.
assert (Hget : forall i, (i < n)%nat -> nth i (map make rows) (Datum [] 0 I.nai [] I.nai) = make (nth i rows [])).
{ intros i0 Hi0. rewrite (nth_indep _ _ (make [])) by (rewrite map_length; lia). apply map_nth. }
assert (Hrow : In i (seq 0 n)) by (apply in_seq; lia).
specialize (He _ Hrow). apply andb_true_iff in He. destruct He as [Hown He].
rewrite Hget in Hown by auto.
assert (Hfactor := integer_sound prec factor).
assert (Hadm : forall i, (i < n)%nat -> admissible unit columns (nth i rows []) = true) by (intros; apply Hr, nth_In; lia).
destruct (Nat.eq_dec j i) as [->|Hne].
- eapply within_sound; [exact Hfactor| |exact Hown].
  apply (datum_sound prec half_terms known sound unit (mixes network) denominator columns HD Hd k network); auto.
- rewrite forallb_forall in He. assert (Hcol : In j (seq 0 i)) by (apply in_seq; lia).
  specialize (He _ Hcol). cbv beta in He. rewrite !Hget in He by (auto; lia).
  eapply within_sound; [exact Hfactor| |exact He].
  apply (eval_entry_sound prec half_terms known sound); auto. apply Hadm. lia.
Qed.

Section Bounds.
Variables (num den : Z).
Hypothesis den_positive : Z.ltb 0 den = true.
Hypothesis factor_positive : Z.ltb 0 factor = true.

Theorem smallest_eigenvalue_at_least L m g shift :
  check_lower n A L m g shift 1 factor num den = true ->
  forall x, IZR num / IZR den * norm2 n x <= form n (gram k network unit denominator rows) x.
Proof.
intros H. apply Z.ltb_lt in den_positive. apply Z.ltb_lt in factor_positive.
apply (lower_bound n _ A factor 1 factor_positive entries_symmetric entries_near L m g shift num den den_positive H).
Qed.

Theorem smallest_eigenvalue_at_most v :
  check_upper n A factor 1 v num den = true ->
  exists x, nonzero n x /\ form n (gram k network unit denominator rows) x <= IZR num / IZR den * norm2 n x.
Proof.
intros H. apply Z.ltb_lt in den_positive. apply Z.ltb_lt in factor_positive.
apply (upper_bound n _ A factor 1 factor_positive entries_symmetric entries_near v num den den_positive H).
Qed.
End Bounds.
End Matrix.
End Entries.
