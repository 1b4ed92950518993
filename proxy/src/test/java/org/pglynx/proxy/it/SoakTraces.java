package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.SoakVisit.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.pglynx.proxy.it.SoakVisit.Manner;
import org.pglynx.proxy.it.SoakVisit.Step;

/** What clients of the soak leave in their sessions as they go, and nobody may find. */
final class SoakTraces {
  /**
   * A statement that leaves something.
   *
   * @param replies all but the last
   */
  private record Trace(String sql, List<String> replies) {
    static Trace of(String sql, String... replies) {
      return new Trace(sql, List.of(replies));
    }
  }

  private static final List<Trace> TRACES =
      List.of(
          Trace.of("SET lock_timeout = 4711", "C:SET"),
          Trace.of(
              "SELECT set_config('lock_timeout', '4711', false)", "T", "D:4711ms", "C:SELECT 1"),
          Trace.of("DO $$BEGIN PERFORM set_config('lock_timeout', '4711', false); END$$", "C:DO"),
          Trace.of("PREPARE soak_left AS SELECT 1", "C:PREPARE"),
          Trace.of("LISTEN soak_left", "C:LISTEN"),
          Trace.of("CREATE TEMP TABLE soak_left(i int)", "C:CREATE TABLE"),
          Trace.of("DECLARE soak_left CURSOR WITH HOLD FOR SELECT 1", "C:DECLARE CURSOR"),
          Trace.of("SELECT pg_try_advisory_lock_shared(4711)", "T", "D:t", "C:SELECT 1"));

  private static final String FOUND =
      "SELECT concat_ws(' ', '%s', current_setting('lock_timeout'),"
          + " (SELECT count(*) FROM pg_prepared_statements WHERE name = 'soak_left'),"
          + " (SELECT count(*) FROM pg_listening_channels() c WHERE c = 'soak_left'),"
          + " to_regclass('pg_temp.soak_left') IS NOT NULL,"
          + " (SELECT count(*) FROM pg_cursors WHERE name = 'soak_left'),"
          + " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711"
          + " AND pid = pg_backend_pid()))";

  private final Random random;
  private final Supplier<String> tags;

  SoakTraces(Random random, Supplier<String> tags) {
    this.random = random;
    this.tags = tags;
  }

  /** Leaves something, and goes: with its reply, or without. */
  SoakVisit leaves() {
    Trace trace = TRACES.get(random.nextInt(TRACES.size()));
    boolean block = random.nextInt(3) == 0;
    List<String> replies = new ArrayList<>(trace.replies());
    replies.add(block ? "Z:T" : "Z:I");
    Step left = new Step(query(trace.sql()), replies);
    Manner manner = random.nextBoolean() ? Manner.LEAVES : Manner.LEAVES_AMID;
    SoakVisit visit =
        block
            ? plain("leaves traces", Step.of(query("BEGIN"), "C:BEGIN", "Z:T"), left)
            : plain("leaves traces", left);
    return visit.with(manner);
  }

  /** Looks for what the others have left. */
  SoakVisit looks() {
    String tag = tags.get();
    return plain(
        "finds no traces",
        Step.of(
            query(FOUND.formatted(tag)), "T", "D:" + tag + " 0 0 0 f 0 0", "C:SELECT 1", "Z:I"));
  }
}
