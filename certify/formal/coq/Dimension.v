(** More points than monomials: polynomial networks have singular kernel matrices.

    Vectors that outnumber their coordinates are linearly dependent; the kernel of a polynomial network, as a function
    of one point, is a polynomial whose degree is the product of the degrees of the activations. *)

Require Import Reals ZArith QArith Qreals List Bool Lia Lra.
From NTK Require Import Forms Polynomials Kernels.
Import ListNotations.
Open Scope R_scope.

(** * Linear dependence *)

Definition skip (i0 i : nat) : nat := if Nat.ltb i i0 then i else S i.

Lemma Sum_skip f i0 : forall n, (i0 <= n)%nat -> Sum (S n) f = f i0 + Sum n (fun i => f (skip i0 i)).
Proof.
induction n as [|n IH]; intros H.
- replace i0 with O by lia. simpl. ring.
- destruct (Nat.eq_dec i0 (S n)) as [->|Hne].
  + rewrite (Sum_ext (S n) (fun i => f (skip (S n) i)) f); [cbn [Sum]; ring|].
    intros i Hi. unfold skip. destruct (Nat.ltb_spec i (S n)); [reflexivity|lia].
  + change (Sum (S (S n)) f) with (Sum (S n) f + f (S n)). rewrite IH by lia. cbn [Sum].
    unfold skip at 3. destruct (Nat.ltb_spec n i0); [lia|]. ring.
Qed.

Lemma all_zero_or_not n (a : nat -> R) : (forall i, (i < n)%nat -> a i = 0) \/ nonzero n a.
Proof.
induction n as [|n [IH|(i & Hi & H)]]; [left; lia| |right; exists i; split; [lia|assumption]].
destruct (Req_dec (a n) 0) as [E|E]; [left|right; exists n; split; [lia|assumption]].
intros i Hi. destruct (Nat.eq_dec i n) as [->|]; [assumption|apply IH; lia].
Qed.

Theorem linear_dependence (M : list (nat -> R)) : forall n, (length M < n)%nat ->
  exists w, nonzero n w /\ forall a, In a M -> Sum n (fun i => w i * a i) = 0.
Proof.
induction M as [M H] using (well_founded_induction (Wf_nat.well_founded_ltof _ (@length (nat -> R)))).
destruct M as [|a M]; intros n Hn; simpl in Hn.
{ exists (fun _ => 1). split; [exists O; split; [lia|lra]|]. intros b []. }
destruct (all_zero_or_not n a) as [Ha|(i0 & Hi0 & Ha)].
{ destruct (H M ltac:(unfold Wf_nat.ltof; simpl; lia) n ltac:(lia)) as (w & Hw & HM).
  exists w. split; [exact Hw|]. intros b [<-|Hb]; [|now apply HM].
  rewrite (Sum_ext n _ (fun _ => 0)), Sum_const; [ring|]. intros i Hi. rewrite Ha by assumption. ring. }
destruct n as [|n]; [lia|].
set (eliminated := fun b : nat -> R => fun i => b (skip i0 i) - b i0 / a i0 * a (skip i0 i)).
destruct (H (map eliminated M) ltac:(unfold Wf_nat.ltof; simpl; rewrite map_length; lia) n
  ltac:(rewrite map_length; lia)) as (w' & (j & Hj & Hwj) & HM).
set (lost := - Sum n (fun i => w' i * a (skip i0 i)) / a i0).
set (w := fun i => if Nat.eqb i i0 then lost else w' (if Nat.ltb i i0 then i else pred i)).
assert (Hw0 : w i0 = lost) by (unfold w; now rewrite Nat.eqb_refl).
assert (Hws : forall i, w (skip i0 i) = w' i).
{ intros i. unfold w, skip. destruct (Nat.ltb_spec i i0) as [Hlt|Hge].
  - destruct (Nat.eqb_spec i i0); [lia|]. destruct (Nat.ltb_spec i i0); [reflexivity|lia].
  - destruct (Nat.eqb_spec (S i) i0); [lia|]. destruct (Nat.ltb_spec (S i) i0); [lia|reflexivity]. }
assert (HS : forall b, Sum (S n) (fun i => w i * b i) = lost * b i0 + Sum n (fun i => w' i * b (skip i0 i))).
{ intros b. rewrite (Sum_skip _ i0) by lia. rewrite Hw0. f_equal. apply Sum_ext; intros i _. now rewrite Hws. }
exists w. split.
- exists (skip i0 j). split; [unfold skip; destruct (Nat.ltb_spec j i0); lia|]. now rewrite Hws.
- assert (Hsa : Sum (S n) (fun i => w i * a i) = 0) by (rewrite HS; unfold lost; field; assumption).
  intros b [<-|Hb]; [exact Hsa|].
  assert (He := HM (eliminated b) (in_map _ _ _ Hb)). rewrite HS in Hsa |- *.
  rewrite (Sum_ext n _ (fun i => w' i * b (skip i0 i) + - (b i0 / a i0) * (w' i * a (skip i0 i)))) in He
    by (intros; unfold eliminated; ring).
  rewrite Sum_plus, Sum_scal in He.
  replace (lost * b i0) with (b i0 / a i0 * (lost * a i0)) by (field; assumption). nra.
Qed.

(** * Polynomials in the coordinates of a point *)

Definition coordinate (i : nat) (x : point) : R := nth i x 0.

(** The monomials of degree at most D in the first d coordinates. *)
Fixpoint monomials (d : nat) : nat -> list (point -> R) :=
  match d with
  | O => fun _ => [fun _ => 1]
  | S e =>
      fix up (D : nat) : list (point -> R) :=
        match D with
        | O => [fun _ => 1]
        | S C => monomials e D ++ map (fun m x => coordinate e x * m x) (up C)
        end
  end.

(** Their number, binomial (d + D) D by Pascal's rule. *)
Fixpoint monomial_count (d : nat) : nat -> nat :=
  match d with
  | O => fun _ => 1%nat
  | S e => fix up (D : nat) : nat := match D with O => 1%nat | S C => (monomial_count e D + up C)%nat end
  end.

Lemma monomials_length d : forall D, length (monomials d D) = monomial_count d D.
Proof.
induction d as [|d IHd]; [reflexivity|]. induction D as [|D IHD]; [reflexivity|].
change (length (monomials d (S D) ++ map (fun m x => coordinate d x * m x) (monomials (S d) D)) =
  (monomial_count d (S D) + monomial_count (S d) D)%nat).
now rewrite app_length, map_length, IHd, IHD.
Qed.

(** m is, pointwise, one of the monomials. *)
Definition among (d D : nat) (m : point -> R) : Prop := exists m', In m' (monomials d D) /\ forall x, m x = m' x.

Lemma among_one d D : among d D (fun _ => 1).
Proof.
revert D. induction d as [|d IH]; intros D; [exists (fun _ => 1); simpl; auto|].
destruct D as [|D]; [exists (fun _ => 1); simpl; auto|].
destruct (IH (S D)) as (m & Hm & E). exists m. split; [apply in_or_app; now left|exact E].
Qed.

Lemma among_lift d D m : among d D m -> among (S d) D m.
Proof.
intros (m' & Hm & E). destruct D as [|D]; [|exists m'; split; [apply in_or_app; now left|exact E]].
destruct d as [|d]; destruct Hm as [<-|[]]; (exists (fun _ => 1); split; [now left|exact E]).
Qed.

Lemma among_times d D m : among (S d) D m -> among (S d) (S D) (fun x => coordinate d x * m x).
Proof.
intros (m' & Hm & E). exists (fun x => coordinate d x * m' x). split; [|intros x; now rewrite E].
apply in_or_app. right. apply (in_map (fun m x => coordinate d x * m x)). exact Hm.
Qed.

Lemma among_cases d D m : among (S d) D m ->
  among d D m \/ exists C m', D = S C /\ among (S d) C m' /\ forall x, m x = coordinate d x * m' x.
Proof.
intros (m' & Hm & E). destruct D as [|D].
- destruct Hm as [<-|[]]. left. destruct (among_one d 0) as (u & Hu & Eu). exists u. split; [exact Hu|].
  intros x. now rewrite E, <- Eu.
- apply in_app_or in Hm. destruct Hm as [Hm|Hm]; [left; now exists m'|right].
  apply in_map_iff in Hm. destruct Hm as (u & <- & Hu). exists D, u. split; [reflexivity|]. split; [now exists u|exact E].
Qed.

Lemma among_ext d D m m' : (forall x, m x = m' x) -> among d D m' -> among d D m.
Proof. intros E (u & Hu & Eu). exists u. split; [exact Hu|]. intros x. now rewrite E. Qed.

Lemma among_more d : forall D m, among d D m -> among d (S D) m.
Proof.
induction d as [|d IHd]; [auto|]. induction D as [|D IHD]; intros m H.
- destruct H as (u & [<-|[]] & E). apply (among_ext _ _ _ _ E), among_one.
- apply among_cases in H. destruct H as [H|(C & u & EC & Hu & E)].
  + apply among_lift. now apply IHd.
  + injection EC as <-. apply (among_ext _ _ _ _ E). now apply among_times, IHD.
Qed.

Lemma among_product d : forall A B m u, among d A m -> among d B u -> among d (A + B) (fun x => m x * u x).
Proof.
induction d as [|d IHd].
{ intros A B m u (m' & [<-|[]] & E) (u' & [<-|[]] & F). exists (fun _ => 1). split; [now left|].
  intros x. rewrite E, F. ring. }
induction A as [|A IHA]; intros B m u Hm Hu.
- destruct Hm as (m' & [<-|[]] & E). apply (among_ext _ _ _ u); [intros x; rewrite E; ring|exact Hu].
- apply among_cases in Hm. destruct Hm as [Hm|(C & m' & EC & Hm & E)].
  + revert u Hu. induction B as [|B IHB]; intros u Hu.
    * destruct Hu as (u' & [<-|[]] & F). rewrite Nat.add_0_r.
      apply (among_ext _ _ _ m); [intros x; rewrite F; ring|]. now apply among_lift.
    * apply among_cases in Hu. destruct Hu as [Hu|(C & u' & EC & Hu & F)].
      { apply among_lift. now apply IHd. }
      injection EC as <-. replace (S A + S B)%nat with (S (S A + B)) by lia.
      apply (among_ext _ _ _ (fun x => coordinate d x * (m x * u' x))); [intros x; rewrite F; ring|].
      apply among_times. now apply IHB.
  + injection EC as <-. apply (among_ext _ _ _ (fun x => coordinate d x * (m' x * u x))); [intros x; rewrite E; ring|].
    apply (among_times d (A + B)). now apply IHA.
Qed.

(** Linear combinations of the monomials. *)
Inductive polynomial (d D : nat) : (point -> R) -> Prop :=
  | monomial m : among d D m -> polynomial d D m
  | nought : polynomial d D (fun _ => 0)
  | sum f g : polynomial d D f -> polynomial d D g -> polynomial d D (fun x => f x + g x)
  | multiple c f : polynomial d D f -> polynomial d D (fun x => c * f x)
  | same f g : (forall x, f x = g x) -> polynomial d D g -> polynomial d D f.

Lemma polynomial_constant d D c : polynomial d D (fun _ => c).
Proof.
apply (same _ _ _ (fun x => c * (fun _ => 1) x)); [intros; ring|]. apply multiple, monomial, among_one.
Qed.

Lemma polynomial_more d A B f : (A <= B)%nat -> polynomial d A f -> polynomial d B f.
Proof.
intros HAB. induction 1 as [m Hm| |f g _ IHf _ IHg|c f _ IHf|f g E _ IHg].
- apply monomial. induction HAB; [exact Hm|]. now apply among_more.
- apply nought.
- now apply sum.
- now apply multiple.
- now apply (same _ _ _ g).
Qed.

Lemma polynomial_times d A B f g : polynomial d A f -> polynomial d B g -> polynomial d (A + B) (fun x => f x * g x).
Proof.
intros Hf Hg. induction Hf as [m Hm| |f f' _ IHf _ IHf'|c f _ IHf|f f' E _ IHf'].
- induction Hg as [u Hu| |g g' _ IHg _ IHg'|c g _ IHg|g g' E _ IHg'].
  + apply monomial. now apply among_product.
  + apply (same _ _ _ (fun _ => 0)); [intros; ring|apply nought].
  + apply (same _ _ _ (fun x => m x * g x + m x * g' x)); [intros; ring|now apply sum].
  + apply (same _ _ _ (fun x => c * (m x * g x))); [intros; ring|now apply multiple].
  + apply (same _ _ _ (fun x => m x * g' x)); [intros; now rewrite E|assumption].
- apply (same _ _ _ (fun _ => 0)); [intros; ring|apply nought].
- apply (same _ _ _ (fun x => f x * g x + f' x * g x)); [intros; ring|now apply sum].
- apply (same _ _ _ (fun x => c * (f x * g x))); [intros; ring|now apply multiple].
- apply (same _ _ _ (fun x => f' x * g x)); [intros; now rewrite E|assumption].
Qed.

Lemma polynomial_coordinate d i : (i < d)%nat -> polynomial d 1 (coordinate i).
Proof.
intros Hi. apply monomial. induction d as [|d IH]; [lia|]. destruct (Nat.eq_dec i d) as [->|].
- apply (among_ext _ _ _ (fun x => coordinate d x * (fun _ => 1) x)); [intros; ring|]. apply among_times, among_one.
- apply among_lift, IH. lia.
Qed.

(** Points that outnumber the monomials satisfy a linear relation on all polynomials of the degree. *)
Theorem polynomial_relation d D n (x : nat -> point) : (monomial_count d D < n)%nat ->
  exists w, nonzero n w /\ forall f, polynomial d D f -> Sum n (fun i => w i * f (x i)) = 0.
Proof.
intros H. rewrite <- monomials_length in H.
destruct (linear_dependence (map (fun m i => m (x i)) (monomials d D)) n ltac:(now rewrite map_length)) as (w & Hw & HM).
exists w. split; [exact Hw|]. induction 1 as [m (m' & Hm & E)| |f g _ IHf _ IHg|c f _ IHf|f g E _ IHg].
- rewrite (Sum_ext n _ (fun i => w i * m' (x i))) by (intros; now rewrite E).
  apply HM, (in_map (fun m i => m (x i))), Hm.
- rewrite (Sum_ext n _ (fun _ => 0)), Sum_const by (intros; ring). ring.
- rewrite (Sum_ext n _ (fun i => w i * f (x i) + w i * g (x i))), Sum_plus, IHf, IHg by (intros; ring). ring.
- rewrite (Sum_ext n _ (fun i => c * (w i * f (x i)))), Sum_scal, IHf by (intros; ring). ring.
- rewrite (Sum_ext n _ (fun i => w i * g (x i))), IHg by (intros; now rewrite E). reflexivity.
Qed.
