package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.SoakVisit.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.pglynx.proxy.it.SoakVisit.Manner;
import org.pglynx.proxy.it.SoakVisit.Step;

/**
 * What a client asks that trains and predicts as another role than its own, and how impatient it
 * is: it may leave or cancel amid each step, and must be itself again behind it.
 */
final class TrainingErrands implements SoakErrands {
  /** Who the clients are. */
  private static final String SELF = "postgres";

  /** May train on what everybody may read. */
  static final String TRAINER = "soak_trainer";

  /** May not even predict. */
  static final String OUTSIDER = "soak_outsider";

  /** Of a crowd that waits for few servers and trains at the same time. */
  private static final String[] CONFLICTS = {"53000", "40P01"};

  /** A way of being another, for the session or for a transaction. */
  private record Guise(String what) {
    Step is(String role) {
      return Step.of(query("SET " + what + " " + role), "C:SET", "Z:I");
    }

    Step isLocally(String role) {
      return Step.of(query("SET LOCAL " + what + " " + role), "C:SET", "Z:T");
    }

    Step over() {
      return Step.of(query("RESET " + what), "C:RESET", "Z:I");
    }
  }

  private static final List<Guise> GUISES =
      List.of(new Guise("ROLE"), new Guise("SESSION AUTHORIZATION"));

  private static final SoakErrand REPAIR =
      SoakErrand.of(
          plain(
              "itself again",
              Step.of(
                  join(query("ROLLBACK"), query("DISCARD ALL")),
                  "C:ROLLBACK",
                  "Z:I",
                  "C:DISCARD ALL",
                  "Z:I")));

  private final int number;
  private final Random random;
  private final SoakReport report;
  private final SoakCalls calls;
  private final List<Supplier<SoakErrand>> errands;
  private SoakErrand present = REPAIR;
  private boolean whole;
  private boolean uncertain;
  private int count;

  TrainingErrands(int number, Random random, SoakReport report) {
    this.number = number;
    this.random = random;
    this.report = report;
    this.calls = new SoakCalls(random, this::tag);
    this.errands =
        List.of(
            this::self,
            this::predicts,
            this::trains,
            this::trainsLong,
            this::trainsInside,
            this::refused,
            this::outside,
            () -> SoakErrand.of(calls.rows()));
  }

  private String tag() {
    count++;
    return "c" + number + "n" + count + "x";
  }

  // ---- how
  // ---------------------------------------------------------------------------------------

  @Override
  public SoakVisit next() {
    whole = true;
    if (uncertain) {
      present = REPAIR;
      return REPAIR.visit();
    }
    SoakErrand next = errands.get(random.nextInt(errands.size())).get();
    SoakVisit visit = next.visit().excusedBy(CONFLICTS);
    present =
        switch (random.nextInt(12)) {
          case 0, 1 -> amid(next, visit, Manner.CANCELS);
          case 2 -> amid(next, visit, Manner.LEAVES);
          case 3, 4 -> amid(next, visit, Manner.LEAVES_AMID);
          case 5 -> amid(next, visit, Manner.LEAVES_SENDING);
          case 6 -> amid(next, visit, Manner.STALLS);
          default -> new SoakErrand(visit, next.done(), next.lost());
        };
    return present.visit();
  }

  /** Comes to one of its steps only. */
  private SoakErrand amid(SoakErrand errand, SoakVisit visit, Manner manner) {
    int steps = 1 + random.nextInt(visit.steps().size());
    whole = steps == visit.steps().size();
    SoakVisit part =
        new SoakVisit(visit.name(), visit.steps().subList(0, steps), manner, visit.excuses());
    return new SoakErrand(part, errand.done(), errand.lost());
  }

  @Override
  public String firstApplication() {
    return "c" + number + "x";
  }

  @Override
  public void connected() {
    uncertain = false;
  }

  @Override
  public void done() {
    uncertain = !whole;
    if (whole) {
      present.done().run();
    }
  }

  @Override
  public void lost(int step) {
    uncertain = true;
    present.lost().accept(step);
  }

  @Override
  public void left() {
    present.lost().accept(SoakErrand.UNKNOWN);
  }

  @Override
  public boolean asynchronous(RawConnection.Message message) {
    return message.tag() == 'S' || message.tag() == 'N';
  }

  // ---- what
  // --------------------------------------------------------------------------------------

  private Guise guise() {
    return GUISES.get(random.nextInt(GUISES.size()));
  }

  /** Who it is to the server. */
  private Step is(String role, char state) {
    String tag = tag();
    return Step.of(
        query("SELECT current_user || ' " + tag + "'"),
        "T",
        "D:" + role + " " + tag,
        "C:SELECT 1",
        "Z:" + state);
  }

  private SoakErrand self() {
    return SoakErrand.of(plain("itself", is(SELF, 'I')));
  }

  private SoakErrand predicts() {
    Guise guise = guise();
    List<Step> steps = new ArrayList<>(List.of(guise.is(TRAINER), is(TRAINER, 'I')));
    steps.addAll(calls.alone().steps());
    steps.addAll(calls.rows().steps());
    steps.addAll(List.of(is(TRAINER, 'I'), guise.over(), is(SELF, 'I')));
    return SoakErrand.of(plain("predicts as another", steps.toArray(Step[]::new)));
  }

  private static Step trained(String project, String more, char state) {
    return Step.of(
        query(
            "SELECT * FROM pgml.train('%s', 'regression', 'soak_points', 'y', %s)"
                .formatted(project, more)),
        "T",
        "D:" + project + "|regression|~",
        "C:SELECT 1",
        "Z:" + state);
  }

  private SoakErrand trains() {
    String project = tag();
    Guise guise = guise();
    SoakVisit visit =
        plain(
            "trains as another",
            guise.is(TRAINER),
            trained(project, "'linear'", 'I'),
            is(TRAINER, 'I'),
            guise.over(),
            is(SELF, 'I'));
    return new SoakErrand(visit, () -> report.committed(project), _ -> {});
  }

  private SoakErrand trainsLong() {
    Guise guise = guise();
    String many = "'xgboost', hyperparams => '{\"n_estimators\": 400}'";
    return SoakErrand.of(
        plain(
            "trains long as another",
            guise.is(TRAINER),
            trained(tag(), many, 'I'),
            guise.over(),
            is(SELF, 'I')));
  }

  private SoakErrand trainsInside() {
    String project = tag();
    boolean commits = random.nextBoolean();
    String end = commits ? "COMMIT" : "ROLLBACK";
    SoakVisit visit =
        plain(
            "trains as another in a transaction",
            ShardReads.begin(),
            guise().isLocally(TRAINER),
            trained(project, "'linear'", 'T'),
            is(TRAINER, 'T'),
            Step.of(query(end), "C:" + end, "Z:I"),
            is(SELF, 'I'));
    int last = commits ? visit.steps().size() - 2 : Integer.MAX_VALUE;
    return new SoakErrand(
        visit,
        () -> {
          if (commits) {
            report.committed(project);
          } else {
            report.undone(project);
          }
        },
        step -> {
          if (step < last && step != SoakErrand.UNKNOWN) {
            report.undone(project);
          }
        });
  }

  private SoakErrand refused() {
    Guise guise = guise();
    String train = "SELECT * FROM pgml.train('%s', 'regression', 'soak_secrets', 'y', 'linear')";
    return SoakErrand.of(
        plain(
            "trains on what another may not read",
            guise.is(TRAINER),
            Step.of(query(train.formatted(tag())), "E:42501~", "Z:I"),
            is(TRAINER, 'I'),
            guise.over(),
            is(SELF, 'I')));
  }

  private SoakErrand outside() {
    Guise guise = guise();
    return SoakErrand.of(
        plain(
            "predicts as one who may not",
            guise.is(OUTSIDER),
            Step.of(query("SELECT pgml.predict('soak', ARRAY[1])"), "E:42501~", "Z:I"),
            guise.over(),
            is(SELF, 'I')));
  }
}
