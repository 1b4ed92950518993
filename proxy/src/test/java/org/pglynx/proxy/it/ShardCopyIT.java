package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** COPY of tables on several shards, compared with one PostgreSQL that gets the same data. */
class ShardCopyIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(3)
          .pool(
              "reference_tables = [\"rates\", \"codes\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"accounts\"",
              "columns = [\"id\"]",
              "[[pools.app.sharded_tables]]",
              "name = \"people\"",
              "columns = [\"name\"]",
              "types = [\"text\"]");

  private static String single = "";
  private static @Nullable Connection reference;
  private static @Nullable Connection spread;

  @BeforeAll
  static void open() throws SQLException {
    create();
    reference = direct();
    spread = PROXY.connect();
  }

  private static void create() {
    single = PROXY.postgres().createDatabase("single");
    create(single, 1, 0);
    for (int shard = 0; shard < 3; shard++) {
      create(PROXY.shardDatabase(shard), 3, shard);
    }
  }

  private static void create(String database, int modulus, int remainder) {
    String here = " FOR VALUES WITH (MODULUS %d, REMAINDER %d)".formatted(modulus, remainder);
    PROXY
        .postgres()
        .execute(
            database,
            "CREATE TABLE accounts (note text, id bigint, balance int CHECK (balance < 1000),"
                + " twice int GENERATED ALWAYS AS (2 * balance) STORED) PARTITION BY HASH (id)",
            "CREATE TABLE accounts_here PARTITION OF accounts" + here,
            "CREATE TABLE people (name text, age int) PARTITION BY HASH (name)",
            "CREATE TABLE people_here PARTITION OF people" + here,
            "CREATE TABLE rates (code text, rate int)",
            "CREATE TABLE codes (code text, note text, CONSTRAINT once UNIQUE (code))");
  }

  @AfterAll
  static void drop() throws SQLException {
    Objects.requireNonNull(reference).close();
    Objects.requireNonNull(spread).close();
    PROXY.postgres().dropDatabase(single);
  }

  private static void empty() {
    for (String database : databases()) {
      PROXY.postgres().execute(database, "TRUNCATE accounts, people, rates");
    }
  }

  private static List<String> databases() {
    return List.of(single, PROXY.shardDatabase(0), PROXY.shardDatabase(1), PROXY.shardDatabase(2));
  }

  private static List<String> rows(String database, String table) {
    String all =
        PROXY
            .postgres()
            .value(
                database,
                "SELECT coalesce(string_agg(t::text, '|' ORDER BY t::text COLLATE \"C\"), '') FROM "
                    + table
                    + " t");
    return all.isEmpty() ? List.of() : Arrays.asList(all.split("\\|"));
  }

  /** What all shards have together is what the one server has. */
  private static void same(String table) {
    List<String> spread = new ArrayList<>();
    for (int shard = 0; shard < 3; shard++) {
      spread.addAll(rows(PROXY.shardDatabase(shard), table));
    }
    assertThat(spread).containsExactlyInAnyOrderElementsOf(rows(single, table));
  }

  private static Connection direct() throws SQLException {
    return java.sql.DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + PROXY.postgres().port() + "/" + single + "?user=postgres");
  }

  private static String copyIn(Connection client, String sql, byte[] data) {
    try {
      return String.valueOf(
          client
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn(sql, new ByteArrayInputStream(data)));
    } catch (SQLException e) {
      return e.getSQLState();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] copyOut(Connection client, String sql) throws SQLException, IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    client.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, out);
    return out.toByteArray();
  }

  private static void bothCopy(String sql, byte[] data) {
    String expected = copyIn(Objects.requireNonNull(reference), sql, data);
    assertThat(copyIn(Objects.requireNonNull(spread), sql, data)).as(sql).isEqualTo(expected);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "COPY accounts FROM STDIN # a\t1\t10\\nb\\\\\\tc\t2\t\\\\N\\n\\\\N\t3\t30\\n",
        "COPY accounts (id, note) FROM STDIN # 1\tx\\n2\ty\\n3\t\\\\N\\n",
        "COPY accounts (id, note) FROM STDIN # \\\\x31\tx\\n\\\\062\ty\\n3\tline\\\\\\nend\\n4\tq",
        "COPY accounts (note, id) FROM STDIN # a\t1\\r\\nb\t2\\r\\n",
        "COPY accounts (note, id) FROM STDIN # a\t1\\rb\t2\\rc\t77\\r",
        "COPY accounts (note, id) FROM STDIN # a\t1\\n\\\\.\\nb\t2\\n",
        "COPY accounts (note, id) FROM STDIN WITH (DELIMITER ';', NULL 'nix') # a;1\\nnix;2\\n\\\\;;3\\n",
        "COPY accounts (note, id) FROM STDIN CSV # \"a\\nb\",1\\n\"c,\"\"d\"\"\",\"2\"\\n,3\\n\"\",4\\n",
        "COPY accounts (note, id) FROM STDIN CSV # a,1\\n\\\\.\\nb,2\\n",
        "COPY accounts (note, id) FROM STDIN WITH (FORMAT csv, HEADER) # note,id\\na,1\\nb,2\\n",
        "COPY accounts (note, id) FROM STDIN WITH (FORMAT csv, HEADER match) # note,id\\na,1\\nb,2\\n",
        "COPY accounts (note, id) FROM STDIN WITH (FORMAT csv, HEADER match) # note,what\\na,1\\n",
        "COPY accounts (note, id) FROM STDIN WITH (FORMAT csv, QUOTE '''', ESCAPE '/') # 'a/'b',1\\n'c//',2\\n",
        "COPY accounts (note, id) FROM STDIN WITH (FORMAT csv, DELIMITER '|', QUOTE '~') # ~a|\\n~|5\\n",
        "COPY accounts (note, id) FROM STDIN WITH CSV HEADER DELIMITER AS ';' NULL AS '-' # n;i\\n-;1\\nx;9\\n",
        "COPY accounts (note, id) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (note)) # ,1\\n,2\\n",
        "COPY accounts (id, balance) FROM STDIN WHERE balance > 3 # 1\t1\\n2\t5\\n3\t9\\n",
        "COPY accounts (note, id) FROM STDIN # ",
        "COPY accounts (note, id) FROM STDIN # a\t1\\nb\tx\\n",
        "COPY accounts (note, id) FROM STDIN # a\t1\\nb\\n",
        "COPY accounts (note, id) FROM STDIN # a\t1\\nb\t2\tc\\n",
        "COPY accounts (note, id, balance) FROM STDIN # a\t1\t1\\nb\t2\t5000\\n",
        "COPY accounts (note, id) FROM STDIN # a\t1\\r\\nb\t2\\n",
        "COPY accounts (note, id) FROM STDIN CSV # \"a,1\\n",
        "COPY accounts (note, nowhere, id) FROM STDIN # a\t1\\n",
        "COPY public.accounts FROM STDIN # a\t1\t2\\n",
        "COPY people FROM STDIN # Zoë\t1\\n\\\\x5a\t2\\n \t3\\n123\t4\\n",
        "COPY people FROM STDIN CSV # \"\",1\\n\"a,b\",2\\nx,3\\n",
        "COPY nowhere FROM STDIN # a\t1\\n",
        "COPY rates FROM STDIN # a\t1\\nb\t2\\n"
      })
  void data_is_taken_as_one_server_takes_it(String sql, String data) throws SQLException {
    String real =
        data == null ? "" : data.replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\");
    if (sql.contains("nowhere FROM")) {
      try (Connection client = PROXY.connect()) {
        assertThat(copyIn(client, sql, bytes(real))).isEqualTo("0A000");
      }
      return;
    }
    bothCopy(sql, bytes(real));
    same("accounts");
    same("people");
    for (int shard = 0; shard < 3; shard++) {
      assertThat(rows(PROXY.shardDatabase(shard), "rates")).isEqualTo(rows(single, "rates"));
    }
  }

  @Test
  void many_rows_in_pieces_of_any_length_land_each_where_it_belongs() throws SQLException {
    empty();
    StringBuilder csv = new StringBuilder("note,id,balance\n");
    for (int i = 0; i < 12_000; i++) {
      csv.append("\"n\"\"").append("x".repeat(i % 50)).append("\nü\",").append(i).append(',');
      csv.append(i % 1000).append('\n');
    }
    bothCopy("COPY accounts FROM STDIN (FORMAT csv, HEADER)", bytes(csv.toString()));

    for (int shard = 0; shard < 3; shard++) {
      assertThat(rowCount(shard)).isBetween(2_000, 6_000);
    }
    same("accounts");
  }

  private static int rowCount(int shard) {
    return Integer.parseInt(
        PROXY.postgres().value(PROXY.shardDatabase(shard), "SELECT count(*) FROM accounts"));
  }

  @Test
  void the_binary_format_is_split_and_merged() throws SQLException, IOException {
    empty();
    try (Connection one = direct();
        Connection client = PROXY.connect()) {
      ProxyUnderTest.run(
          one,
          "INSERT INTO accounts (id, note, balance) SELECT i, 'n' || i, CASE WHEN i % 3 = 0 THEN i"
              + " END FROM generate_series(-50, 400) i",
          "INSERT INTO people SELECT 'é' || i, i FROM generate_series(1, 40) i");
      byte[] accounts =
          copyOut(one, "COPY (SELECT id, note, balance FROM accounts) TO STDOUT (FORMAT binary)");
      byte[] people = copyOut(one, "COPY (SELECT name, age FROM people) TO STDOUT BINARY");

      assertThat(copyIn(client, "COPY accounts (id, note, balance) FROM STDIN BINARY", accounts))
          .isEqualTo("451");
      assertThat(copyIn(client, "COPY people FROM STDIN (FORMAT binary)", people)).isEqualTo("40");
      same("accounts");
      same("people");

      byte[] merged =
          copyOut(
              client, "COPY (SELECT id, note, balance FROM accounts) TO STDOUT (FORMAT binary)");
      assertThat(merged).hasSameSizeAs(accounts);
      ProxyUnderTest.run(one, "TRUNCATE accounts");
      assertThat(copyIn(one, "COPY accounts (id, note, balance) FROM STDIN BINARY", merged))
          .isEqualTo("451");
      same("accounts");
      for (int cut : new int[] {5, 19, 25, accounts.length - 3}) {
        assertThat(
                copyIn(
                    client,
                    "COPY accounts (id, note, balance) FROM STDIN BINARY",
                    Arrays.copyOf(accounts, cut)))
            .isEqualTo(
                copyIn(
                    one,
                    "COPY accounts (id, note, balance) FROM STDIN BINARY",
                    Arrays.copyOf(accounts, cut)));
      }
      same("accounts");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY (SELECT note, id FROM accounts) TO STDOUT",
        "COPY (SELECT note, id FROM accounts) TO STDOUT (FORMAT csv, HEADER)",
        "COPY (SELECT note, id FROM accounts WHERE id IN (1, 2, 3)) TO STDOUT CSV HEADER",
        "COPY (SELECT note, id FROM accounts WHERE id = 7) TO STDOUT CSV HEADER",
        "COPY (SELECT note, id FROM accounts WHERE id < -7) TO STDOUT CSV HEADER",
        "COPY (SELECT note, id FROM accounts) TO STDOUT (FORMAT text, HEADER, DELIMITER '/')"
      })
  void what_is_copied_out_is_that_of_one_server(String sql) throws SQLException, IOException {
    empty();
    StringBuilder data = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      data.append("n\\n,").append(i).append('\t').append(i).append('\n');
    }
    bothCopy("COPY accounts (note, id) FROM STDIN", bytes(data.toString()));
    try (Connection one = direct();
        Connection client = PROXY.connect()) {
      String expected = new String(copyOut(one, sql), StandardCharsets.UTF_8);
      String merged = new String(copyOut(client, sql), StandardCharsets.UTF_8);
      assertThat(merged.lines().sorted().toList()).isEqualTo(expected.lines().sorted().toList());
      if (sql.contains("HEADER")) {
        assertThat(merged.lines().findFirst()).isEqualTo(expected.lines().findFirst());
      }
    }
  }

  /** Byte for byte: text with backslashes and ends of lines, csv with names, binary. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY (SELECT note, id FROM accounts ORDER BY note DESC, id) TO STDOUT",
        "COPY (SELECT note, id FROM accounts ORDER BY id LIMIT 7 OFFSET 2) TO STDOUT CSV HEADER",
        "COPY (SELECT id % 5 AS \"r R\", count(*) FROM accounts GROUP BY 1 ORDER BY 1) TO STDOUT"
            + " (FORMAT csv, HEADER, FORCE_QUOTE (\"r R\"))",
        "COPY (SELECT count(*), max(id), avg(id) FROM accounts) TO STDOUT (DELIMITER '|')",
        "COPY (SELECT id, note FROM accounts ORDER BY id) TO STDOUT (FORMAT binary)",
        "COPY (SELECT id AS a, id AS a FROM accounts ORDER BY id LIMIT 3) TO STDOUT CSV HEADER",
        "COPY (SELECT note FROM accounts WHERE id > (SELECT avg(id) FROM accounts) ORDER BY id)"
            + " TO STDOUT",
        "COPY (SELECT nullif(id % 3, 0), '$1' FROM accounts ORDER BY id) TO STDOUT (NULL '-')",
        "COPY (SELECT id, note FROM accounts WHERE id < 0 ORDER BY id) TO STDOUT CSV HEADER"
      })
  void ordered_and_grouped_rows_are_copied_out_as_one_server_does(String sql)
      throws SQLException, IOException {
    empty();
    StringBuilder data = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      data.append("it's\\\\n\\n\"").append(i).append('\t').append(i).append('\n');
    }
    bothCopy("COPY accounts (note, id) FROM STDIN", bytes(data.toString()));
    try (Connection one = direct();
        Connection client = PROXY.connect()) {
      byte[] expected = copyOut(one, sql);

      assertThat(copyOut(client, sql)).isEqualTo(expected);
      client.setAutoCommit(false);
      ProxyUnderTest.run(client, "SET standard_conforming_strings = on");
      assertThat(copyOut(client, sql)).isEqualTo(expected);
      assertThat(ProxyUnderTest.value(client, "SELECT count(*) FROM accounts")).isEqualTo("300");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY accounts (note) FROM STDIN",
        "COPY accounts FROM '/etc/passwd'",
        "COPY accounts TO PROGRAM 'cat'",
        "COPY accounts FROM STDIN (FORMAT csv, FORCE_NULL (id))",
        "COPY accounts FROM STDIN (ON_ERROR ignore)",
        "COPY (SELECT random(), note FROM accounts ORDER BY note) TO STDOUT"
      })
  void what_cannot_be_split_or_merged_is_refused(String sql) {
    try (RawConnection client = PROXY.raw()) {
      assertThat(client.ask(sql)).contains("E:ERROR:0A000");
    }
  }

  @Test
  void a_row_without_a_key_is_an_error_with_its_line_and_no_row_is_stored() {
    empty();
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("COPY accounts (note, id) FROM STDIN"));
      client.until('G');
      client.send(
          RawConnection.copyData("a\t1\nb\t2\n"),
          RawConnection.copyData("c\t3\nd\t\\N\n"),
          RawConnection.copyData("e\t4\n"),
          RawConnection.copyDone());
      List<RawConnection.Message> replies = client.untilReady();

      assertThat(replies.getFirst().field('C')).isEqualTo("23502");
      assertThat(replies.getFirst().field('D')).isEqualTo("COPY accounts, line 4");
      assertThat(replies).hasSize(2);
      assertThat(client.value("SELECT count(*) FROM accounts")).isEqualTo("0");
    }
  }

  @Test
  void an_error_of_a_server_amid_the_data_leaves_no_row_and_the_session_goes_on()
      throws SQLException {
    empty();
    try (Connection client = PROXY.connect()) {
      Random random = new Random(5);
      for (int round = 0; round < 3; round++) {
        StringBuilder data = new StringBuilder();
        int wrong = random.nextInt(20_000);
        for (int i = 0; i < 20_000; i++) {
          data.append("note\t").append(i).append('\t').append(i == wrong ? 5000 : 5).append('\n');
        }
        assertThat(copyIn(client, "COPY accounts FROM STDIN", bytes(data.toString())))
            .isEqualTo("23514");
        assertThat(ProxyUnderTest.value(client, "SELECT count(*) FROM accounts")).isEqualTo("0");
      }
    }
  }

  @Test
  void the_context_of_a_servers_error_says_that_it_counts_its_own_rows() {
    empty();
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("COPY accounts FROM STDIN"));
      client.until('G');
      client.send(RawConnection.copyData("a\t1\t1\nb\t2\tx\n"), RawConnection.copyDone());
      RawConnection.Message error = client.untilReady().getFirst();
      assertThat(error.field('C')).isEqualTo("22P02");
      assertThat(error.field('W')).matches("COPY accounts, line 1 of the rows of shard \\d, .*");
    }
  }

  @Test
  void copy_is_part_of_the_clients_transaction() throws SQLException {
    empty();
    try (Connection client = PROXY.connect()) {
      client.setAutoCommit(false);
      ProxyUnderTest.run(client, "INSERT INTO accounts (id, note) VALUES (1, 'first')");
      assertThat(copyIn(client, "COPY accounts FROM STDIN", bytes("a\t1\t1\nb\t2\t2\nc\t3\t3\n")))
          .isEqualTo("3");
      assertThat(ProxyUnderTest.value(client, "SELECT count(*) FROM accounts")).isEqualTo("4");
      client.rollback();
      assertThat(ProxyUnderTest.value(client, "SELECT count(*) FROM accounts")).isEqualTo("0");
      assertThat(copyIn(client, "COPY accounts FROM STDIN", bytes("a\t1\t1\nb\t2\t2\nc\t3\t3\n")))
          .isEqualTo("3");
      assertThat(copyIn(client, "COPY accounts FROM STDIN", bytes("a\t1\tx\n"))).isEqualTo("22P02");
      assertThat(copyIn(client, "COPY accounts FROM STDIN", bytes("a\t1\t1\n"))).isEqualTo("25P02");
      client.rollback();
      assertThat(copyIn(client, "COPY accounts FROM STDIN", bytes("a\t1\t1\nb\t2\t2\nc\t3\t3\n")))
          .isEqualTo("3");
      client.commit();
      client.setAutoCommit(true);
      assertThat(ProxyUnderTest.value(client, "SELECT count(*) FROM accounts")).isEqualTo("3");
    }
  }

  private static void codes() {
    for (int shard = 0; shard < 3; shard++) {
      PROXY.postgres().execute(PROXY.shardDatabase(shard), "TRUNCATE codes");
    }
    PROXY.postgres().execute(PROXY.shardDatabase(1), "INSERT INTO codes VALUES ('a', '')");
  }

  /** Enough for a server to store some of them; one shard has the first already. */
  private static final String MANY =
      "a\t1\n"
          + IntStream.range(0, 20_000)
              .mapToObj(i -> "n" + i + "\t\n")
              .collect(Collectors.joining());

  private static void lived(RawConnection client) {
    assertThat(client.value("SELECT 5")).isEqualTo("5");
    for (int shard = 0; shard < 3; shard++) {
      assertThat(rows(PROXY.shardDatabase(shard), "codes")).hasSize(shard == 1 ? 1 : 0);
    }
    assertThat(client.ask("INSERT INTO codes VALUES ('c', 'd')"))
        .containsExactly("C:INSERT 0 1", "Z:I");
  }

  /** An error of one shard while a frame with a large row is with the others in part only. */
  @Test
  void the_copy_of_a_reference_table_fails_amid_a_frame_and_the_session_lives_on() {
    codes();
    byte[] large = RawConnection.copyData("b\t" + "x".repeat(300_000) + "\n");
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("COPY codes FROM STDIN"));
      client.until('G');
      client.send(RawConnection.copyData(MANY), Arrays.copyOf(large, 100_000));
      assertThat(client.until('E').getLast().field('C')).isEqualTo("23505");
      client.send(Arrays.copyOfRange(large, 100_000, large.length), large);
      client.send(RawConnection.copyDone());

      assertThat(client.shapes(1)).containsExactly("Z:I");
      lived(client);
    }
  }

  @Test
  void in_the_extended_protocol_too_and_sync_may_follow_the_frame_at_once() {
    codes();
    byte[] large = RawConnection.copyData("b\t" + "x".repeat(300_000) + "\n");
    try (RawConnection client = PROXY.raw()) {
      client.send(
          RawConnection.parse("", "COPY codes FROM STDIN"),
          RawConnection.bind("", ""),
          RawConnection.execute("", 0),
          RawConnection.flush());
      client.until('G');
      client.send(RawConnection.copyData(MANY), Arrays.copyOf(large, 299_000));
      assertThat(client.until('E').getLast().field('C')).isEqualTo("23505");
      client.send(Arrays.copyOfRange(large, 299_000, large.length), RawConnection.sync());

      assertThat(client.shapes(1)).containsExactly("Z:I");
      lived(client);
    }
  }

  @Test
  void the_client_ends_a_copy_by_copy_fail() {
    empty();
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("COPY accounts (note, id) FROM STDIN"));
      client.until('G');
      client.send(RawConnection.copyData("a\t1\nb\t2\n"), RawConnection.copyFail("no more"));
      assertThat(client.shapes(1)).containsExactly("E:ERROR:57014", "Z:I");
      assertThat(client.value("SELECT count(*) FROM accounts")).isEqualTo("0");
    }
  }

  @Test
  void a_client_that_leaves_amid_a_copy_leaves_nothing() {
    empty();
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("COPY accounts (note, id) FROM STDIN"));
      client.until('G');
      client.send(RawConnection.copyData("a\t1\nb\t2\nc\t"));
    }
    try (RawConnection client = PROXY.raw()) {
      for (int i = 0; i < 8; i++) {
        assertThat(client.value("SELECT count(*) FROM accounts")).isEqualTo("0");
      }
    }
  }

  @Test
  void the_extended_protocol_copies_too() {
    empty();
    try (RawConnection client = PROXY.raw()) {
      for (String columns : new String[] {"(note, id)", ""}) {
        String balance = columns.isEmpty() ? "\t1" : "";
        client.send(
            RawConnection.parse("", "COPY accounts " + columns + " FROM STDIN"),
            RawConnection.bind("", ""),
            RawConnection.describePortal(""),
            RawConnection.execute("", 0),
            RawConnection.flush());
        client.until('G');
        client.send(
            RawConnection.copyData("a\t1" + balance + "\nb\t2" + balance + "\n"),
            RawConnection.copyData("c\t3" + balance),
            RawConnection.copyDone(),
            RawConnection.sync());
        assertThat(client.shapes(1)).containsExactly("C:COPY 3", "Z:I");
      }
      assertThat(client.value("SELECT count(*) FROM accounts")).isEqualTo("6");
      client.send(
          RawConnection.parse("", "COPY accounts (note, id) FROM STDIN"),
          RawConnection.bind("", ""),
          RawConnection.execute("", 0),
          RawConnection.sync());
      client.until('G');
      client.send(RawConnection.copyData("a\tx\n"), RawConnection.copyDone(), RawConnection.sync());
      assertThat(client.shapes(1)).containsExactly("E:ERROR:22P02", "Z:I");
      assertThat(client.value("SELECT count(*) FROM accounts")).isEqualTo("6");
    }
  }

  @Test
  void shards_whose_columns_stand_in_another_order_get_each_value_in_its_column()
      throws SQLException {
    empty();
    PROXY
        .postgres()
        .execute(
            PROXY.shardDatabase(1),
            "ALTER TABLE people DROP COLUMN age",
            "ALTER TABLE people ADD COLUMN size int",
            "ALTER TABLE people ADD COLUMN age int");
    PROXY.postgres().execute(PROXY.shardDatabase(0), "ALTER TABLE people ADD COLUMN size int");
    PROXY.postgres().execute(PROXY.shardDatabase(2), "ALTER TABLE people ADD COLUMN size int");
    try (Connection client = PROXY.connect()) {
      StringBuilder data = new StringBuilder();
      for (int i = 0; i < 30; i++) {
        data.append("p").append(i).append("\t7\t8\n");
      }
      assertThat(copyIn(client, "COPY people FROM STDIN", bytes(data.toString()))).isEqualTo("30");
      assertThat(ProxyUnderTest.value(client, "SELECT sum(age) FROM people")).isEqualTo("210");
    } finally {
      for (int shard = 0; shard < 3; shard++) {
        PROXY.postgres().execute(PROXY.shardDatabase(shard), "ALTER TABLE people DROP COLUMN size");
      }
    }
  }

  @Test
  void data_in_another_encoding_is_placed_by_what_it_says() throws SQLException {
    empty();
    byte[] data = "Zo\u00eb\t1\n".getBytes(StandardCharsets.ISO_8859_1);
    bothCopy("COPY people FROM STDIN WITH (ENCODING 'LATIN1')", data);
    same("people");
    try (Connection client = PROXY.connect()) {
      assertThat(copyIn(client, "COPY people FROM STDIN WITH (ENCODING 'SJIS')", data))
          .isEqualTo("0A000");
    }
  }

  @Test
  void a_long_stream_is_not_collected() throws SQLException {
    empty();
    assertThatThrownBy(
            () -> {
              try (Connection client = PROXY.connect()) {
                byte[] row = bytes("x".repeat(70 << 20) + "\t1\n");
                client
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY accounts (note, id) FROM STDIN", new ByteArrayInputStream(row));
              }
            })
        .isInstanceOf(SQLException.class)
        .extracting("SQLState")
        .isEqualTo("54000");
  }
}
