(** The kernels of a polynomial network are polynomials in each of their points; hence more points than monomials give a
    singular matrix, whatever the points, normalised or not. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra.
From NTK Require Import Forms Polynomials Kernels Dimension.
Import ListNotations.
Open Scope R_scope.

(** The product of the degrees of the activations; None if one is no polynomial. *)
Fixpoint network_degree (network : list layer) : option nat :=
  match network with
  | [] => Some 1%nat
  | Dense _ _ :: rest => network_degree rest
  | Activation (Polynomial _ c) :: rest => option_map (Nat.mul (pred (length c))) (network_degree rest)
  | Activation _ :: _ => None
  end.

Section Dimension.
Variable d : nat.
Local Notation poly := (polynomial d).

Lemma Q2R_zero : Q2R 0 = 0.
Proof. unfold Q2R. simpl. ring. Qed.

Lemma length_derivative_from k c : length (derivative_from k c) = length c.
Proof. revert k. induction c as [|a c IH]; intros k; [reflexivity|]. simpl. now rewrite IH. Qed.

Lemma length_derivative c : length (derivative c) = pred (length c).
Proof. destruct c as [|a c]; [reflexivity|]. apply length_derivative_from. Qed.

Lemma length_mean_from n : forall c k f, (length c <= n)%nat -> (2 * length (mean_from c k f) <= S (length c))%nat.
Proof.
induction n as [|n IH]; intros [|a [|b c]] k f H; simpl in *; try lia.
specialize (IH c (k + 2)%nat (f * natural (k + 1))%Q ltac:(lia)). lia.
Qed.

Lemma polynomial_horner a D f : poly D f ->
  poly (pred (length a) * D) (fun x => horner R Rplus Rmult Q2R (map Q2R a) (f x)).
Proof.
intros Hf. induction a as [|b [|b' a] IH]; cbn [map horner length pred].
- apply polynomial_constant.
- apply polynomial_constant.
- apply sum; [apply polynomial_constant|]. cbn [map horner length pred] in IH.
  apply polynomial_more with (D + length a * D)%nat; [lia|]. now apply polynomial_times.
Qed.

Lemma polynomial_bilinear P Q D p q r : (P + Q <= 2 * D)%nat -> poly P p -> poly Q q -> poly D r ->
  forall n l f c, length c = n -> poly (pred n * D)
    (fun x => bilinear R Rplus Rmult Q2R (coefficients R Q2R (mehler_from n l f c)) (p x) (q x) (r x)).
Proof.
intros HD Hp Hq Hr. induction n as [|n IH]; intros l f c Hc; [exact (polynomial_constant d _ (Q2R 0))|].
cbn [mehler_from coefficients map bilinear fst snd].
set (a := map Qred (mean c)).
assert (Ha : (2 * pred (length a) <= n)%nat).
{ unfold a, mean. rewrite map_length. pose proof (length_mean_from (length c) c 0 1 (le_n _)). lia. }
apply sum.
- apply multiple. apply polynomial_more with (pred (length a) * P + pred (length a) * Q)%nat; [cbn [pred]; nia|].
  apply polynomial_times; now apply polynomial_horner.
- destruct n as [|n].
  + apply (same _ _ _ (fun _ => 0)); [intros; cbn; rewrite Q2R_zero; ring|apply nought].
  + apply polynomial_more with (D + n * D)%nat; [cbn [pred]; lia|]. apply polynomial_times; [exact Hr|].
    apply IH. rewrite length_derivative, Hc. reflexivity.
Qed.

Lemma polynomial_dual_degree P Q D p q r c : (P + Q <= 2 * D)%nat -> poly P p -> poly Q q -> poly D r ->
  poly (pred (length c) * D) (fun x => polynomial_dual c (p x) (q x) (r x)).
Proof. intros. now apply (polynomial_bilinear P Q D). Qed.

(** Moments as functions of the first point: degrees 2 D, 0, D and D. *)
Definition of_degree (D : nat) (m : point -> moments) : Prop :=
  poly (2 * D) (fun x => first (m x)) /\ poly 0 (fun x => second (m x)) /\
  poly D (fun x => covariance (m x)) /\ poly D (fun x => tangent (m x)).

Lemma run_degree network : forall D E m, network_degree network = Some E -> of_degree D m ->
  of_degree (E * D) (fun x => run network (m x)).
Proof.
induction network as [|l rest IH]; intros D E m H Hm; cbn [network_degree] in H.
{ injection H as <-. now rewrite Nat.mul_1_l. }
destruct Hm as (Hp & Hq & Hr & Ht). destruct l as [w b|s]; [|destruct s; try discriminate].
- apply (IH D E (fun x => through (Dense w b) (m x)) H).
  assert (A : forall C f, poly C f -> poly C (fun x => Q2R w * f x + Q2R b))
    by (intros; apply sum; [now apply multiple|apply polynomial_constant]).
  repeat split.
  + apply (same _ _ _ (fun x => Q2R w * first (m x) + Q2R b)); [intros x; now destruct (m x)|now apply A].
  + apply (same _ _ _ (fun x => Q2R w * second (m x) + Q2R b)); [intros x; now destruct (m x)|now apply A].
  + apply (same _ _ _ (fun x => Q2R w * covariance (m x) + Q2R b)); [intros x; now destruct (m x)|now apply A].
  + apply (same _ _ _ (fun x => Q2R w * tangent (m x) + (Q2R w * covariance (m x) + Q2R b)));
      [intros x; now destruct (m x)|]. apply sum; [now apply multiple|now apply A].
- destruct (network_degree rest) as [C|] eqn:EC; [|discriminate]. injection H as <-.
  set (k := pred (length c)). replace (k * C * D)%nat with (C * (k * D))%nat by ring.
  apply (IH (k * D)%nat C (fun x => through (Activation (Polynomial w c)) (m x)) eq_refl). repeat split.
  + apply (same _ _ _ (fun x => Q2R w * polynomial_dual c (first (m x)) (first (m x)) (first (m x))));
      [intros x; now destruct (m x)|].
    apply multiple. apply polynomial_more with (k * (2 * D))%nat; [lia|].
    now apply (polynomial_dual_degree (2 * D) (2 * D) (2 * D)); try lia.
  + apply (same _ _ _ (fun x => Q2R w * polynomial_dual c (second (m x)) (second (m x)) (second (m x))));
      [intros x; now destruct (m x)|].
    apply multiple. apply polynomial_more with (k * 0)%nat; [lia|].
    now apply (polynomial_dual_degree 0 0 0); try lia.
  + apply (same _ _ _ (fun x => Q2R w * polynomial_dual c (first (m x)) (second (m x)) (covariance (m x))));
      [intros x; now destruct (m x)|].
    apply multiple. now apply (polynomial_dual_degree (2 * D) 0 D); try lia.
  + apply (same _ _ _ (fun x => tangent (m x) *
      (Q2R w * polynomial_dual (derivative c) (first (m x)) (second (m x)) (covariance (m x)))));
      [intros x; now destruct (m x)|].
    destruct c as [|c0 [|c1 c]].
    * apply (same _ _ _ (fun _ => 0)); [intros x; cbn; rewrite Q2R_zero; ring|apply nought].
    * apply (same _ _ _ (fun _ => 0)); [intros x; cbn; rewrite Q2R_zero; ring|apply nought].
    * apply polynomial_more with (D + pred (length (derivative (c0 :: c1 :: c))) * D)%nat.
      { rewrite length_derivative. unfold k. cbn [length pred]. lia. }
      apply polynomial_times; [exact Ht|]. apply multiple. now apply (polynomial_dual_degree (2 * D) 0 D); try lia.
Qed.

Lemma polynomial_inner_from y : forall j (c : R), (j + length y <= d)%nat ->
  poly 1 (fun x => inner (skipn j x) y).
Proof.
induction y as [|b y IH]; intros j c H.
- apply (same _ _ _ (fun _ => 0)); [intros x; now destruct (skipn j x)|apply nought].
- cbn [length] in H.
  apply (same _ _ _ (fun x => b * coordinate j x + inner (skipn (S j) x) y)).
  + intros x. unfold coordinate. clear. revert j. induction x as [|a x IH]; intros [|j].
    * simpl. destruct y; simpl; ring.
    * simpl. destruct y; simpl; ring.
    * simpl. ring.
    * apply IH.
  + apply sum; [apply multiple, polynomial_coordinate; lia|]. apply (IH (S j) c). lia.
Qed.

Lemma polynomial_inner y : length y = d -> poly 1 (fun x => inner x y).
Proof. intros H. apply (polynomial_inner_from y 0 0). lia. Qed.

(** |x|^2, for points of the dimension. *)
Fixpoint square_to (j : nat) (x : point) : R :=
  match j with O => 0 | S i => square_to i x + coordinate i x * coordinate i x end.

Lemma polynomial_square j : (j <= d)%nat -> poly 2 (square_to j).
Proof.
induction j as [|j IH]; intros H; cbn [square_to]; [apply nought|]. apply sum; [apply IH; lia|].
apply (polynomial_times d 1 1); apply polynomial_coordinate; lia.
Qed.

Lemma square_to_cons a x j : square_to (S j) (a :: x) = a * a + square_to j x.
Proof. induction j as [|j IH]; [cbn; ring|]. cbn [square_to] in *. rewrite IH. unfold coordinate. simpl. ring. Qed.

Lemma square_to_inner x : square_to (length x) x = inner x x.
Proof. induction x as [|a x IH]; [reflexivity|]. simpl length. rewrite square_to_cons, IH. reflexivity. Qed.

(** * The theorem *)

Definition input_of (y : point) (x : point) : moments :=
  Moments (square_to d x / INR d) (inner y y / INR d) (inner x y / INR d) 0.

Lemma input_of_degree y : length y = d -> of_degree 1 (input_of y).
Proof.
intros H. unfold input_of, of_degree. cbn [first second covariance tangent]. repeat split.
- apply (same _ _ _ (fun x => / INR d * square_to d x)); [intros; unfold Rdiv; ring|].
  apply multiple. now apply polynomial_square.
- apply polynomial_constant.
- apply (same _ _ _ (fun x => / INR d * inner x y)); [intros; unfold Rdiv; ring|].
  apply multiple. now apply polynomial_inner.
- apply nought.
Qed.

Theorem finite_rank k network D n (x : nat -> point) : network_degree network = Some D ->
  (forall i, (i < n)%nat -> length (x i) = d) -> (monomial_count d D < n)%nat ->
  exists v, nonzero n v /\ form n (fun i j => kernel k network (x i) (x j)) v = 0.
Proof.
intros HD Hx Hn. destruct (polynomial_relation d D n x Hn) as (w & Hw & H).
exists w. split; [exact Hw|]. unfold form.
rewrite (Sum_swap n n (fun i j => w i * kernel k network (x i) (x j) * w j)).
rewrite (Sum_ext n _ (fun _ => 0)); [rewrite Sum_const; ring|]. intros j Hj.
set (f := fun u : point => match k with NNGP => covariance | NTK => tangent end (run network (input_of (x j) u))).
assert (Hf : polynomial d D f).
{ pose proof (run_degree network 1 D _ HD (input_of_degree (x j) (Hx j Hj))) as (_ & _ & Hr & Ht).
  rewrite Nat.mul_1_r in Hr, Ht. unfold f. now destruct k. }
rewrite (Sum_ext n _ (fun i => w j * (w i * f (x i)))).
- rewrite Sum_scal, (H f Hf). ring.
- intros i Hi. replace (kernel k network (x i) (x j)) with (f (x i)); [ring|].
  unfold f, kernel, nngp, ntk, input, input_of. rewrite <- (Hx i Hi) at 1 2 3 4. rewrite square_to_inner. now destruct k.
Qed.
End Dimension.

Definition check_rank (network : list layer) (rows : list (list Z)) : bool :=
  let columns := length (hd [] rows) in
  forallb (fun u => Nat.eqb (length u) columns) rows &&
  match network_degree network with Some D => Nat.ltb (monomial_count columns D) (length rows) | None => false end.

Theorem singular_rank k network unit denominator rows : check_rank network rows = true ->
  exists v, nonzero (length rows) v /\ form (length rows) (gram k network unit denominator rows) v = 0.
Proof.
unfold check_rank. cbv zeta. intros H. apply andb_true_iff in H. destruct H as [Hl H].
destruct (network_degree network) as [D|] eqn:E; [|discriminate]. apply Nat.ltb_lt in H.
rewrite forallb_forall in Hl.
apply (finite_rank (length (hd [] rows)) k network D (length rows) (fun i => place unit denominator (nth i rows [])) E); auto.
intros i Hi. rewrite length_place. now apply Nat.eqb_eq, Hl, nth_In.
Qed.
