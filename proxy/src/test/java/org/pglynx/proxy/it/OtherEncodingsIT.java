package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients whose encoding is not UTF-8: nothing of theirs is read as what it is not. */
class OtherEncodingsIT {
  private static final Charset LATIN = StandardCharsets.ISO_8859_1;
  private static final String LEARN =
      "'classification', 'kinds', 'y', algorithm => 'decision_tree', test_size => 0";

  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(3);

  @BeforeAll
  static void train() throws SQLException {
    try (Connection connection = PROXY.connect()) {
      ProxyUnderTest.run(
          connection,
          "CREATE TABLE kinds AS SELECT (ARRAY['ä', 'ö', 'ü'])[1 + i % 3] AS kind, i AS a,"
              + " (ARRAY['weiß', 'grün', 'rot'])[1 + i % 3] AS y FROM generate_series(0, 59) i",
          "CREATE VIEW plain AS SELECT a, 2.0 * a AS y FROM kinds",
          "CREATE TABLE sizes AS SELECT NULLIF(i, 5)::real AS größe, i AS y FROM generate_series(0, 9)"
              + " i",
          "CREATE VIEW größen AS SELECT * FROM sizes WHERE größe IS NOT NULL",
          "SELECT * FROM pgml.train('sizes', 'regression', 'größen', 'y')",
          "SELECT * FROM pgml.train('kinds', " + LEARN + ")",
          "SELECT * FROM pgml.train('grün', 'regression', 'plain', 'y')",
          "SELECT * FROM pgml.train('plain', 'regression', 'plain', 'y')");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pgml.predict_label('kinds', ROW('ö'::text, 4))",
        "SELECT pgml.predict_label('kinds', '{\"kind\": \"ö\", \"a\": 4}'::jsonb)",
        "SELECT pgml.predict_label('kinds', kinds) FROM kinds WHERE kind = 'ö' LIMIT 1",
        "SELECT pgml.predict_label('kinds', ROW(kind, a)) FROM kinds WHERE a = 4",
        "SELECT pgml.predict_label('kinds', kinds) FROM kinds WHERE a = 4",
        "SELECT pgml.predict_label('kinds', ARRAY[2, 4])"
      })
  void labels_and_rows_are_in_the_clients_encoding(String sql) {
    try (RawConnection client = latin()) {
      assertThat(value(client, sql)).isEqualTo("grün");
    }
  }

  @Test
  void numbers_are_predicted_here_and_texts_with_them_stay_what_they_are() {
    try (RawConnection client = latin()) {
      assertThat(value(client, "SELECT pgml.predict('plain', ARRAY[3])")).isEqualTo("6");
      assertThat(value(client, "SELECT pgml.predict('grün', ARRAY[3])")).isEqualTo("6");
      assertThat(
              value(client, "SELECT 'é' || pgml.predict('plain', ARRAY[a]) FROM plain WHERE a = 3"))
          .isEqualTo("é6");
      assertThat(
              value(
                  client, "SELECT pgml.predict('plain', ARRAY[a]) AS \"é\" FROM plain WHERE a = 3"))
          .isEqualTo("6");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM pgml.train('blau und grün', 'regression', 'plain', 'y')",
        "SELECT * FROM pgml.deploy('grün', 'best_score')",
        "SELECT * FROM pgml.explain('plain', ARRAY[1])",
        "SELECT * FROM pgml.feature_importance('plain')"
      })
  void what_would_be_read_as_something_else_is_refused(String sql) {
    try (RawConnection client = latin()) {
      RawConnection.Message error = error(client, sql);
      assertThat(error.shape()).isEqualTo("E:ERROR:0A000");
      assertThat(error.field('M')).contains("client_encoding is UTF8, not LATIN1");
      assertThat(error.field('H')).isEqualTo("SET client_encoding TO UTF8.");
      assertThat(client.value("SELECT 7")).isEqualTo("7");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM pgml.train('none', 'regression', 'sizes', 'y')",
        "SELECT pgml.predict('sizes', ARRAY[NULL]::real[])",
        "SELECT pgml.predict('sizes', ARRAY[nullif(y, 5)]) FROM sizes",
        "SELECT pgml.predict('größe', ARRAY[1])"
      })
  void errors_are_in_the_clients_encoding(String sql) {
    try (RawConnection client = latin()) {
      byte[] error = error(client, sql).body();

      assertThat(new String(error, LATIN)).contains("größe");
      assertThat(client.value("SELECT 7")).isEqualTo("7");
    }
  }

  @Test
  void notices_are_in_the_clients_encoding() {
    try (RawConnection client = latin()) {
      List<RawConnection.Message> replies =
          asks(client, "SELECT * FROM pgml.train('sizes')").untilReady();

      assertThat(
              replies.stream()
                  .filter(each -> each.tag() == 'N')
                  .map(each -> new String(each.body(), LATIN)))
          .anyMatch(text -> text.contains("snapshot of public.\"größen\""));
    }
  }

  @Test
  void a_training_learns_what_the_rows_say() {
    try (RawConnection client = latin()) {
      asks(client, "SELECT * FROM pgml.train('latin', " + LEARN + ")").untilReady();

      assertThat(value(client, "SELECT pgml.predict_label('latin', ROW('ö'::text, 4))"))
          .isEqualTo("grün");
    }
  }

  @Test
  void inside_of_a_transaction_it_is_refused_before_it_reads() {
    try (RawConnection client = latin()) {
      asks(client, "BEGIN").untilReady();

      RawConnection.Message error =
          error(client, "SELECT * FROM pgml.train('within', " + LEARN + ")");

      assertThat(error.shape()).isEqualTo("E:ERROR:0A000");
      assertThat(error.field('M')).contains("client_encoding is LATIN1");
      asks(client, "ROLLBACK").untilReady();
    }
  }

  /** As psql has it where the locale is C: bytes are the database's. */
  @Test
  void bytes_of_no_encoding_are_the_databases() {
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("SET client_encoding TO SQL_ASCII")).untilReady();

      assertThat(client.value("SELECT pgml.predict_label('kinds', ROW('ö'::text, 4))"))
          .isEqualTo("grün");
      assertThat(client.value("SELECT pgml.predict('grün', ARRAY[3])")).isEqualTo("6");
    }
  }

  private static RawConnection latin() {
    RawConnection client = PROXY.raw();
    client.send(RawConnection.query("SET client_encoding TO LATIN1")).untilReady();
    return client;
  }

  private static RawConnection asks(RawConnection client, String sql) {
    byte[] text = sql.getBytes(LATIN);
    byte[] frame = new byte[text.length + 6];
    java.nio.ByteBuffer.wrap(frame).put((byte) 'Q').putInt(text.length + 5).put(text);
    return client.send(frame);
  }

  private static RawConnection.Message error(RawConnection client, String sql) {
    return asks(client, sql).error();
  }

  /** The only value of the only row. */
  private static String value(RawConnection client, String sql) {
    List<RawConnection.Message> replies = asks(client, sql).untilReady();
    byte[] row =
        replies.stream().filter(each -> each.tag() == 'D').findFirst().orElseThrow().body();
    return new String(row, 6, row.length - 6, LATIN);
  }
}
