package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.copyData;
import static org.pglynx.proxy.it.RawConnection.copyDone;
import static org.pglynx.proxy.it.RawConnection.copyFail;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;
import static org.pglynx.proxy.it.ShardReads.begin;
import static org.pglynx.proxy.it.SoakVisit.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.pglynx.proxy.it.SoakVisit.Step;

/**
 * What a client of the soak over shards writes: transfers between accounts of several, rows that
 * are there with all of their tag or not at all; and what goes wrong in it.
 */
final class ShardWrites {
  /** Others are in the way, or the client was. */
  private static final String[] CONFLICTS = {"40P01", "57014", "55P03", ShardReads.SHORTAGE};

  private final Random random;
  private final Supplier<String> tags;
  private final SoakReport report;
  private final ShardReads reads;

  ShardWrites(Random random, Supplier<String> tags, SoakReport report, ShardReads reads) {
    this.random = random;
    this.tags = tags;
    this.report = report;
    this.reads = reads;
  }

  /**
   * One that commits.
   *
   * @param rows that have the tag then
   * @param commit its step that commits
   */
  private SoakErrand commits(String tag, int rows, int commit, SoakVisit visit) {
    report.whole(tag, rows);
    return new SoakErrand(
        visit.excusedBy(CONFLICTS),
        () -> report.committed(tag),
        step -> {
          if (step < commit) {
            report.undone(tag);
          }
        });
  }

  /** One of which nothing stays. */
  private SoakErrand undoes(String tag, SoakVisit visit) {
    return new SoakErrand(
        visit.excusedBy(CONFLICTS), () -> report.undone(tag), _ -> report.undone(tag));
  }

  private static String insert(int id, String tag) {
    return "INSERT INTO events (id, tag, i) VALUES (" + id + ", '" + tag + "', 0)";
  }

  private static Step inserts(int id, String tag) {
    return Step.of(query(insert(id, tag)), "C:INSERT 0 1", "Z:T");
  }

  private Step changes(String sql, String reply) {
    return random.nextBoolean()
        ? Step.of(query(sql), reply, "Z:T")
        : Step.of(
            join(parse("", sql), bind("", ""), execute("", 0), sync()), "1", "2", reply, "Z:T");
  }

  SoakErrand transfer() {
    String tag = tags.get();
    int amount = 1 + random.nextInt(9);
    int from = reads.account();
    int to = reads.account();
    String update = "UPDATE accounts SET balance = balance %s %d WHERE id = %d";
    List<Step> steps = new ArrayList<>(List.of(begin()));
    steps.add(changes(update.formatted("-", amount, from), "C:UPDATE 1"));
    steps.add(changes(insert(from, tag), "C:INSERT 0 1"));
    steps.add(changes(update.formatted("+", amount, to), "C:UPDATE 1"));
    steps.add(changes(insert(to, tag), "C:INSERT 0 1"));
    boolean commits = random.nextInt(4) > 0;
    String how = commits ? "COMMIT" : "ROLLBACK";
    steps.add(Step.of(query(how), "C:" + how, "Z:I"));
    SoakVisit visit = plain("transfer", steps.toArray(Step[]::new));
    return commits ? commits(tag, 2, steps.size() - 1, visit) : undoes(tag, visit);
  }

  SoakErrand rows() {
    String tag = tags.get();
    int rows = 2 + random.nextInt(10);
    List<String> values = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      values.add("(" + reads.account() + ", '" + tag + "', 0)");
    }
    String sql = "INSERT INTO events (id, tag, i) VALUES " + String.join(", ", values);
    return commits(tag, rows, 0, plain("rows", Step.of(query(sql), "C:INSERT 0 " + rows, "Z:I")));
  }

  /** All accounts of all shards; conflicts with all transfers. */
  SoakErrand everywhere() {
    String sql = "UPDATE accounts SET seen = '" + tags.get() + "'";
    String reply = "C:UPDATE " + ShardReads.ACCOUNTS;
    Step step =
        random.nextBoolean()
            ? Step.of(query(sql), reply, "Z:I")
            : Step.of(
                join(parse("", sql), bind("", ""), execute("", 0), sync()), "1", "2", reply, "Z:I");
    return SoakErrand.of(plain("everywhere", step).excusedBy(CONFLICTS));
  }

  SoakErrand reference() {
    String sql = "UPDATE rates SET seen = '" + tags.get() + "' WHERE code = 'a'";
    return SoakErrand.of(
        plain("reference", Step.of(query(sql), "C:UPDATE 1", "Z:I")).excusedBy(CONFLICTS));
  }

  /** A row whose key is changed goes to another shard. */
  SoakErrand moves() {
    String tag = tags.get();
    int id = 1_000 + random.nextInt(1_000_000);
    String sql =
        "UPDATE events SET id = %d WHERE id = %d AND tag = '%s'"
            .formatted(2_000_000 + random.nextInt(1_000_000), id, tag);
    return commits(
        tag,
        1,
        3,
        plain(
            "moves",
            begin(),
            inserts(id, tag),
            Step.of(query(sql), "C:UPDATE 1", "Z:T"),
            Step.of(query("COMMIT"), "C:COMMIT", "Z:I")));
  }

  SoakErrand batch() {
    String tag = tags.get();
    int rows = 2 + random.nextInt(8);
    boolean fails = random.nextInt(4) == 0;
    byte[] request = parse("", "INSERT INTO events (id, tag, i) VALUES ($1, $2, $3)");
    List<String> expected = new ArrayList<>(List.of("1"));
    for (int i = 1; i <= rows; i++) {
      boolean bad = fails && i == rows;
      String value = bad ? "bad" + tag : "0";
      request = join(request, bind("", "", "" + reads.account(), tag, value), execute("", 0));
      expected.addAll(bad ? List.of("E:22P02~" + tag) : List.of("2", "C:INSERT 0 1"));
    }
    expected.add("Z:I");
    SoakVisit visit = plain("batch", new Step(join(request, sync()), expected));
    return fails ? undoes(tag, visit) : commits(tag, rows, 0, visit);
  }

  SoakErrand copy() {
    String tag = tags.get();
    int rows = 1 + random.nextInt(300);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      lines.append(reads.account()).append('\t').append(tag).append('\t').append(i).append('\n');
    }
    int cut = lines.length() / 3;
    byte[] copy =
        join(
            query("COPY events (id, tag, i) FROM STDIN"),
            copyData(lines.substring(0, cut)),
            copyData(lines.substring(cut)));
    return switch (random.nextInt(6)) {
      case 0 ->
          undoes(
              tag, plain("copy fails", Step.of(join(copy, copyFail(tag)), "G", "E:57014~", "Z:I")));
      case 1 -> {
        byte[] bad = copyData("3\t" + tag + "\tbad" + tag + "\n");
        yield undoes(
            tag,
            plain(
                "copy of nonsense",
                Step.of(join(copy, bad, copyDone()), "G", "E:22P02~bad" + tag, "Z:I")));
      }
      default ->
          commits(
              tag,
              rows,
              0,
              plain("copy in", Step.of(join(copy, copyDone()), "G", "C:COPY " + rows, "Z:I")));
    };
  }

  // ---- what goes wrong -----------------------------------------------------------------------

  SoakErrand savepoints() {
    String tag = tags.get();
    int id = reads.account();
    int other = reads.account();
    String fails =
        "SELECT 1 / (id - id) FROM accounts WHERE id IN (%d, %d, 3)".formatted(id, other);
    return commits(
        tag,
        2,
        7,
        plain(
            "savepoints",
            begin(),
            inserts(id, tag),
            Step.of(query("SAVEPOINT s"), "C:SAVEPOINT", "Z:T"),
            inserts(other, tag),
            Step.of(query(fails), "T~", "E:22012~", "Z:E"),
            Step.of(query("ROLLBACK TO s"), "C:ROLLBACK", "Z:T"),
            inserts(reads.account(), tag),
            Step.of(query("COMMIT"), "C:COMMIT", "Z:I")));
  }

  /** A server ends itself. */
  SoakErrand kills() {
    String tag = tags.get();
    String kill = "SELECT pg_terminate_backend(pg_backend_pid()) FROM accounts WHERE id = ";
    Step killed = Step.of(query(kill + reads.account()), "T", "D:~", "C:SELECT 1", "Z:T");
    SoakVisit visit =
        random.nextBoolean()
            ? plain("kills", killed)
            : plain(
                "kills in a transaction",
                begin(),
                inserts(reads.account(), tag),
                inserts(reads.account(), tag),
                killed,
                Step.of(query("COMMIT"), "C:COMMIT", "Z:I"));
    return undoes(tag, visit.excusedBy("57P01", "08006", "25P02"));
  }

  SoakErrand timeouts() {
    String tag = tags.get();
    boolean lock = random.nextBoolean();
    String limit = lock ? "lock_timeout" : "statement_timeout";
    Step slow =
        lock
            ? changes("UPDATE accounts SET seen = '" + tag + "'", "C:UPDATE " + ShardReads.ACCOUNTS)
            : Step.of(
                query("SELECT count(*), sum(length(repeat(filler, 100))) FROM big"),
                "T",
                "D:" + ShardReads.BIG + "|~",
                "C:SELECT 1",
                "Z:T");
    return undoes(
        tag,
        plain(
            limit,
            begin(),
            Step.of(query("SET LOCAL " + limit + " = " + (1 + random.nextInt(20))), "C:SET", "Z:T"),
            inserts(reads.account(), tag),
            slow,
            Step.of(query("ROLLBACK"), "C:ROLLBACK", "Z:I")));
  }
}
