package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.describePortal;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;
import static org.pglynx.proxy.it.SoakVisit.Step.begin;
import static org.pglynx.proxy.it.SoakVisit.Step.ends;
import static org.pglynx.proxy.it.SoakVisit.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.pglynx.proxy.it.SoakVisit.Step;

/** What clients of the soak ask in the extended protocol, and nothing of it remains. */
final class SoakBatches {
  private final Random random;
  private final Supplier<String> tags;

  SoakBatches(Random random, Supplier<String> tags) {
    this.random = random;
    this.tags = tags;
  }

  /** A statement with one parameter, without a Sync. */
  static byte[] one(String sql, String tag) {
    return join(parse("", sql), bind("", "", tag), execute("", 0));
  }

  SoakVisit unnamed() {
    String tag = tags.get();
    return plain(
        "unnamed",
        Step.of(
            join(
                parse("", "SELECT $1::text"),
                bind("", "", tag),
                describePortal(""),
                execute("", 0),
                sync()),
            "1",
            "2",
            "T",
            "D:" + tag,
            "C:SELECT 1",
            "Z:I"));
  }

  SoakVisit pipeline() {
    List<String> expected = new ArrayList<>();
    byte[] request = new byte[0];
    for (int i = 2 + random.nextInt(15); i > 0; i--) {
      String tag = tags.get();
      boolean good = random.nextInt(6) > 0;
      request = join(request, one(good ? "SELECT $1::text" : "SELECT $1::int", tag), sync());
      expected.add("1");
      expected.addAll(
          good ? List.of("2", "D:" + tag, "C:SELECT 1", "Z:I") : List.of("E:22P02~" + tag, "Z:I"));
    }
    return plain("pipeline", new Step(request, expected));
  }

  SoakVisit batch() {
    List<String> expected = new ArrayList<>();
    byte[] request = new byte[0];
    boolean failed = false;
    for (int i = 2 + random.nextInt(15); i > 0; i--) {
      String tag = tags.get();
      boolean good = random.nextInt(12) > 0;
      request = join(request, one(good ? "SELECT $1::text" : "SELECT $1::int", tag));
      if (!failed) {
        expected.add("1");
        expected.addAll(good ? List.of("2", "D:" + tag, "C:SELECT 1") : List.of("E:22P02~" + tag));
        failed = !good;
      }
    }
    expected.add("Z:I");
    return plain("batch", new Step(join(request, sync()), expected));
  }

  SoakVisit pieces() {
    String tag = tags.get();
    String rows = "SELECT '" + tag + "' || i FROM generate_series(1, 5) i";
    return random.nextBoolean()
        ? plain(
            "a portal in pieces",
            begin(),
            Step.of(
                join(parse("", rows), bind("p", ""), execute("p", 2), sync()),
                "1",
                "2",
                "D:" + tag + 1,
                "D:" + tag + 2,
                "s",
                "Z:T"),
            Step.of(join(execute("p", 2), sync()), "D:" + tag + 3, "D:" + tag + 4, "s", "Z:T"),
            Step.of(join(execute("p", 0), sync()), "D:" + tag + 5, "C:SELECT 1", "Z:T"),
            ends(random))
        : plain(
            "a cursor",
            begin(),
            Step.of(query("DECLARE k CURSOR FOR " + rows), "C:DECLARE CURSOR", "Z:T"),
            Step.of(
                query("FETCH 2 FROM k"), "T", "D:" + tag + 1, "D:" + tag + 2, "C:FETCH 2", "Z:T"),
            Step.of(query("FETCH 1 FROM k"), "T", "D:" + tag + 3, "C:FETCH 1", "Z:T"),
            ends(random));
  }
}
