package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;
import static org.pglynx.proxy.it.SoakVisit.plain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.pglynx.proxy.it.SoakVisit.Step;

/** What a client of the soak over shards reads: rows of one shard, of all, merged, in parts. */
final class ShardReads {
  /** So many accounts there are. */
  static final int ACCOUNTS = 40;

  /** So many rows of two kilobytes has the table {@code big}. */
  static final int BIG = 1_500;

  /** No server came free in time. */
  static final String SHORTAGE = "53000";

  private final Random random;
  private final Supplier<String> tags;

  ShardReads(Random random, Supplier<String> tags) {
    this.random = random;
    this.tags = tags;
  }

  int account() {
    return 1 + random.nextInt(ACCOUNTS);
  }

  private SoakErrand read(String name, String sql, List<String> rows) {
    boolean extended = random.nextBoolean();
    List<String> expected = new ArrayList<>(extended ? List.of("1", "2") : List.of("T"));
    expected.addAll(rows);
    expected.add("C:SELECT " + rows.size());
    expected.add("Z:I");
    byte[] request =
        extended ? join(parse("", sql), bind("", ""), execute("", 0), sync()) : query(sql);
    return SoakErrand.of(plain(name, new Step(request, expected)).excusedBy(SHORTAGE));
  }

  SoakErrand one() {
    String tag = tags.get();
    int id = account();
    return read(
        "one",
        "SELECT '%s', id FROM accounts WHERE id = %d".formatted(tag, id),
        List.of("D:" + tag + "|" + id));
  }

  SoakErrand ordered() {
    String tag = tags.get();
    int limit = 1 + random.nextInt(200);
    return read(
        "ordered",
        "SELECT '%s', id FROM big ORDER BY id LIMIT %d".formatted(tag, limit),
        IntStream.rangeClosed(1, limit).mapToObj(i -> "D:" + tag + "|" + i).toList());
  }

  SoakErrand folded() {
    long sum = (long) BIG * (BIG + 1) / 2;
    return read(
        "folded",
        "SELECT count(*), sum(id), min(id), max(id) FROM big",
        List.of("D:" + BIG + "|" + sum + "|1|" + BIG));
  }

  SoakErrand grouped() {
    String tag = tags.get();
    return read(
        "grouped",
        "SELECT '%s', id %% 5, count(*) FROM big GROUP BY 2 ORDER BY 2".formatted(tag),
        IntStream.range(0, 5).mapToObj(i -> "D:" + tag + "|" + i + "|" + BIG / 5).toList());
  }

  SoakErrand unordered() {
    String tag = tags.get();
    return read(
        "unordered",
        "SELECT '%s', id, filler FROM big".formatted(tag),
        Collections.nCopies(BIG, "D:" + tag + "|~"));
  }

  SoakErrand large() {
    String tag = tags.get();
    return read(
        "large",
        "SELECT '%s', id, filler FROM big ORDER BY id".formatted(tag),
        IntStream.rangeClosed(1, BIG).mapToObj(i -> "D:" + tag + "|" + i + "|~").toList());
  }

  SoakErrand collected() {
    String tag = tags.get();
    return read(
        "collected",
        ("SELECT '%s', a.id FROM big a JOIN big b ON a.id = b.id + 1"
                + " WHERE a.id <= 20 AND b.id <= 20 ORDER BY 2")
            .formatted(tag),
        IntStream.rangeClosed(2, 20).mapToObj(i -> "D:" + tag + "|" + i).toList());
  }

  /** One shard fails amid the others' rows. */
  SoakErrand failing() {
    String tag = tags.get();
    SoakErrand rows =
        read(
            "failing",
            "SELECT '%s', 1 / (id - %d), filler FROM big".formatted(tag, 1 + random.nextInt(BIG)),
            Collections.nCopies(BIG, "D:" + tag + "|~"));
    return SoakErrand.of(rows.visit().excusedBy("22012"));
  }

  SoakErrand copied() {
    String tag = tags.get();
    List<String> expected = new ArrayList<>(List.of("H"));
    expected.addAll(Collections.nCopies(BIG, "d:" + tag + "~"));
    expected.addAll(List.of("c", "C:COPY " + BIG, "Z:I"));
    String copy = "COPY (SELECT '%s', id, filler FROM big) TO STDOUT".formatted(tag);
    return SoakErrand.of(plain("copy out", new Step(query(copy), expected)).excusedBy(SHORTAGE));
  }

  SoakErrand pipeline() {
    byte[] request = new byte[0];
    List<String> expected = new ArrayList<>();
    for (int i = 2 + random.nextInt(12); i > 0; i--) {
      String tag = tags.get();
      int id = account();
      String where = " FROM accounts WHERE id = " + id;
      String row = "D:" + tag + "|" + id;
      switch (random.nextInt(4)) {
        case 0 -> {
          request = join(request, batch("SELECT '" + tag + "', count(*) FROM big"));
          expected.addAll(List.of("1", "2", "D:" + tag + "|" + BIG, "C:SELECT 1", "Z:I"));
        }
        case 1 -> {
          request = join(request, batch("SELECT $1::int" + where, tag));
          expected.addAll(List.of("1", "E:22P02~" + tag, "Z:I"));
        }
        case 2 -> {
          request = join(request, query("SELECT '" + tag + "', id" + where));
          expected.addAll(List.of("T", row, "C:SELECT 1", "Z:I"));
        }
        default -> {
          request = join(request, batch("SELECT $1::text, id" + where, tag));
          expected.addAll(List.of("1", "2", row, "C:SELECT 1", "Z:I"));
        }
      }
    }
    return SoakErrand.of(plain("pipeline", new Step(request, expected)).excusedBy(SHORTAGE));
  }

  private static byte[] batch(String sql, String... values) {
    return join(parse("", sql), bind("", "", values), execute("", 0), sync());
  }

  SoakErrand cursor() {
    String tag = tags.get();
    return SoakErrand.of(
        plain(
                "cursor",
                begin(),
                Step.of(
                    query(
                        "DECLARE k CURSOR FOR SELECT '%s', id, filler FROM big ORDER BY id"
                            .formatted(tag)),
                    "C:DECLARE CURSOR",
                    "Z:T"),
                Step.of(
                    query("FETCH 2 FROM k"),
                    "T",
                    "D:" + tag + "|1|~",
                    "D:" + tag + "|2|~",
                    "C:FETCH 2",
                    "Z:T"),
                Step.of(
                    query("SELECT '%s', id FROM accounts WHERE id = 7".formatted(tag)),
                    "T",
                    "D:" + tag + "|7",
                    "C:SELECT 1",
                    "Z:T"),
                Step.of(query("FETCH 1 FROM k"), "T", "D:" + tag + "|3|~", "C:FETCH 1", "Z:T"),
                Step.of(query("COMMIT"), "C:COMMIT", "Z:I"))
            .excusedBy(SHORTAGE));
  }

  SoakErrand portal() {
    String tag = tags.get();
    String sql = "SELECT '%s', id, filler FROM big ORDER BY id".formatted(tag);
    return SoakErrand.of(
        plain(
                "portal",
                begin(),
                Step.of(
                    join(parse("", sql), bind("p", ""), execute("p", 2), sync()),
                    "1",
                    "2",
                    "D:" + tag + "|1|~",
                    "D:" + tag + "|2|~",
                    "s",
                    "Z:T"),
                Step.of(join(execute("p", 1), sync()), "D:" + tag + "|3|~", "s", "Z:T"),
                Step.of(query("ROLLBACK"), "C:ROLLBACK", "Z:I"))
            .excusedBy(SHORTAGE));
  }

  static Step begin() {
    return Step.of(query("BEGIN"), "C:BEGIN", "Z:T");
  }
}
