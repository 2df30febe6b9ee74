(** Activations, their duals and their derivative duals: definitions that a reader has to accept.

    The dual of an activation s is E s(u) s(v), its derivative dual E s'(u) s'(v), for centred Gaussian u, v of
    variances p, q and covariance r.  That the closed forms below are these expectations is taken from the literature
    (Cho and Saul 2009; Williams 1997; Rahimi and Recht 2007; Tsuchida et al. 2021) and is part of the definition here;
    Expectations.v proves it for some.  The derivative of a jump is left out: its derivative dual is zero. *)

Require Import Reals QArith Qreals List Lra.
From NTK Require Import Polynomials.
Import ListNotations.
Open Scope R_scope.

Inductive activation : Type :=
  | ABRelu (a b : Q)                       (** a min(x, 0) + b max(x, 0); ReLU is ABRelu 0 1 *)
  | Jump (a b : Q)                         (** a below zero and b above; the sign is Jump (-1) 1 *)
  | RectifiedPower (k : nat)               (** x^k above zero, 0 below *)
  | Erf (a b c : Q)                        (** a erf(b x) + c *)
  | Sine (a b c : Q)                       (** a sin(b x + c) *)
  | Cosine (a b c : Q)                     (** a cos(b x + c) *)
  | Rbf (g : Q)                            (** sqrt 2 sin(sqrt(2 g) x + pi / 4) *)
  | Exponential (a b : Q)                  (** a exp(b x) *)
  | Gaussian (a b : Q)                     (** a exp(b x^2), b <= 0 *)
  | Gabor                                  (** exp(-x^2) sin x *)
  | Gelu                                   (** x Phi(x), Phi the normal distribution function *)
  | Polynomial (w : Q) (c : list Q).       (** sqrt w sum_k c_k x^k *)

(** The angle between two Gaussian variables. *)
Definition angle (p q r : R) : R := acos (r / sqrt (p * q)).

(** A function of two slopes, or of two values: (a^2 + b^2) / 2 for r^2 = p q, r > 0, and a b for r < 0. *)
Definition two_sided (a b : Q) (p q r : R) : R :=
  (Q2R a ^ 2 + Q2R b ^ 2) / 2 - (Q2R a - Q2R b) ^ 2 / (2 * PI) * angle p q r.

(** E (u v)^k over u, v > 0, the arc-cosine kernels J_k of all orders, by
    J_(k+2) = (2 k + 3) r J_(k+1) + (k + 1)^2 (p q - r^2) J_k; the pair is (J_k, J_(k+1)). *)
Fixpoint arc_cosines (k : nat) (p q r : R) : R * R :=
  match k with
  | O =>
      let up := (PI - angle p q r) / (2 * PI) in
      (up, sqrt (p * q - r ^ 2) / (2 * PI) + r * up)
  | S j =>
      let (before, now) := arc_cosines j p q r in
      (now, INR (2 * j + 3) * r * now + INR (S j) ^ 2 * (p * q - r ^ 2) * before)
  end.

Definition arc_cosine (k : nat) (p q r : R) : R := fst (arc_cosines k p q r).

Definition near_wave (b p q r : R) : R := exp (- (b ^ 2 * (p + q - 2 * r) / 2)).
Definition far_wave (b p q r : R) : R := exp (- (b ^ 2 * (p + q + 2 * r) / 2)).

(** The determinant of I + 2 b times the covariance matrix. *)
Definition widened (b p q r : R) : R := (1 + 2 * b * p) * (1 + 2 * b * q) - (2 * b * r) ^ 2.

(** Of exp(-u^2 - v^2) exp(+-iuv) in the Gabor dual: the determinant, and the two quadratic forms over it. *)
Definition gabor_form (sign p q r : R) : R :=
  (p + q + sign * (2 * r) + 4 * (p * q - r ^ 2)) / widened 1 p q r.
Definition gabor_wave (sign p q r : R) : R := / sqrt (widened 1 p q r) * exp (- (gabor_form sign p q r / 2)).

Definition gelu_square (p q r : R) : R := (1 + p) * (1 + q) - r ^ 2.
Definition gelu_root (p q r : R) : R := sqrt (gelu_square p q r).

Definition derivative_dual (s : activation) (p q r : R) : R :=
  match s with
  | ABRelu a b => two_sided a b p q r
  | Jump _ _ => 0
  | RectifiedPower O => 0
  | RectifiedPower (S k) => INR (S k) ^ 2 * arc_cosine k p q r
  | Erf a b c => 2 * Q2R a ^ 2 * (2 * Q2R b ^ 2) / PI / sqrt (widened (Q2R b ^ 2) p q r)
  | Sine a b c => Q2R a ^ 2 * Q2R b ^ 2 / 2 * (near_wave (Q2R b) p q r + cos (2 * Q2R c) * far_wave (Q2R b) p q r)
  | Cosine a b c => Q2R a ^ 2 * Q2R b ^ 2 / 2 * (near_wave (Q2R b) p q r - cos (2 * Q2R c) * far_wave (Q2R b) p q r)
  | Rbf g => 2 * Q2R g * exp (- (Q2R g * (p + q - 2 * r)))
  | Exponential a b => Q2R a ^ 2 * Q2R b ^ 2 * exp (Q2R b ^ 2 * (p + q + 2 * r) / 2)
  | Gaussian a b =>
      4 * Q2R a ^ 2 * Q2R b ^ 2 * r / (widened (- Q2R b) p q r * sqrt (widened (- Q2R b) p q r))
  | Gabor =>
      ((8 * r + 1 - 4 * r * gabor_form (-1) p q r) * gabor_wave (-1) p q r -
       (8 * r - 1 - 4 * r * gabor_form 1 p q r) * gabor_wave 1 p q r) / (2 * widened 1 p q r)
  | Gelu =>
      / 4 + (atan (r / gelu_root p q r) +
             r / gelu_root p q r * (/ gelu_square p q r + (1 - p * q) / ((1 + p) * (1 + q)) + 1)) / (2 * PI)
  | Polynomial w c => Q2R w * polynomial_dual (derivative c) p q r
  end.

Definition dual (s : activation) (p q r : R) : R :=
  match s with
  | ABRelu a b => (Q2R a - Q2R b) ^ 2 / (2 * PI) * sqrt (p * q - r ^ 2) + r * two_sided a b p q r
  | Jump a b => two_sided a b p q r
  | RectifiedPower k => arc_cosine k p q r
  | Erf a b c =>
      let k := 2 * Q2R b ^ 2 in
      Q2R c ^ 2 + 2 * Q2R a ^ 2 / PI * asin (k * r / sqrt ((1 + k * p) * (1 + k * q)))
  | Sine a b c => Q2R a ^ 2 / 2 * (near_wave (Q2R b) p q r - cos (2 * Q2R c) * far_wave (Q2R b) p q r)
  | Cosine a b c => Q2R a ^ 2 / 2 * (near_wave (Q2R b) p q r + cos (2 * Q2R c) * far_wave (Q2R b) p q r)
  | Rbf g => exp (- (Q2R g * (p + q - 2 * r)))
  | Exponential a b => Q2R a ^ 2 * exp (Q2R b ^ 2 * (p + q + 2 * r) / 2)
  | Gaussian a b => Q2R a ^ 2 / sqrt (widened (- Q2R b) p q r)
  | Gabor => (gabor_wave (-1) p q r - gabor_wave 1 p q r) / 2
  | Gelu =>
      r / 4 + ((r ^ 2 + p * q * gelu_square p q r) / ((1 + p) * (1 + q) * gelu_root p q r) +
               r * atan (r / gelu_root p q r)) / (2 * PI)
  | Polynomial w c => Q2R w * polynomial_dual c p q r
  end.

(** * They are symmetric *)

Lemma angle_symmetric p q r : angle p q r = angle q p r.
Proof. unfold angle. now rewrite (Rmult_comm p). Qed.

Lemma two_sided_symmetric a b p q r : two_sided a b p q r = two_sided a b q p r.
Proof. unfold two_sided. now rewrite angle_symmetric. Qed.

Lemma arc_cosine_symmetric k p q r : arc_cosine k p q r = arc_cosine k q p r.
Proof.
unfold arc_cosine. f_equal. induction k as [|k IH]; cbn [arc_cosines].
- now rewrite angle_symmetric, (Rmult_comm p).
- now rewrite IH, (Rmult_comm p).
Qed.

Lemma near_wave_symmetric b p q r : near_wave b p q r = near_wave b q p r.
Proof. unfold near_wave. now rewrite (Rplus_comm p). Qed.

Lemma far_wave_symmetric b p q r : far_wave b p q r = far_wave b q p r.
Proof. unfold far_wave. now rewrite (Rplus_comm p). Qed.

Lemma widened_symmetric b p q r : widened b p q r = widened b q p r.
Proof. unfold widened. now rewrite (Rmult_comm (1 + 2 * b * p)). Qed.

Lemma gabor_form_symmetric s p q r : gabor_form s p q r = gabor_form s q p r.
Proof. unfold gabor_form. now rewrite widened_symmetric, (Rplus_comm p), (Rmult_comm p). Qed.

Lemma gabor_wave_symmetric s p q r : gabor_wave s p q r = gabor_wave s q p r.
Proof. unfold gabor_wave. now rewrite widened_symmetric, gabor_form_symmetric. Qed.

Lemma gelu_square_symmetric p q r : gelu_square p q r = gelu_square q p r.
Proof. unfold gelu_square. now rewrite (Rmult_comm (1 + p)). Qed.

Lemma gelu_root_symmetric p q r : gelu_root p q r = gelu_root q p r.
Proof. unfold gelu_root. now rewrite gelu_square_symmetric. Qed.

Lemma polynomial_dual_symmetric c p q r : polynomial_dual c p q r = polynomial_dual c q p r.
Proof. apply bilinear_symmetric. Qed.

Lemma derivative_dual_symmetric s p q r : derivative_dual s p q r = derivative_dual s q p r.
Proof.
destruct s as [a b|a b|[|k]|a b c|a b c|a b c|g|a b|a b| | |w c]; cbv [derivative_dual].
- apply two_sided_symmetric.
- reflexivity.
- reflexivity.
- now rewrite arc_cosine_symmetric.
- now rewrite widened_symmetric.
- now rewrite near_wave_symmetric, far_wave_symmetric.
- now rewrite near_wave_symmetric, far_wave_symmetric.
- now rewrite (Rplus_comm p).
- now rewrite (Rplus_comm p).
- now rewrite widened_symmetric.
- now rewrite widened_symmetric, !(gabor_form_symmetric _ p), !(gabor_wave_symmetric _ p).
- now rewrite gelu_root_symmetric, gelu_square_symmetric, (Rmult_comm p), (Rmult_comm (1 + p)).
- now rewrite polynomial_dual_symmetric.
Qed.

Lemma dual_symmetric s p q r : dual s p q r = dual s q p r.
Proof.
destruct s as [a b|a b|k|a b c|a b c|a b c|g|a b|a b| | |w c]; cbv [dual].
- now rewrite two_sided_symmetric, (Rmult_comm p).
- apply two_sided_symmetric.
- apply arc_cosine_symmetric.
- now rewrite (Rmult_comm (1 + _ * p)).
- now rewrite near_wave_symmetric, far_wave_symmetric.
- now rewrite near_wave_symmetric, far_wave_symmetric.
- now rewrite (Rplus_comm p).
- now rewrite (Rplus_comm p).
- now rewrite widened_symmetric.
- now rewrite !(gabor_wave_symmetric _ p).
- now rewrite gelu_root_symmetric, gelu_square_symmetric, (Rmult_comm p), (Rmult_comm (1 + p)).
- now rewrite polynomial_dual_symmetric.
Qed.
