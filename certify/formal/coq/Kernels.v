(** What the theorems speak about: kernels of infinitely wide networks as real functions of two points.

    A reader has to accept these definitions; everything else is proved from them.  They follow Jacot, Gabriel and
    Hongler, Neural Tangent Kernel (2018), Proposition 1 and Theorem 1, with the parametrisation of their section 2:
    a Dense layer is y = sqrt(W_var / width) W x + sqrt(b_var) b with standard normal W and b, all of them trained.
    The activations and their duals are those of Activations.v. *)

Require Import Reals QArith Qreals List Lra.
From NTK Require Export Activations.
Import ListNotations.
Open Scope R_scope.

(** * Points *)

Definition point := list R.

Fixpoint inner (x y : point) : R :=
  match x, y with a :: x', b :: y' => a * b + inner x' y' | _, _ => 0 end.

Definition norm (x : point) : R := sqrt (inner x x).

(** x / |x| *)
Definition normalise (x : point) : point := map (fun c => c / norm x) x.

(** Integers over one common denominator. *)
Definition over (denominator : Z) (row : list Z) : point := map (fun z => IZR z / IZR denominator) row.

(** * Networks *)

Inductive layer : Type :=
  | Dense (W_var b_var : Q)
  | Activation (s : activation).

(** * Kernels *)

(** Variances of two points and their covariance in a layer (the NNGP), and their tangent kernel (the NTK). *)
Record moments : Type := Moments { first : R; second : R; covariance : R; tangent : R }.

Definition through (l : layer) (m : moments) : moments :=
  let (p, q, r, t) := m in
  match l with
  | Dense w b =>
      let affine v := Q2R w * v + Q2R b in
      Moments (affine p) (affine q) (affine r) (Q2R w * t + affine r)
  | Activation s => Moments (dual s p p p) (dual s q q q) (dual s p q r) (t * derivative_dual s p q r)
  end.

Fixpoint run (network : list layer) (m : moments) : moments :=
  match network with [] => m | l :: rest => run rest (through l m) end.

Definition input (x y : point) : moments :=
  let d := INR (length x) in Moments (inner x x / d) (inner y y / d) (inner x y / d) 0.

Definition nngp (network : list layer) (x y : point) : R := covariance (run network (input x y)).
Definition ntk (network : list layer) (x y : point) : R := tangent (run network (input x y)).

(** * They are symmetric *)

Lemma inner_symmetric x : forall y, inner x y = inner y x.
Proof. induction x as [|a x IH]; intros [|b y]; simpl; auto. rewrite IH. ring. Qed.

Definition swap (m : moments) : moments := Moments (second m) (first m) (covariance m) (tangent m).

Lemma run_swap network : forall m, run network (swap m) = swap (run network m).
Proof.
induction network as [|l rest IH]; intros m; [reflexivity|]. simpl. rewrite <- IH. f_equal.
destruct m as [p q r t], l as [w b|s]; simpl; [reflexivity|].
unfold swap. simpl. now rewrite (dual_symmetric s q p), (derivative_dual_symmetric s q p).
Qed.

Lemma input_swap x y : length x = length y -> input y x = swap (input x y).
Proof. intros H. unfold input, swap. simpl. now rewrite H, (inner_symmetric y x). Qed.

Theorem nngp_symmetric network x y : length x = length y -> nngp network x y = nngp network y x.
Proof. intros H. unfold nngp. now rewrite (input_swap x y H), run_swap. Qed.

Theorem ntk_symmetric network x y : length x = length y -> ntk network x y = ntk network y x.
Proof. intros H. unfold ntk. now rewrite (input_swap x y H), run_swap. Qed.

(** * Points given by integers *)

Lemma length_over d row : length (over d row) = length row.
Proof. apply map_length. Qed.

Lemma length_normalise x : length (normalise x) = length x.
Proof. apply map_length. Qed.

Lemma inner_scaled a b x : forall y, inner (map (fun c => c / a) x) (map (fun c => c / b) y) = inner x y / (a * b).
Proof.
induction x as [|c x IH]; intros [|e y]; simpl; unfold Rdiv; try ring.
rewrite IH. unfold Rdiv. rewrite Rinv_mult. ring.
Qed.

Lemma over_scaled d row : over d row = map (fun c => c / IZR d) (map IZR row).
Proof. unfold over. now rewrite map_map. Qed.

Inductive kind : Type := NNGP | NTK.

Definition kernel (k : kind) : list layer -> point -> point -> R := match k with NNGP => nngp | NTK => ntk end.

(** A row as it stands, or the exact point x/|x|. *)
Definition place (unit : bool) (denominator : Z) (row : list Z) : point :=
  if unit then normalise (over denominator row) else over denominator row.

Definition gram (k : kind) (network : list layer) (unit : bool) (denominator : Z) (rows : list (list Z)) (i j : nat) : R :=
  kernel k network (place unit denominator (nth i rows [])) (place unit denominator (nth j rows [])).

Lemma kernel_symmetric k network x y : length x = length y -> kernel k network x y = kernel k network y x.
Proof. destruct k; [apply nngp_symmetric|apply ntk_symmetric]. Qed.

Lemma length_place unit d row : length (place unit d row) = length row.
Proof. unfold place. destruct unit; rewrite ?length_normalise; apply length_over. Qed.
