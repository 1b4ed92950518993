package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pglynx.proxy.shard.KeyType;
import org.pglynx.proxy.shard.KeyValue;
import org.pglynx.proxy.shard.ShardFunction;
import org.pglynx.proxy.wire.PgErrorException;

/** Rows live where PARTITION BY HASH of real servers puts them, for edges and random values. */
class ShardFunctionIT {
  private static final int VALUES = 2_000;
  private static final int[] MODULI = {1, 2, 3, 5, 16, 97};
  private static final long SEED = 20_261_126;

  /** A key: its columns' SQL types, and rows of values in text form. */
  private record Key(List<String> sqlTypes, List<KeyType> types, List<List<String>> rows) {
    private List<KeyValue> values(List<String> row) {
      List<KeyValue> values = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        try {
          values.add(types.get(i).ofText(row.get(i)));
        } catch (PgErrorException e) {
          throw new AssertionError(row.get(i), e);
        }
      }
      return values;
    }

    private String columns(Function<Integer, String> each) {
      return IntStream.range(0, types.size()).boxed().map(each).collect(Collectors.joining(", "));
    }
  }

  private static List<Key> keys() {
    List<String> longs = longs(64);
    List<String> texts = texts();
    List<String> uuids = uuids();
    return List.of(
        one("smallint", KeyType.INT2, longs(16)),
        one("integer", KeyType.INT4, longs(32)),
        one("bigint", KeyType.INT8, longs),
        one("text", KeyType.TEXT, texts),
        one("varchar(500)", KeyType.TEXT, texts),
        one("uuid", KeyType.UUID, uuids),
        new Key(
            List.of("bigint", "text", "uuid"),
            List.of(KeyType.INT8, KeyType.TEXT, KeyType.UUID),
            IntStream.range(0, VALUES)
                .mapToObj(i -> List.of(longs.get(i), texts.get(i), uuids.get(i)))
                .toList()));
  }

  private static Key one(String sqlType, KeyType type, List<String> values) {
    return new Key(List.of(sqlType), List.of(type), values.stream().map(List::of).toList());
  }

  private static List<String> longs(int bits) {
    long top = 1L << (bits - 1);
    Random random = new Random(SEED + bits);
    return Stream.concat(
            Stream.of(0L, 1L, -1L, top - 1, -top, top - 2, 1 - top),
            Stream.generate(() -> random.nextLong() >> (64 - bits + random.nextInt(bits))))
        .limit(VALUES)
        .map(String::valueOf)
        .toList();
  }

  private static List<String> texts() {
    Random random = new Random(SEED);
    Stream<String> lengths = IntStream.range(0, 40).mapToObj("x"::repeat);
    Stream<String> chosen = Stream.of("é", "日本語", "\ud83d\ude00", " a ", "A", "it's", "\\", "123");
    return Stream.concat(Stream.concat(lengths, chosen), Stream.generate(() -> text(random)))
        .limit(VALUES)
        .toList();
  }

  private static String text(Random random) {
    return random
        .ints(random.nextInt(60), 1, 0x2fff)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static List<String> uuids() {
    Random random = new Random(SEED);
    return Stream.concat(
            Stream.of(new UUID(0, 0), new UUID(0, 1), new UUID(-1, -1)),
            Stream.generate(() -> new UUID(random.nextLong(), random.nextLong())))
        .limit(VALUES)
        .map(UUID::toString)
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void rows_live_where_their_hash_partition_is(TestPostgres.Major major) throws Exception {
    assumeTrue(TestPostgres.available(major), "no binaries of " + major);
    TestPostgres server = TestPostgres.shared(major);
    String database = server.createDatabase("placing");
    try (Connection connection = server.connect(database)) {
      for (Key key : keys()) {
        for (int modulus : MODULI) {
          check(connection, key, modulus);
        }
      }
    }
    server.dropDatabase(database);
  }

  private static void check(Connection connection, Key key, int modulus) throws Exception {
    partitions(connection, key, modulus);
    insert(connection, key);
    List<Integer> placed = new ArrayList<>();
    List<Boolean> satisfied = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT substring(tableoid::regclass::text from 3)::int, "
                    + "satisfies_hash_partition('t'::regclass, ?, "
                    + "substring(tableoid::regclass::text from 3)::int, "
                    + key.columns(i -> "k" + i)
                    + ") FROM t ORDER BY n");
        ResultSet rows = rows(select, modulus)) {
      while (rows.next()) {
        placed.add(rows.getInt(1));
        satisfied.add(rows.getBoolean(2));
      }
    }
    ShardFunction function = new ShardFunction.Hash(modulus);
    List<Integer> ours = key.rows().stream().map(key::values).map(function::shard).toList();
    assertThat(ours).as("%s modulus %d", key.sqlTypes(), modulus).isEqualTo(placed);
    assertThat(satisfied).doesNotContain(false);
  }

  private static ResultSet rows(PreparedStatement select, int modulus) throws Exception {
    select.setInt(1, modulus);
    return select.executeQuery();
  }

  private static void partitions(Connection connection, Key key, int modulus) throws Exception {
    List<String> statements = new ArrayList<>();
    statements.add("DROP TABLE IF EXISTS t");
    statements.add(
        "CREATE TABLE t (n int, "
            + key.columns(i -> "k" + i + " " + key.sqlTypes().get(i))
            + ") PARTITION BY HASH ("
            + key.columns(i -> "k" + i)
            + ")");
    for (int i = 0; i < modulus; i++) {
      statements.add(
          "CREATE TABLE t_%d PARTITION OF t FOR VALUES WITH (MODULUS %d, REMAINDER %d)"
              .formatted(i, modulus, i));
    }
    try (var statement = connection.createStatement()) {
      statement.execute(String.join(";", statements));
    }
  }

  /** One array a column, so that a modulus costs one round trip. */
  private static void insert(Connection connection, Key key) throws Exception {
    String sql =
        "INSERT INTO t SELECT ordinality, "
            + key.columns(i -> "c" + i + "::" + key.sqlTypes().get(i))
            + " FROM unnest("
            + key.columns(i -> "?::text[]")
            + ") WITH ORDINALITY AS u("
            + key.columns(i -> "c" + i)
            + ", ordinality)";
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int i = 0; i < key.types().size(); i++) {
        int column = i;
        Object[] values = key.rows().stream().map(row -> row.get(column)).toArray();
        insert.setArray(i + 1, connection.createArrayOf("text", values));
      }
      assertThat(insert.executeUpdate()).isEqualTo(VALUES);
    }
  }
}
