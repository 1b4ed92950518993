package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.wire.Oid;

/**
 * Statements by chance with predictions, through the proxy, against the server's own replies to
 * statements that look the same predictions up in a table. {@code -Dfuzz.seconds=60} runs longer,
 * {@code -Dfuzz.seed} runs the same again.
 */
class PredictionsDifferentialIT {
  private static final long SEED = 20_261_126;

  @RegisterExtension static final ProxyUnderTest TRANSACTION = ProxyUnderTest.deferring(3);

  @RegisterExtension static final ProxyUnderTest SESSION = ProxyUnderTest.sessionMode(3);

  /** How a statement is sent. */
  private enum Protocol {
    SIMPLE,
    EXTENDED_TEXT,
    EXTENDED_BINARY,
    EXTENDED_MIXED,
    IN_PIECES
  }

  @BeforeAll
  static void train() throws SQLException {
    for (ProxyUnderTest proxy : List.of(TRANSACTION, SESSION)) {
      try (Connection connection = proxy.connect()) {
        ProxyUnderTest.run(
            connection,
            "CREATE TABLE items AS SELECT i AS id, (i * 37 % 101)::real / 8 AS a,"
                + " ((i * 53 % 97) / 4.0 + i * 0.0137)::real AS b, NULLIF(i % 7, 0) AS n, i % 4 AS g"
                + " FROM generate_series(1, 120) i",
            "CREATE VIEW learnt AS SELECT a, b, 2 * a - b / 3 + 20 AS y FROM items",
            "CREATE VIEW kinds AS SELECT a, b, CASE WHEN a > b THEN 'it''s \"a\", more'"
                + " WHEN b > 12 THEN 'b\\t' ELSE 'neither' END AS kind FROM items",
            "CREATE TABLE truth (id integer PRIMARY KEY, y real, label text, proba real[])",
            "SELECT * FROM pgml.train('line', 'regression', 'learnt', 'y')",
            "SELECT * FROM pgml.train('kind', 'classification', 'kinds', 'kind', 'xgboost',"
                + " hyperparams => '{\"n_estimators\": 5}')");
        lookUpTruth(connection);
        ProxyUnderTest.run(
            connection,
            "CREATE TABLE kept AS SELECT id, NULL::real AS y FROM items WHERE g = 2",
            "CREATE VIEW scored AS SELECT id, pgml.predict('line', ARRAY[a, b]) AS y FROM items",
            "CREATE VIEW other AS SELECT id AS k, y FROM truth WHERE id % 24 = 1",
            "CREATE VIEW scored_truth AS SELECT id, y FROM truth",
            "CREATE FUNCTION score(i items) RETURNS real LANGUAGE plpgsql AS"
                + " $$ BEGIN RETURN pgml.predict('line', ARRAY[i.a, i.b]); END $$",
            "CREATE FUNCTION score_truth(i items) RETURNS real LANGUAGE plpgsql AS"
                + " $$ BEGIN RETURN (SELECT y FROM truth WHERE truth.id = i.id); END $$");
      }
    }
  }

  /** Each row's predictions, from constants: what the model itself says. */
  private static void lookUpTruth(Connection connection) throws SQLException {
    try (Statement items = connection.createStatement();
        ResultSet rows = items.executeQuery("SELECT id, a, b FROM items ORDER BY id");
        PreparedStatement predict =
            connection.prepareStatement(
                "SELECT pgml.predict('line', ARRAY[?, ?]), pgml.predict_label('kind', ARRAY[?, ?]),"
                    + " pgml.predict_proba('kind', ARRAY[?, ?])");
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO truth VALUES (?, ?, ?, ?)")) {
      while (rows.next()) {
        for (int i = 1; i <= 6; i++) {
          predict.setFloat(i, rows.getFloat(3 - i % 2));
        }
        try (ResultSet answer = predict.executeQuery()) {
          answer.next();
          insert.setInt(1, rows.getInt(1));
          insert.setFloat(2, answer.getFloat(1));
          insert.setString(3, answer.getString(2));
          insert.setArray(4, answer.getArray(3));
          insert.executeUpdate();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void predictions_are_what_looking_them_up_gives(boolean session) {
    ProxyUnderTest proxy = session ? SESSION : TRANSACTION;
    long seed =
        Long.getLong("fuzz.seed", Long.getLong("fuzz.seconds") == null ? SEED : System.nanoTime());
    Random random = new Random(seed);
    RandomPredictions statements = new RandomPredictions(random);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("fuzz.seconds", 0));
    try (RawConnection proxied = proxy.raw();
        RawConnection direct = proxy.direct()) {
      for (int i = 0; i < 250 || System.nanoTime() < end; i++) {
        RandomPredictions.Pair pair = statements.next();
        Protocol protocol = Protocol.values()[random.nextInt(Protocol.values().length)];
        List<RawConnection.Message> expected = replies(direct, pair.plain(), protocol);
        List<RawConnection.Message> given = replies(proxied, pair.sql(), protocol);
        assertThat(given.stream().map(RawConnection.Message::shape).toList())
            .as("seed %d, statement %d, %s: %s", seed, i, protocol, pair.sql())
            .isEqualTo(expected.stream().map(RawConnection.Message::shape).toList());
        assertSame(pair, "seed %d, %d, %s: %s".formatted(seed, i, protocol, pair), given, expected);
      }
    }
  }

  private static List<RawConnection.Message> replies(
      RawConnection connection, String sql, Protocol protocol) {
    boolean copy = sql.startsWith("COPY");
    return switch (protocol) {
      case SIMPLE -> connection.send(RawConnection.query(sql)).untilReady();
      case EXTENDED_TEXT -> extended(connection, sql, 0);
      case EXTENDED_BINARY -> extended(connection, sql, 0, 1);
      case EXTENDED_MIXED -> copy ? extended(connection, sql, 0) : mixed(connection, sql);
      case IN_PIECES -> copy ? extended(connection, sql, 0) : inPieces(connection, sql);
    };
  }

  private static List<RawConnection.Message> extended(
      RawConnection connection, String sql, int limit, int... formats) {
    return connection
        .send(
            RawConnection.parse("", sql),
            bind(formats),
            RawConnection.describePortal(""),
            RawConnection.execute("", limit),
            RawConnection.sync())
        .untilReady();
  }

  /** A format for each column: asks first how many there are. */
  private static List<RawConnection.Message> mixed(RawConnection connection, String sql) {
    connection.send(
        RawConnection.closeStatement("named"),
        RawConnection.parse("named", sql),
        RawConnection.describeStatement("named"),
        RawConnection.sync());
    List<RawConnection.Message> all = new ArrayList<>(connection.untilReady());
    int columns =
        all.stream()
            .filter(each -> each.tag() == 'T')
            .mapToInt(each -> ByteBuffer.wrap(each.body()).getShort())
            .findAny()
            .orElse(0);
    int[] formats = new int[columns];
    for (int i = 0; i < columns; i++) {
      formats[i] = i % 2;
    }
    connection.send(
        frame(formats, "p", "named"),
        RawConnection.describePortal("p"),
        RawConnection.execute("p", 0),
        RawConnection.closeStatement("named"),
        RawConnection.sync());
    all.addAll(connection.untilReady());
    return all;
  }

  /** Through a portal with a limit of rows, until it has no more. */
  private static List<RawConnection.Message> inPieces(RawConnection connection, String sql) {
    List<RawConnection.Message> all = new ArrayList<>();
    all.addAll(connection.send(RawConnection.query("BEGIN")).untilReady());
    connection.send(
        RawConnection.parse("", sql),
        frame(new int[0], "portal", ""),
        RawConnection.describePortal("portal"),
        RawConnection.execute("portal", 7),
        RawConnection.sync());
    List<RawConnection.Message> piece = connection.untilReady();
    all.addAll(piece);
    while (piece.stream().anyMatch(each -> each.tag() == 's')) {
      piece =
          connection.send(RawConnection.execute("portal", 7), RawConnection.sync()).untilReady();
      all.addAll(piece);
    }
    all.addAll(connection.send(RawConnection.query("COMMIT")).untilReady());
    return all;
  }

  static byte[] bind(int... formats) {
    return frame(formats, "", "");
  }

  private static byte[] frame(int[] formats, String portal, String statement) {
    byte[] codes = new byte[0];
    for (int format : formats) {
      codes = RawConnection.join(codes, RawConnection.int16(format));
    }
    return RawConnection.frame(
        'B',
        RawConnection.cstring(portal),
        RawConnection.cstring(statement),
        RawConnection.int16(0),
        RawConnection.int16(0),
        RawConnection.int16(formats.length),
        codes);
  }

  // ---- comparing -----------------------------------------------------------------------------

  private static void assertSame(
      RandomPredictions.Pair pair,
      String what,
      List<RawConnection.Message> given,
      List<RawConnection.Message> expected) {
    byte[] description = new byte[0];
    List<List<Object>> givenRows = new ArrayList<>();
    List<List<Object>> expectedRows = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      byte[] mine = given.get(i).body();
      byte[] other = expected.get(i).body();
      if (given.get(i).tag() == 'T') {
        assertThat(withoutOrigins(mine)).as(what).isEqualTo(withoutOrigins(other));
        description = other;
      } else if (given.get(i).tag() == 'D') {
        givenRows.add(values(mine, description));
        expectedRows.add(values(other, description));
      } else if (given.get(i).tag() == 'd') {
        assertThat(copied(mine)).as(what).isEqualTo(copied(other));
      }
    }
    if (!pair.ordered()) {
      givenRows.sort(Comparator.comparing(Object::toString));
      expectedRows.sort(Comparator.comparing(Object::toString));
    }
    assertThat(givenRows).as(what).isEqualTo(expectedRows);
  }

  /** Names, types, sizes and formats; a column of a view or subquery has no origin that counts. */
  private static List<Object> withoutOrigins(byte[] description) {
    List<Object> columns = new ArrayList<>();
    ByteBuffer body = ByteBuffer.wrap(description);
    for (int i = body.getShort(); i > 0; i--) {
      columns.add(name(body));
      body.getInt();
      body.getShort();
      columns.add(body.getInt());
      columns.add(body.getShort());
      columns.add(body.getInt());
      columns.add(body.getShort());
    }
    return columns;
  }

  /** All that a client sees of a message but where a column's values come from. */
  static String withoutOrigin(RawConnection.Message message) {
    return switch (message.tag()) {
      case 'T' -> "T" + withoutOrigins(message.body());
      case 'D' -> "D" + HexFormat.of().formatHex(message.body());
      default -> message.shape();
    };
  }

  private static String name(ByteBuffer body) {
    int from = body.position();
    while (body.get() != 0) {
      // To the end of the name.
    }
    return new String(body.array(), from, body.position() - 1 - from, StandardCharsets.UTF_8);
  }

  /** The row's values; reals rounded so that both ways of computing give the same. */
  private static List<Object> values(byte[] row, byte[] description) {
    List<Object> columns = withoutOrigins(description);
    List<Object> values = new ArrayList<>();
    ByteBuffer body = ByteBuffer.wrap(row);
    for (int i = 0; i < body.getShort(0); i++) {
      body.position(i == 0 ? 2 : body.position());
      int length = body.getInt();
      byte[] value = new byte[Math.max(length, 0)];
      body.get(value);
      boolean binary = (short) columns.get(5 * i + 4) == 1;
      values.add(
          length < 0 ? "NULL" : rounded(value, (int) columns.get(5 * i + 1), binary).toString());
    }
    return values;
  }

  private static Object rounded(byte[] value, int type, boolean binary) {
    if (type == Oid.FLOAT4) {
      return rounded(
          binary
              ? ByteBuffer.wrap(value).getFloat()
              : Float.parseFloat(new String(value, StandardCharsets.UTF_8)));
    }
    if (type != Oid.FLOAT4_ARRAY) {
      return binary
          ? List.of(java.util.HexFormat.of().formatHex(value))
          : new String(value, StandardCharsets.UTF_8);
    }
    List<Object> elements = new ArrayList<>();
    if (binary) {
      ByteBuffer body = ByteBuffer.wrap(value, 20, value.length - 20);
      while (body.hasRemaining()) {
        body.getInt();
        elements.add(rounded(body.getFloat()));
      }
    } else {
      String text = new String(value, 1, value.length - 2, StandardCharsets.UTF_8);
      for (String element : text.split(",")) {
        elements.add(rounded(Float.parseFloat(element)));
      }
    }
    return elements;
  }

  private static Object rounded(float value) {
    return Math.round(value * 1000d) / 1000d;
  }

  private static String copied(byte[] data) {
    return new String(data, StandardCharsets.ISO_8859_1);
  }
}
