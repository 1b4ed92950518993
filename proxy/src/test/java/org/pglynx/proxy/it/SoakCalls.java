package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;
import static org.pglynx.proxy.it.SoakVisit.plain;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.pglynx.proxy.it.SoakVisit.Manner;
import org.pglynx.proxy.it.SoakVisit.Step;

/**
 * Calls that the proxy answers, alone and amid what the server answers. The model has learnt all
 * its points by heart: it predicts each as itself.
 */
final class SoakCalls {
  private static final int POINTS = 100;

  private final Random random;
  private final Supplier<String> tags;

  SoakCalls(Random random, Supplier<String> tags) {
    this.random = random;
    this.tags = tags;
  }

  /** Trains the model, through the proxy. */
  static void train(Connection connection) throws SQLException {
    ProxyUnderTest.run(
        connection,
        "CREATE TABLE soak_points AS SELECT i AS x, i AS y FROM generate_series(0, "
            + (POINTS - 1)
            + ") i",
        "SELECT * FROM pgml.train('soak', 'regression', 'soak_points', 'y', 'decision_tree',"
            + " test_size => 0)");
  }

  private int point() {
    return random.nextInt(POINTS);
  }

  /** No server is needed. */
  SoakVisit alone() {
    return plain("a prediction", predicted(point(), 'I'));
  }

  private static Step predicted(int point, char state) {
    return Step.of(
        query("SELECT pgml.predict('soak', ARRAY[" + point + "])"),
        "T",
        "D:" + point,
        "C:SELECT 1",
        "Z:" + state);
  }

  /** The server's rows, one column of which is the proxy's. */
  SoakVisit rows() {
    String tag = tags.get();
    int rows = 1 + point();
    List<String> expected = new ArrayList<>(List.of("T"));
    for (int i = 0; i < rows; i++) {
      expected.add("D:" + tag + "|" + i);
    }
    expected.addAll(List.of("C:SELECT " + rows, "Z:I"));
    String sql =
        "SELECT '%s', pgml.predict('soak', ARRAY[x]) FROM soak_points ORDER BY x LIMIT %d"
            .formatted(tag, rows);
    return plain("predicted rows", new Step(query(sql), expected)).with(manner());
  }

  /** Amid a batch the proxy's own questions go over the client's own server. */
  SoakVisit batch() {
    List<byte[]> request = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 2 + random.nextInt(6); i > 0; i--) {
      part(request, expected);
    }
    request.add(sync());
    expected.add("Z:I");
    return plain(
            "a batch with predictions", new Step(join(request.toArray(byte[][]::new)), expected))
        .with(manner());
  }

  private void part(List<byte[]> request, List<String> expected) {
    String tag = tags.get();
    int point = point();
    boolean own = random.nextBoolean();
    boolean rows = random.nextBoolean();
    String text =
        own
            ? "SELECT pgml.predict('soak', ARRAY[$1::real])"
            : rows
                ? "SELECT $1::text, pgml.predict('soak', ARRAY[x]) FROM soak_points WHERE x = "
                    + point
                : "SELECT $1::text";
    request.add(join(parse("", text), bind("", "", own ? "" + point : tag), execute("", 0)));
    expected.addAll(
        List.of("1", "2", "D:" + (own ? point : rows ? tag + "|" + point : tag), "C:SELECT 1"));
  }

  /** What the proxy refuses fails the server's transaction, too. */
  SoakVisit transaction() {
    String unknown = tags.get();
    return plain(
        "a transaction with predictions",
        Step.of(query("BEGIN"), "C:BEGIN", "Z:T"),
        predicted(point(), 'T'),
        Step.of(
            query("SELECT pgml.predict('" + unknown + "', ARRAY[1])"), "E:55000~" + unknown, "Z:E"),
        Step.of(query("SELECT pgml.predict('soak', ARRAY[1])"), "E:25P02~", "Z:E"),
        Step.of(query("COMMIT"), "C:ROLLBACK", "Z:I"));
  }

  private Manner manner() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> Manner.CANCELS;
      case 2 -> Manner.LEAVES_AMID;
      case 3 -> Manner.SLOW;
      default -> Manner.PLAIN;
    };
  }
}
