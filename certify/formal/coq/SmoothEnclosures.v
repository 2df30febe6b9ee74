(** Enclosures of the duals of waves, exponentials, GELU and polynomials; and the evaluator of every activation. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra Psatz.
From Interval Require Import Float_full Interval Sig Xreal Basic.
From NTK Require Import Polynomials Kernels Duals Functions AngularEnclosures.
Import ListNotations.
Open Scope R_scope.

Module SmoothEnclosures (F : FloatOps with Definition sensible_format := true).
Module Export A := AngularEnclosures F.
Module B := A.B.
Export B.

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
Local Notation exp' := (I.exp prec).

Lemma exp_sound i x : encloses i x -> encloses (exp' i) (exp x).
Proof. apply (I.exp_correct prec i (Xreal x)). Qed.

Lemma cos_sound i x : encloses i x -> encloses (I.cos prec i) (cos x).
Proof. apply (I.cos_correct prec i (Xreal x)). Qed.

Let pi_holds : encloses (pi known) PI := pi_sound _ _ _ sound.

(** exp(rate (p + q -+ 2 r)) *)
Definition eval_waves (rate : I.type) (p q r : I.type) : I.type * I.type :=
  let total := add p q in
  let twice := add r r in
  (exp' (mul rate (sub total twice)), exp' (mul rate (add total twice))).

(** The sign is 1 for the sine and -1 for the cosine. *)
Definition eval_sinusoid (sign a b c : Q) : evaluator :=
  let rate := rational (- (b * b) * (1 # 2)) in
  let phase := mul (rational sign) (I.cos prec (rational (2 * c))) in
  let scale := rational (a * a * (1 # 2)) in
  let slope := rational (a * a * (b * b) * (1 # 2)) in
  fun p q r _ =>
    let (near, far) := eval_waves rate p q r in
    let far := mul phase far in
    (mul scale (sub near far), mul slope (add near far)).

Definition eval_rbf (g : Q) : evaluator :=
  let rate := rational (- g) in
  let slope := rational (2 * g) in
  fun p q r _ => let value := exp' (mul rate (sub (add p q) (add r r))) in (value, mul slope value).

Definition eval_exponential (a b : Q) : evaluator :=
  let rate := rational (b * b * (1 # 2)) in
  let scale := rational (a * a) in
  let slope := rational (a * a * (b * b)) in
  fun p q r _ => let wave := exp' (mul rate (add (add p q) (add r r))) in (mul scale wave, mul slope wave).

Definition eval_gaussian (a b : Q) : evaluator :=
  let k := rational (2 * - b) in
  let kk := mul k k in
  let scale := rational (a * a) in
  let slope := rational (4 * (a * a) * (b * b)) in
  fun p q r gap =>
    let square := add (add (integer 1) (mul k (add p q))) (mul kk gap) in
    let root := sqrt' square in
    if positive_interval square then (div scale root, div (mul slope r) (mul square root)) else (I.nai, I.nai).

Definition eval_gabor : evaluator :=
  let one := integer 1 in
  let two := integer 2 in
  let four := integer 4 in
  let eight := integer 8 in
  let minus_half := rational (- (1 # 2)) in
  fun p q r gap =>
    let total := add p q in
    let quadratic := mul four gap in
    let twice := mul two r in
    let square := add (add one (mul two total)) quadratic in
    if positive_interval square then
      let weight := div one (sqrt' square) in
      let near_form := div (add (sub total twice) quadratic) square in
      let far_form := div (add (add total twice) quadratic) square in
      let near := mul weight (exp' (mul minus_half near_form)) in
      let far := mul weight (exp' (mul minus_half far_form)) in
      let eight_r := mul eight r in
      let four_r := mul four r in
      (div (sub near far) two,
       div (sub (mul (sub (add eight_r one) (mul four_r near_form)) near)
                (mul (sub (sub eight_r one) (mul four_r far_form)) far)) (mul two square))
    else (I.nai, I.nai).

Definition eval_gelu : evaluator :=
  let one := integer 1 in
  let four := integer 4 in
  let quarter := div one four in
  let circle := mul (integer 2) (pi known) in
  fun p q r gap =>
    let both := mul (add one p) (add one q) in
    let square := add (add one (add p q)) gap in
    if positive_interval square && positive_interval both then
      let product := mul p q in
      let root := sqrt' square in
      let along := div r root in
      let arc := eval_atan along in
      (add (div r four) (div (add (div (add (mul r r) (mul product square)) (mul both root)) (mul r arc)) circle),
       add quarter (div (add arc (mul along (add (add (div one square) (div (sub one product) both)) one))) circle))
    else (I.nai, I.nai).

Definition eval_polynomial (w : Q) (c : list Q) : evaluator :=
  let weight := rational w in
  let values := coefficients _ rational (mehler c) in
  let slopes := coefficients _ rational (mehler (derivative c)) in
  fun p q r _ =>
    (mul weight (bilinear _ add mul rational values p q r), mul weight (bilinear _ add mul rational slopes p q r)).

(** Dual and derivative dual from enclosures of p, q, r and of p q - r^2. *)
Definition eval_duals (s : activation) : evaluator :=
  match s with
  | ABRelu a b => A.eval_rectifier prec known a b
  | Jump a b => A.eval_jump prec known a b
  | RectifiedPower k => A.eval_rectified_power prec known k
  | Erf a b c => A.eval_erf prec known a b c
  | Sine a b c => eval_sinusoid 1 a b c
  | Cosine a b c => eval_sinusoid (- (1)) a b c
  | Rbf g => eval_rbf g
  | Exponential a b => eval_exponential a b
  | Gaussian a b => eval_gaussian a b
  | Gabor => eval_gabor
  | Gelu => eval_gelu
  | Polynomial w c => eval_polynomial w c
  end.

Ltac enclose :=
  repeat first
    [ assumption | apply integer_sound | apply rational_sound | exact pi_holds
    | apply add_sound | apply sub_sound | apply mul_sound | apply sqrt_sound | apply exp_sound | apply cos_sound
    | apply (eval_atan_holds prec half_terms known sound) ].

(** Rational constants as real numbers. *)
Lemma Q2R_whole z : Q2R (z # 1) = IZR z.
Proof. unfold Q2R. simpl. field. Qed.
Ltac constants :=
  repeat first [rewrite Q2R_mult | rewrite Q2R_opp | rewrite Q2R_minus | rewrite Q2R_plus]; rewrite ?half, ?Q2R_whole.

Section Sound.
Variables (ip iq ir igap : I.type) (p q r : R).
Hypothesis Hp : encloses ip p.
Hypothesis Hq : encloses iq q.
Hypothesis Hr : encloses ir r.
Hypothesis Hgap : encloses igap (p * q - r ^ 2).
Local Notation right := (A.right ip iq ir igap p q r).

Lemma eval_waves_sound rate b : encloses rate (- (b ^ 2 / 2)) ->
  encloses (fst (eval_waves rate ip iq ir)) (near_wave b p q r) /\
  encloses (snd (eval_waves rate ip iq ir)) (far_wave b p q r).
Proof.
intros H. unfold near_wave, far_wave.
replace (- (b ^ 2 * (p + q - 2 * r) / 2)) with (- (b ^ 2 / 2) * (p + q - (r + r))) by field.
replace (- (b ^ 2 * (p + q + 2 * r) / 2)) with (- (b ^ 2 / 2) * (p + q + (r + r))) by field.
split; cbn [eval_waves fst snd]; enclose.
Qed.

Lemma eval_sinusoid_sound sign a b c :
  encloses (fst (eval_sinusoid sign a b c ip iq ir igap))
    (Q2R a ^ 2 / 2 * (near_wave (Q2R b) p q r - Q2R sign * cos (2 * Q2R c) * far_wave (Q2R b) p q r)) /\
  encloses (snd (eval_sinusoid sign a b c ip iq ir igap))
    (Q2R a ^ 2 * Q2R b ^ 2 / 2 * (near_wave (Q2R b) p q r + Q2R sign * cos (2 * Q2R c) * far_wave (Q2R b) p q r)).
Proof.
unfold eval_sinusoid. set (rate := rational (- (b * b) * (1 # 2))).
assert (Hrate : encloses rate (- (Q2R b ^ 2 / 2))).
{ replace (- (Q2R b ^ 2 / 2)) with (Q2R (- (b * b) * (1 # 2))) by (constants; field). apply rational_sound. }
destruct (eval_waves_sound rate (Q2R b) Hrate) as [Hn Hf]. destruct (eval_waves rate ip iq ir) as [near far].
cbn [fst snd] in *.
replace (2 * Q2R c) with (Q2R (2 * c)) by (constants; ring).
replace (Q2R a ^ 2 / 2) with (Q2R (a * a * (1 # 2))) by (constants; field).
replace (Q2R a ^ 2 * Q2R b ^ 2 / 2) with (Q2R (a * a * (b * b) * (1 # 2))) by (constants; field).
split; enclose.
Qed.

Lemma eval_sine_sound a b c : right (eval_sinusoid 1 a b c) (Sine a b c).
Proof.
destruct (eval_sinusoid_sound 1 a b c) as [H1 H2]. rewrite Q2R_whole, Rmult_1_l in H1, H2. now split.
Qed.

Lemma eval_cosine_sound a b c : right (eval_sinusoid (- (1)) a b c) (Cosine a b c).
Proof.
destruct (eval_sinusoid_sound (- (1)) a b c) as [H1 H2]. rewrite Q2R_opp, Q2R_whole in H1, H2. split; cbn [dual derivative_dual].
- replace (near_wave (Q2R b) p q r + cos (2 * Q2R c) * far_wave (Q2R b) p q r)
    with (near_wave (Q2R b) p q r - - (1) * cos (2 * Q2R c) * far_wave (Q2R b) p q r) by ring. exact H1.
- replace (near_wave (Q2R b) p q r - cos (2 * Q2R c) * far_wave (Q2R b) p q r)
    with (near_wave (Q2R b) p q r + - (1) * cos (2 * Q2R c) * far_wave (Q2R b) p q r) by ring. exact H2.
Qed.

Lemma eval_rbf_sound g : right (eval_rbf g) (Rbf g).
Proof.
assert (H : encloses (fst (eval_rbf g ip iq ir igap)) (exp (- (Q2R g * (p + q - 2 * r))))).
{ replace (- (Q2R g * (p + q - 2 * r))) with (Q2R (- g) * (p + q - (r + r))) by (constants; ring).
  cbn [eval_rbf fst]. enclose. }
split; [exact H|]. cbn [derivative_dual]. replace (2 * Q2R g) with (Q2R (2 * g)) by (constants; ring).
cbn [eval_rbf fst snd] in *. apply mul_sound; [apply rational_sound|exact H].
Qed.

Lemma eval_exponential_sound a b : right (eval_exponential a b) (Exponential a b).
Proof.
split; cbn [eval_exponential fst snd dual derivative_dual];
  replace (Q2R b ^ 2 * (p + q + 2 * r) / 2) with (Q2R (b * b * (1 # 2)) * (p + q + (r + r))) by (constants; field).
- replace (Q2R a ^ 2) with (Q2R (a * a)) by (constants; ring). enclose.
- replace (Q2R a ^ 2 * Q2R b ^ 2) with (Q2R (a * a * (b * b))) by (constants; ring). enclose.
Qed.

Lemma eval_gaussian_sound a b : right (eval_gaussian a b) (Gaussian a b).
Proof.
unfold A.right, eval_gaussian. set (ik := rational (2 * - b)). set (square := add (add _ _) _).
assert (Hk : encloses ik (2 * - Q2R b)).
{ replace (2 * - Q2R b) with (Q2R (2 * - b)) by (constants; ring). apply rational_sound. }
assert (Hs : encloses square (widened (- Q2R b) p q r)).
{ rewrite widened_radicand. unfold square. enclose. }
destruct (positive_interval square) eqn:E; [|split; apply nai_sound].
apply (positive_sound _ _ E) in Hs as Hpos. cbn [fst snd dual derivative_dual].
assert (0 < sqrt (widened (- Q2R b) p q r)) by now apply sqrt_lt_R0.
replace (Q2R a ^ 2) with (Q2R (a * a)) by (constants; ring).
replace (4 * Q2R (a * a) * Q2R b ^ 2) with (Q2R (4 * (a * a) * (b * b))) by (constants; ring).
split; apply div_sound; enclose; [lra|]. apply Rgt_not_eq. now apply Rmult_lt_0_compat.
Qed.

Lemma eval_gabor_sound : right eval_gabor Gabor.
Proof.
unfold A.right, eval_gabor. set (square := add (add _ _) _).
assert (Hs : encloses square (widened 1 p q r)).
{ rewrite widened_radicand. replace (1 + 2 * 1 * (p + q) + 2 * 1 * (2 * 1) * (p * q - r ^ 2))
    with (1 + 2 * (p + q) + 4 * (p * q - r ^ 2)) by ring. unfold square. enclose. }
destruct (positive_interval square) eqn:E; [|split; apply nai_sound].
apply (positive_sound _ _ E) in Hs as Hpos. set (m := widened 1 p q r) in *.
assert (Hroot : 0 < sqrt m) by now apply sqrt_lt_R0.
set (weight := div (integer 1) _). set (nf := div (add (sub _ _) _) square). set (ff := div (add (add _ _) _) square).
assert (Hw : encloses weight (/ sqrt m)).
{ replace (/ sqrt m) with (1 / sqrt m) by (field; lra). apply div_sound; enclose. lra. }
assert (Hnf : encloses nf (gabor_form (-1) p q r)).
{ unfold gabor_form. fold m. replace (p + q + -1 * (2 * r)) with (p + q - 2 * r) by ring. apply div_sound; enclose. lra. }
assert (Hff : encloses ff (gabor_form 1 p q r)).
{ unfold gabor_form. fold m. replace (p + q + 1 * (2 * r)) with (p + q + 2 * r) by ring. apply div_sound; enclose. lra. }
assert (Hwave : forall i s, encloses i (gabor_form s p q r) ->
  encloses (mul weight (exp' (mul (rational (- (1 # 2))) i))) (gabor_wave s p q r)).
{ intros i s Hi. unfold gabor_wave. fold m.
  replace (- (gabor_form s p q r / 2)) with (Q2R (- (1 # 2)) * gabor_form s p q r) by (constants; field). enclose. }
apply Hwave in Hnf as Hn. apply Hwave in Hff as Hf. cbn [fst snd dual derivative_dual]. fold m.
set (near := mul weight _) in *. set (far := mul weight (exp' (mul _ ff))) in *.
split; apply div_sound; enclose; lra.
Qed.

Lemma eval_gelu_sound : right eval_gelu Gelu.
Proof.
unfold A.right, eval_gelu. set (both := mul (add _ _) _). set (square := add (add _ _) _).
assert (Hb : encloses both ((1 + p) * (1 + q))) by (unfold both; enclose).
assert (Hs : encloses square (gelu_square p q r)).
{ unfold gelu_square. replace ((1 + p) * (1 + q) - r ^ 2) with (1 + (p + q) + (p * q - r ^ 2)) by ring.
  unfold square. enclose. }
destruct (positive_interval square) eqn:E1; [|split; apply nai_sound].
destruct (positive_interval both) eqn:E2; [|split; apply nai_sound].
apply (positive_sound _ _ E1) in Hs as Hpos. apply (positive_sound _ _ E2) in Hb as Hbpos.
cbn [andb fst snd dual derivative_dual]. pose proof PI_RGT_0.
set (D2 := gelu_square p q r) in *. assert (Hroot : encloses (sqrt' square) (gelu_root p q r)) by (unfold gelu_root; enclose).
assert (0 < gelu_root p q r) by now apply sqrt_lt_R0.
assert (Halong : encloses (div ir (sqrt' square)) (r / gelu_root p q r)) by (apply div_sound; auto; lra).
replace (/ 4) with (1 / 4) by field. replace (/ D2) with (1 / D2) by (field; lra).
replace (r ^ 2) with (r * r) by ring.
split.
- apply add_sound; [apply div_sound; enclose; lra|]. apply div_sound; enclose; [lra|]. apply div_sound; enclose.
  apply Rgt_not_eq. now apply Rmult_lt_0_compat.
- apply add_sound; [apply div_sound; enclose; lra|]. apply div_sound; enclose; [lra| |]; apply div_sound; enclose; lra.
Qed.

Lemma eval_polynomial_sound w c : right (eval_polynomial w c) (Polynomial w c).
Proof.
unfold A.right, eval_polynomial. cbn [fst snd dual derivative_dual]. unfold polynomial_dual.
split; apply mul_sound; try apply rational_sound;
  apply (bilinear_stands I.type add mul rational encloses); auto using rational_sound; intros; enclose.
Qed.

Lemma eval_duals_sound s : right (eval_duals s) s.
Proof.
destruct s; cbn [eval_duals].
- now apply (eval_rectifier_sound prec half_terms).
- now apply (eval_jump_sound prec half_terms).
- now apply (eval_rectified_power_sound prec half_terms).
- now apply (eval_erf_sound prec half_terms).
- apply eval_sine_sound.
- apply eval_cosine_sound.
- apply eval_rbf_sound.
- apply eval_exponential_sound.
- apply eval_gaussian_sound.
- apply eval_gabor_sound.
- apply eval_gelu_sound.
- apply eval_polynomial_sound.
Qed.
End Sound.
End At_precision.
End SmoothEnclosures.
