package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.SoakVisit.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.it.SoakVisit.Step;

/**
 * Transactions with characteristics, one chained to the next: SHOW must answer what the client's
 * own statements imply, whoever else has used the server.
 *
 * <p>An errand begins a transaction, takes some random steps in it and ends it. This class follows
 * what each step does to the transaction and to the session's defaults.
 */
final class SoakIsolation {
  private static final List<String> LEVELS =
      List.of("serializable", "repeatable read", "read committed", "read uncommitted");

  /** What a transaction is like, or is like if it does not say. */
  private record Traits(String level, boolean readOnly) {
    static final Traits FIRST = new Traits("read committed", false);

    String clause() {
      return "ISOLATION LEVEL " + level + (readOnly ? ", READ ONLY" : ", READ WRITE");
    }
  }

  private final Random random;
  private final SoakReport report;
  private final Supplier<String> tags;

  /** The session's defaults; null if nobody knows. */
  private @Nullable Traits session = Traits.FIRST;

  // ---- the errand that is being written -------------------------------------------------------

  private final List<Step> steps = new ArrayList<>();

  /** Rows of the present transaction. */
  private final List<String> pending = new ArrayList<>();

  private final List<String> committed = new ArrayList<>();
  private final List<String> undone = new ArrayList<>();

  private Traits transaction = Traits.FIRST;

  /** As the transaction was before it was given others: what Postgres chains behind a failure. */
  private Traits initial = Traits.FIRST;

  /** The defaults as the present transaction has them. */
  private Traits inside = Traits.FIRST;

  /** The defaults if it is rolled back. */
  private Traits outside = Traits.FIRST;

  SoakIsolation(Random random, SoakReport report, Supplier<String> tags) {
    this.random = random;
    this.report = report;
    this.tags = tags;
  }

  /** The session has the server's own defaults: it is new, or all of it was discarded. */
  void forgotten() {
    session = Traits.FIRST;
  }

  /** Nobody knows how far the last errand came. */
  void uncertain() {
    session = null;
  }

  /** All of the last errand was answered. */
  void done() {
    session = outside;
    committed.forEach(report::committed);
    undone.forEach(report::undone);
  }

  SoakVisit next() {
    List.of(steps, pending, committed, undone).forEach(List::clear);
    Traits known = session;
    if (known == null) {
      outside = defaults();
      says("SET SESSION CHARACTERISTICS AS TRANSACTION " + outside.clause(), "C:SET", 'I');
    } else {
      outside = known;
    }
    shows(outside, 'I');
    begins();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      acts();
    }
    ends();
    shows(outside, 'I');
    return plain("isolation", steps.toArray(Step[]::new));
  }

  private Traits traits() {
    return new Traits(LEVELS.get(random.nextInt(LEVELS.size())), random.nextBoolean());
  }

  /** Those with which the client's other errands go well: they write, and expect no conflicts. */
  private Traits defaults() {
    return new Traits(LEVELS.get(1 + random.nextInt(LEVELS.size() - 1)), false);
  }

  private void begins() {
    inside = outside;
    initial = outside;
    transaction = outside;
    switch (random.nextInt(4)) {
      case 0 -> says("BEGIN", "C:BEGIN", 'T');
      case 1 -> {
        transaction = new Traits("serializable", true);
        says("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY", "C:BEGIN", 'T');
      }
      case 2 -> {
        transaction = new Traits(inside.level(), true);
        says("START TRANSACTION READ ONLY", "C:START TRANSACTION", 'T');
      }
      default -> {
        transaction = traits();
        says("BEGIN " + transaction.clause(), "C:BEGIN", 'T');
      }
    }
    shows(transaction, 'T');
  }

  private void acts() {
    switch (random.nextInt(7)) {
      case 0 -> {
        // Nothing has taken a snapshot before it: each transaction writes at its end.
        transaction = traits();
        says("SET TRANSACTION " + transaction.clause(), "C:SET", 'T');
        shows(transaction, 'T');
      }
      case 1 -> {
        inside = defaults();
        says("SET SESSION CHARACTERISTICS AS TRANSACTION " + inside.clause(), "C:SET", 'T');
        shows(transaction, 'T');
      }
      case 2 -> {
        writes();
        chains(random.nextBoolean());
      }
      case 3 -> {
        fails();
        chains(random.nextBoolean());
      }
      default -> chains(random.nextBoolean());
    }
  }

  /** What the transaction may do at all tells whether its characteristics are real. */
  private void writes() {
    String tag = tags.get();
    String insert = "INSERT INTO soak_rows VALUES ('" + tag + "')";
    if (transaction.readOnly()) {
      undone.add(tag);
      says(insert, "E:25006:~INSERT", 'E');
    } else {
      pending.add(tag);
      says(insert, "C:INSERT 0 1", 'T');
    }
  }

  private void fails() {
    String tag = tags.get();
    says("SELECT '" + tag + "'::int", "E:22P02~" + tag, 'E');
  }

  private void chains(boolean commits) {
    transaction = failed() ? initial : transaction;
    concludes(commits, " AND CHAIN", 'T');
    inside = outside;
    initial = transaction;
    shows(transaction, 'T');
  }

  private void ends() {
    if (random.nextInt(3) == 0) {
      writes();
    }
    concludes(random.nextBoolean(), "", 'I');
  }

  private void concludes(boolean commits, String how, char state) {
    boolean kept = commits && !failed();
    says((commits ? "COMMIT" : "ROLLBACK") + how, kept ? "C:COMMIT" : "C:ROLLBACK", state);
    outside = kept ? inside : outside;
    (kept ? committed : undone).addAll(pending);
    pending.clear();
  }

  private boolean failed() {
    return steps.getLast().expected().getLast().equals("Z:E");
  }

  private void says(String sql, String reply, char state) {
    steps.add(Step.of(query(sql), reply, "Z:" + state));
  }

  private void shows(Traits traits, char state) {
    boolean together = random.nextBoolean();
    String level = "SHOW transaction_isolation";
    String readOnly = "SHOW transaction_read_only";
    String on = "D:" + (traits.readOnly() ? "on" : "off");
    if (together) {
      steps.add(
          Step.of(
              query(level + "; " + readOnly),
              "T",
              "D:" + traits.level(),
              "C:SHOW",
              "T",
              on,
              "C:SHOW",
              "Z:" + state));
    } else {
      steps.add(Step.of(query(level), "T", "D:" + traits.level(), "C:SHOW", "Z:" + state));
      steps.add(Step.of(query(readOnly), "T", on, "C:SHOW", "Z:" + state));
    }
  }
}
