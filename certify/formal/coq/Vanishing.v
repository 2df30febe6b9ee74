(** Singular kernel matrices: a zero row on which the kernel vanishes. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra.
From NTK Require Import Forms Matrices Polynomials Kernels Duals Gradings Proportional Singular.
Import ListNotations.
Open Scope R_scope.

Definition vanishes (s : activation) : bool :=
  match s with
  | ABRelu _ _ | Gabor | Gelu => true
  | RectifiedPower k => negb (Nat.eqb k 0)
  | Erf _ _ c | Sine _ _ c => Qeq_bool c 0
  | Polynomial _ (c :: _) => Qeq_bool c 0
  | Polynomial _ [] => true
  | _ => false
  end.

Lemma Q2R_is_zero q : Qeq_bool q 0 = true -> Q2R q = 0.
Proof. intros H. apply Q2R_eq in H. now rewrite Q2R_0 in H. Qed.

Lemma arc_cosines_zero k : snd (arc_cosines k 0 0 0) = 0.
Proof.
assert (E : 0 * 0 - 0 ^ 2 = 0) by ring.
induction k as [|k IH]; cbn [arc_cosines].
- cbn [snd]. rewrite E, sqrt_0. unfold Rdiv. ring.
- destruct (arc_cosines k 0 0 0) as [x y]. cbn [snd] in *. rewrite E. ring.
Qed.

Lemma polynomial_dual_zero c : Q2R c = 0 -> forall l, polynomial_dual (c :: l) 0 0 0 = 0.
Proof.
intros H l. unfold polynomial_dual, mehler. cbn [length mehler_from coefficients map bilinear fst snd].
replace (horner R Rplus Rmult Q2R (map Q2R (map Qred (mean (c :: l)))) 0) with 0; [ring|].
change (0 = value (mean (c :: l)) 0). unfold mean. destruct l as [|b l]; cbn [mean_from]; rewrite value_cons, Q2R_mult, H; ring.
Qed.

Lemma vanishes_sound s : vanishes s = true -> dual s 0 0 0 = 0.
Proof.
destruct s as [a b|a b|k|a b c|a b c|a b c|g|a b|a b| | |w [|c l]]; cbn [vanishes]; intros H; try discriminate;
  cbv [dual].
- replace (0 * 0 - 0 ^ 2) with 0 by ring. rewrite sqrt_0. ring.
- destruct k as [|k]; [discriminate|]. unfold arc_cosine. pose proof (arc_cosines_zero k) as E.
  cbn [arc_cosines]. destruct (arc_cosines k 0 0 0). exact E.
- apply Q2R_is_zero in H. rewrite H. replace (2 * Q2R b ^ 2 * 0 / _) with 0 by (unfold Rdiv; ring).
  rewrite asin_0. ring.
- apply Q2R_is_zero in H. rewrite H, Rmult_0_r, cos_0. unfold near_wave, far_wave.
  rewrite Rmult_0_r, Rplus_0_r, Rminus_0_r, Rplus_0_r. ring.
- unfold gabor_wave, gabor_form. rewrite !Rmult_0_r. unfold Rdiv. ring.
- unfold Rdiv at 1 2. rewrite !Rmult_0_l. replace (0 ^ 2 + 0) with 0 by ring. unfold Rdiv. rewrite !Rmult_0_l. ring.
- cbn. rewrite Q2R_0. ring.
- rewrite polynomial_dual_zero by now apply Q2R_is_zero. ring.
Qed.

Definition vanishing_layer (l : layer) : bool :=
  match l with Dense _ b => Qeq_bool b 0 | Activation s => vanishes s end.

Lemma vanishing_run network : forallb vanishing_layer network = true ->
  run network (Moments 0 0 0 0) = Moments 0 0 0 0.
Proof.
induction network as [|l rest IH]; intros H; [reflexivity|]. apply andb_true_iff in H. destruct H as [Hl H].
cbn [run]. destruct l as [w b|s]; cbn [through vanishing_layer] in *.
- apply Q2R_is_zero in Hl. rewrite Hl, !Rmult_0_r, !Rplus_0_r. now apply IH.
- rewrite (vanishes_sound s Hl), Rmult_0_l. now apply IH.
Qed.

Definition check_zero_row (network : list layer) (rows : list (list Z)) (i : nat) : bool :=
  Nat.ltb i (length rows) && forallb (Z.eqb 0) (nth i rows []) && forallb vanishing_layer network.

Lemma inner_zero d u : forallb (Z.eqb 0) u = true -> inner (over d u) (over d u) = 0.
Proof.
induction u as [|a u IH]; intros H; [reflexivity|]. apply andb_true_iff in H. destruct H as [Ha H].
apply Z.eqb_eq in Ha. subst a. cbn [over map inner]. fold (over d u). rewrite IH by exact H. unfold Rdiv. ring.
Qed.

Theorem singular_zero_row k network denominator rows i : check_zero_row network rows i = true ->
  exists v, nonzero (length rows) v /\ form (length rows) (gram k network false denominator rows) v = 0.
Proof.
unfold check_zero_row. rewrite !andb_true_iff. intros [[Hi Hz] Hn]. apply Nat.ltb_lt in Hi.
exists (fun a => 1 * identity i a + 0 * identity i a). split.
- exists i. split; [exact Hi|]. unfold identity. rewrite Nat.eqb_refl. lra.
- rewrite form_two by assumption.
  assert (E : gram k network false denominator rows i i = 0).
  { assert (E : input (over denominator (nth i rows [])) (over denominator (nth i rows [])) = Moments 0 0 0 0).
    { unfold input. rewrite inner_zero by exact Hz. unfold Rdiv. now rewrite Rmult_0_l. }
    change (gram k network false denominator rows i i)
      with (kernel k network (over denominator (nth i rows [])) (over denominator (nth i rows []))).
    destruct k; cbn [kernel]; unfold nngp, ntk; now rewrite E, vanishing_run. }
  rewrite E. ring.
Qed.
