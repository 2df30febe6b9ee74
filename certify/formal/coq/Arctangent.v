(** The arctangent by its alternating series, after its argument has been brought near zero. *)

Require Import Reals List Lia Lra Psatz.
From NTK Require Import Forms.
Import ListNotations.
Open Scope R_scope.

(** sum over i < n of (-z)^i / (2 (k + i) + 1), by Horner's rule. *)
Fixpoint series (n k : nat) (z : R) : R :=
  match n with O => 0 | S m => / INR (2 * k + 1) - z * series m (S k) z end.

Lemma series_sum n : forall k z, series n k z = Sum n (fun i => (- z) ^ i / INR (2 * (k + i) + 1)).
Proof.
induction n as [|n IH]; intros k z; [reflexivity|].
rewrite Sum_first. cbn [series]. rewrite IH, Nat.add_0_r.
rewrite (Sum_ext n (fun i => (- z) ^ S i / _) (fun i => - z * ((- z) ^ i / INR (2 * (S k + i) + 1)))).
- rewrite Sum_scal. simpl pow. unfold Rdiv. ring.
- intros i _. replace (S k + i)%nat with (k + S i)%nat by lia. simpl pow. unfold Rdiv. ring.
Qed.

Lemma Sum_partial f N : Sum (S N) f = sum_f_R0 f N.
Proof. induction N as [|N IH]; [simpl; ring|]. cbn [Sum sum_f_R0] in *. rewrite <- IH. ring. Qed.

Lemma partial_series y N : y * series (S N) 0 (y * y) = sum_f_R0 (tg_alt (Ratan_seq y)) N.
Proof.
rewrite series_sum, <- Sum_scal, <- Sum_partial. apply Sum_ext; intros i _.
unfold tg_alt, Ratan_seq. rewrite Nat.add_0_l.
replace (- (y * y)) with (-1 * (y * y)) by ring.
rewrite Rpow_mult_distr, pow_add, pow_mult. simpl (y ^ 2). simpl (y ^ 1). rewrite !Rmult_1_r. unfold Rdiv. ring.
Qed.

Lemma series_positive y m : 0 < y < 1 ->
  Rabs (atan y - y * series (2 * m + 1) 0 (y * y)) <= y ^ (2 * (2 * m + 1) + 1).
Proof.
intros Hy. rewrite Nat.add_1_r, partial_series.
assert (Hin : -1 <= y <= 1) by lra.
assert (Hcv : Un_cv (sum_f_R0 (tg_alt (Ratan_seq y))) (atan y)).
{ rewrite atan_eq_ps_atan by assumption. unfold ps_atan.
  destruct (in_int y) as [H|H]; [|exfalso; lra].
  destruct (ps_atan_exists_1 y H) as [l Hl]. exact Hl. }
pose proof (alternated_series_ineq (Ratan_seq y) (atan y) m) as H.
destruct H as [H1 H2]; [apply Ratan_seq_decreasing; lra|apply Ratan_seq_converging; lra|exact Hcv|].
cbn [sum_f_R0] in H1. unfold tg_alt at 2 in H1. rewrite pow_1_odd in H1.
assert (Hu : Ratan_seq y (S (2 * m)) <= y ^ (2 * S (2 * m) + 1)).
{ unfold Ratan_seq. set (k := (2 * S (2 * m) + 1)%nat).
  rewrite <- (Rmult_1_r (y ^ k)) at 2. apply Rmult_le_compat_l; [apply pow_le; lra|].
  rewrite <- Rinv_1. apply Rinv_le_contravar; [lra|]. replace 1 with (INR 1) by reflexivity. apply le_INR. unfold k. lia. }
apply Rabs_le. lra.
Qed.

Theorem series_bound y b m : Rabs y <= b -> b < 1 ->
  Rabs (atan y - y * series (2 * m + 1) 0 (y * y)) <= b ^ (2 * (2 * m + 1) + 1).
Proof.
intros Hy Hb.
assert (mono : forall u, 0 <= u <= b -> u ^ (2 * (2 * m + 1) + 1) <= b ^ (2 * (2 * m + 1) + 1)) by (intros; now apply pow_incr).
destruct (Rtotal_order y 0) as [H|[->|H]].
- rewrite Rabs_left in Hy by lra.
  replace (atan y - _) with (- (atan (- y) - - y * series (2 * m + 1) 0 (- y * - y))).
  + rewrite Rabs_Ropp. eapply Rle_trans; [apply series_positive; lra|apply mono; lra].
  + rewrite atan_opp. replace (- y * - y) with (y * y) by ring. ring.
- rewrite atan_0, Rmult_0_l, Rminus_0_r, Rabs_R0. apply pow_le. pose proof (Rabs_pos 0). lra.
- rewrite Rabs_right in Hy by lra. eapply Rle_trans; [apply series_positive; lra|apply mono; lra].
Qed.

Theorem atan_shift x c : 0 <= x -> 0 <= c -> atan x = atan c + atan ((x - c) / (1 + x * c)).
Proof.
intros Hx Hc. apply atan_sub_correct.
- nra.
- pose proof (atan_bound x). pose proof (atan_bound c).
  assert (nonneg : forall u, 0 <= u -> 0 <= atan u).
  { intros u [Hu|<-]; [|rewrite atan_0; lra]. left. rewrite <- atan_0. now apply atan_increasing. }
  pose proof (nonneg x Hx). pose proof (nonneg c Hc). lra.
- apply atan_bound.
Qed.

Theorem atan_large x : 0 < x -> atan x = PI / 2 - atan (1 / x).
Proof.
intros H. unfold Rdiv at 2. rewrite Rmult_1_l, atan_inv by assumption. ring.
Qed.
