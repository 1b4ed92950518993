package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.closeStatement;
import static org.pglynx.proxy.it.RawConnection.copyData;
import static org.pglynx.proxy.it.RawConnection.copyDone;
import static org.pglynx.proxy.it.RawConnection.copyFail;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;
import static org.pglynx.proxy.it.SoakVisit.Step.begin;
import static org.pglynx.proxy.it.SoakVisit.Step.ends;
import static org.pglynx.proxy.it.SoakVisit.Step.selected;
import static org.pglynx.proxy.it.SoakVisit.plain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.it.SoakVisit.Manner;
import org.pglynx.proxy.it.SoakVisit.Step;

/**
 * What a client of the soak asks, and what it must hear: each request has a tag of its own, and so
 * has each reply. Knows what the session must remember: names, settings, rows.
 */
final class SoakTalk implements SoakErrands {
  private static final int NAMES = 6;

  private final int number;
  private final Random random;
  private final SoakReport report;
  private final List<Supplier<SoakVisit>> errands = new ArrayList<>();
  private final Queue<SoakVisit> repairs = new ArrayDeque<>();
  private final SoakIsolation isolation;

  /** Names of statements, and which of the shared texts they have. */
  private final Map<String, Integer> names = new HashMap<>();

  /** What the session must have been left with; null if nobody knows. */
  private @Nullable String settings;

  private Runnable onDone = () -> {};
  private IntConsumer onLost = _ -> {};

  /** The server's own default is told before the client's. */
  private boolean discards;

  private int count;

  SoakTalk(int number, Random random, SoakReport report) {
    this.number = number;
    this.random = random;
    this.report = report;
    this.isolation = new SoakIsolation(random, report, this::tag);
    SoakQueries queries = new SoakQueries(random, this::tag);
    SoakBatches batches = new SoakBatches(random, this::tag);
    add(10, queries::simple);
    add(4, queries::several);
    add(8, batches::unnamed);
    add(12, this::named);
    add(6, batches::pipeline);
    add(4, batches::batch);
    add(3, this::copyOut);
    add(4, this::copyIn);
    add(2, this::copyFails);
    add(4, queries::cancelled);
    add(5, this::leaves);
    add(8, this::settings);
    add(1, queries::slow);
    add(5, queries::bad);
    add(6, this::transaction);
    add(5, this::isolation);
    add(5, this::row);
    add(3, queries::notice);
    add(2, queries::functionCall);
    add(4, batches::pieces);
    add(2, this::pinned);
    add(1, this::discard);
    SoakTraces traces = new SoakTraces(random, this::tag);
    add(5, traces::leaves);
    add(4, traces::looks);
    SoakCalls calls = new SoakCalls(random, this::tag);
    add(3, calls::alone);
    add(3, calls::rows);
    add(6, calls::batch);
    add(2, calls::transaction);
  }

  private void add(int weight, Supplier<SoakVisit> errand) {
    for (int i = 0; i < weight; i++) {
      errands.add(errand);
    }
  }

  @Override
  public SoakVisit next() {
    onDone = () -> {};
    onLost = _ -> {};
    discards = false;
    SoakVisit repair = repairs.poll();
    if (repair != null) {
      onLost = _ -> repairs.add(repair);
      return repair;
    }
    return slowly(errands.get(random.nextInt(errands.size())).get());
  }

  /** Some of what has no other manner is sent byte by byte, or read late. */
  private SoakVisit slowly(SoakVisit visit) {
    if (visit.manner() != Manner.PLAIN) {
      return visit;
    }
    return switch (random.nextInt(20)) {
      case 0, 1 -> visit.with(Manner.STALLS);
      case 2 -> visit.with(Manner.BYTES);
      default -> visit;
    };
  }

  @Override
  public void connected() {
    names.clear();
    repairs.clear();
    isolation.forgotten();
    settings = firstApplication() + "/";
  }

  @Override
  public String firstApplication() {
    return "c" + number + "x begins";
  }

  @Override
  public void done() {
    onDone.run();
  }

  @Override
  public void lost(int step) {
    onLost.accept(step);
  }

  @Override
  public void left() {
    onLost.accept(0);
  }

  @Override
  public boolean asynchronous(RawConnection.Message message) {
    String mark = "c" + number + "x";
    switch (message.tag()) {
      case 'S' -> {
        String[] parameter = Replies.strings(message, 0);
        String value = parameter.length < 2 ? "" : parameter[1];
        boolean own = value.startsWith(mark) || discards && value.isEmpty();
        if (parameter[0].equals("application_name") && !own) {
          throw new ReplyCheck.WrongReply("another's parameter " + value);
        }
        return true;
      }
      case 'A' -> {
        String[] notification = Replies.strings(message, 4);
        if (!notification[0].equals(mark)) {
          throw new ReplyCheck.WrongReply("another's notification " + notification[0]);
        }
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  private String tag() {
    count++;
    return "c" + number + "n" + count + "x";
  }

  private SoakVisit named() {
    String name = "s" + random.nextInt(NAMES);
    Integer text = names.get(name);
    if (text == null) {
      return firstUse(name, random.nextInt(20));
    }
    String tag = tag();
    byte[] use = join(bind("", name, tag), execute("", 0), sync());
    return switch (random.nextInt(8)) {
      case 0 -> {
        onDone = () -> names.remove(name);
        onLost = _ -> uncertain(name);
        yield plain("closed", Step.of(join(closeStatement(name), sync()), "3", "Z:I"));
      }
      case 1 ->
          plain(
              "a name that is taken",
              Step.of(join(parse(name, "SELECT 1"), sync()), "E:42P05~\"" + name + '"', "Z:I"));
      default -> plain("named", Step.of(use, "2", "D:" + tag + "-" + text, "C:SELECT 1", "Z:I"));
    };
  }

  private SoakVisit firstUse(String name, int text) {
    String tag = tag();
    if (random.nextInt(8) == 0) {
      return plain(
          "an unknown name",
          Step.of(
              join(bind("", name, tag), execute("", 0), sync()), "E:26000~\"" + name + '"', "Z:I"));
    }
    onDone = () -> names.put(name, text);
    onLost = _ -> uncertain(name);
    return plain(
        "prepared",
        Step.of(
            join(
                parse(name, "SELECT $1::text || '-" + text + "'"),
                bind("", name, tag),
                execute("", 0),
                sync()),
            "1",
            "2",
            "D:" + tag + "-" + text,
            "C:SELECT 1",
            "Z:I"));
  }

  /** Nobody knows whether the name is taken: it is closed before anything else. */
  private void uncertain(String name) {
    names.remove(name);
    repairs.add(plain("repair", Step.of(join(closeStatement(name), sync()), "3", "Z:I")));
  }

  // ---- COPY ----------------------------------------------------------------------------------

  private SoakVisit copyOut() {
    String tag = tag();
    int rows = 1 + random.nextInt(400);
    List<String> expected = new ArrayList<>(List.of("H"));
    for (int i = 1; i <= rows; i++) {
      expected.add("d:" + tag + " " + i);
    }
    expected.addAll(List.of("c", "C:COPY " + rows, "Z:I"));
    String copy =
        "COPY (SELECT '" + tag + " ' || i FROM generate_series(1, " + rows + ") i) TO STDOUT";
    return plain("copy out", new Step(query(copy), expected));
  }

  private static byte[] lines(String tag, int rows) {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= rows; i++) {
      lines.append(tag).append('\t').append(i).append('\n');
    }
    int cut = lines.length() / 3;
    return join(copyData(lines.substring(0, cut)), copyData(lines.substring(cut)));
  }

  private SoakVisit copyIn() {
    String tag = tag();
    int rows = 1 + random.nextInt(200);
    byte[] data = join(lines(tag, rows), copyDone());
    Step copy =
        random.nextBoolean()
            ? Step.of(
                join(query("COPY soak_copied FROM STDIN"), data), "G", "C:COPY " + rows, "Z:T")
            : Step.of(
                join(
                    parse("", "COPY soak_copied FROM STDIN"),
                    bind("", ""),
                    execute("", 0),
                    data,
                    sync()),
                "1",
                "2",
                "G",
                "C:COPY " + rows,
                "Z:T");
    Step counted =
        Step.of(
            query("SELECT count(*) FROM soak_copied WHERE tag = '" + tag + "'"),
            "T",
            "D:" + rows,
            "C:SELECT 1",
            "Z:T");
    Step end = ends(random);
    boolean commits = end.expected().getFirst().equals("C:COMMIT");
    onDone = () -> ended(commits, tag, rows);
    onLost = step -> undoneBefore(step, 3, tag);
    return plain("copy in", begin(), copy, counted, end);
  }

  private void ended(boolean commits, String tag, int rows) {
    if (commits) {
      report.copied(tag, rows);
    } else {
      report.undone(tag);
    }
  }

  /** What is lost before its COMMIT was sent is not there; behind it nobody knows. */
  private void undoneBefore(int step, int commit, String tag) {
    if (step < commit) {
      report.undone(tag);
    }
  }

  private SoakVisit copyFails() {
    String tag = tag();
    onDone = () -> report.undone(tag);
    byte[] copy = join(query("COPY soak_copied FROM STDIN"), lines(tag, 3));
    return random.nextBoolean()
        ? plain("copy fails", Step.of(join(copy, copyFail(tag)), "G", "E:57014~" + tag, "Z:I"))
        : plain(
            "copy of nonsense",
            Step.of(
                join(copy, copyData(tag + "\tbad" + tag + "\n"), copyDone()),
                "G",
                "E:22P02~bad" + tag,
                "Z:I"));
  }

  // ---- transactions --------------------------------------------------------------------------

  private SoakVisit transaction() {
    String bad = tag();
    return plain(
        "transaction",
        begin(),
        selected(tag(), 'T'),
        Step.of(query("SAVEPOINT s"), "C:SAVEPOINT", "Z:T"),
        Step.of(query("SELECT '" + bad + "'::int"), "E:22P02~" + bad, "Z:E"),
        Step.of(query("SELECT '" + bad + "'"), "E:25P02~", "Z:E"),
        Step.of(query("ROLLBACK TO s"), "C:ROLLBACK", "Z:T"),
        selected(tag(), 'T'),
        ends(random));
  }

  private SoakVisit isolation() {
    onDone = isolation::done;
    onLost = _ -> isolation.uncertain();
    return isolation.next();
  }

  private static Step insert(String tag) {
    return Step.of(
        join(SoakBatches.one("INSERT INTO soak_rows VALUES ($1)", tag), sync()),
        "1",
        "2",
        "C:INSERT 0 1",
        "Z:T");
  }

  private SoakVisit row() {
    String tag = tag();
    if (random.nextInt(3) == 0) {
      onDone = () -> report.committed(tag);
      return plain(
          "a row at once",
          Step.of(query("INSERT INTO soak_rows VALUES ('" + tag + "')"), "C:INSERT 0 1", "Z:I"));
    }
    onDone = () -> report.committed(tag);
    onLost = step -> undoneBefore(step, 2, tag);
    return plain(
        "a row in a transaction",
        begin(),
        insert(tag),
        Step.of(query("COMMIT"), "C:COMMIT", "Z:I"));
  }

  // ---- who leaves ----------------------------------------------------------------------------

  private SoakVisit leaves() {
    String tag = tag();
    onLost = _ -> report.undone(tag);
    return switch (random.nextInt(5)) {
      case 0 -> plain("leaves", selected(tag, 'I')).with(Manner.LEAVES);
      case 1 -> plain("leaves a transaction", begin(), insert(tag)).with(Manner.LEAVES);
      case 2 ->
          plain(
                  "leaves a statement",
                  begin(),
                  insert(tag),
                  Step.of(query("SELECT pg_sleep(1)"), "Z:T"))
              .with(Manner.LEAVES_AMID);
      case 3 ->
          plain(
                  "leaves a copy in",
                  Step.of(join(query("COPY soak_copied FROM STDIN"), lines(tag, 50)), "Z:I"))
              .with(Manner.LEAVES_AMID);
      default ->
          plain(
                  "leaves a copy out",
                  Step.of(
                      query(
                          "COPY (SELECT repeat('z', 1000) FROM generate_series(1, 2000)) TO"
                              + " STDOUT"),
                      "Z:I"))
              .with(Manner.LEAVES_AMID);
    };
  }

  // ---- what a session remembers --------------------------------------------------------------

  private Step remembers(String known, char state) {
    String tag = tag();
    return Step.of(
        query(
            "SELECT current_setting('application_name') || '/' ||"
                + " coalesce(current_setting('soak.owner', true), '') || '/"
                + tag
                + "'"),
        "T",
        "D:" + known + "/" + tag,
        "C:SELECT 1",
        "Z:" + state);
  }

  private SoakVisit settings() {
    String known = settings;
    if (known == null || random.nextInt(3) == 0) {
      String application = "c" + number + "x" + tag();
      String owner = tag();
      onDone = () -> settings = application + "/" + owner;
      onLost = _ -> settings = null;
      return plain(
          "sets",
          Step.of(
              query(
                  "SET application_name = '" + application + "'; SET soak.owner = '" + owner + "'"),
              "C:SET",
              "C:SET",
              "Z:I"));
    }
    if (random.nextInt(3) == 0) {
      // If the server is lost amid the transaction, what was set in it is lost with it.
      String inside = known.substring(0, known.indexOf('/') + 1) + tag();
      String owner = inside.substring(inside.indexOf('/') + 1);
      return plain(
          "sets and rolls back",
          begin(),
          Step.of(query("SET soak.owner = '" + owner + "'"), "C:SET", "Z:T"),
          remembers(inside, 'T'),
          Step.of(query("ROLLBACK"), "C:ROLLBACK", "Z:I"),
          remembers(known, 'I'));
    }
    return plain("remembers", remembers(known, 'I'));
  }

  private SoakVisit discard() {
    discards = true;
    onDone =
        () -> {
          names.clear();
          isolation.forgotten();
          settings = firstApplication() + "/";
        };
    onLost =
        _ -> {
          settings = null;
          isolation.uncertain();
          List.copyOf(names.keySet()).forEach(this::uncertain);
        };
    return plain("discards all", Step.of(query("DISCARD ALL"), "C:DISCARD ALL", "Z:I"));
  }

  private SoakVisit pinned() {
    String tag = tag();
    return switch (random.nextInt(3)) {
      case 0 ->
          plain(
              "a temporary table",
              Step.of(query("CREATE TEMP TABLE own AS SELECT '" + tag + "'"), "C:SELECT 1", "Z:I"),
              Step.of(query("SELECT * FROM own"), "T", "D:" + tag, "C:SELECT 1", "Z:I"),
              Step.of(query("DROP TABLE own"), "C:DROP TABLE", "Z:I"));
      case 1 ->
          plain(
              "an advisory lock",
              Step.of(
                  query("SELECT pg_advisory_lock(" + number + ")"), "T", "D:", "C:SELECT 1", "Z:I"),
              selected(tag, 'I'),
              Step.of(
                  query("SELECT pg_advisory_unlock(" + number + ")"),
                  "T",
                  "D:t",
                  "C:SELECT 1",
                  "Z:I"));
      default ->
          plain(
              "a notification",
              Step.of(query("LISTEN c" + number + "x"), "C:LISTEN", "Z:I"),
              Step.of(query("NOTIFY c" + number + "x, '" + tag + "'"), "C:NOTIFY", "Z:I"),
              Step.of(query("UNLISTEN c" + number + "x"), "C:UNLISTEN", "Z:I"));
    };
  }
}
