package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.wire.Oid;

/**
 * The parts of an UPDATE that moves rows, and the texts that are made of them. A row is taken from
 * its shard by DELETE, which gives its columns and what is computed of them; INSERT gives it to
 * another one, where terms are assigned as the UPDATE does.
 *
 * @param sql the client's text
 * @param table the table
 * @param named the table as it is named in it
 * @param alias the alias as it is given in it; the table's own name if there is none
 * @param terms columns that become a literal or a parameter, each with its text
 * @param computed columns that become something else, each with its text
 * @param where WHERE and its condition; empty for all rows
 * @param returning RETURNING and its list, or empty
 */
record MoveText(
    String sql,
    ShardedTable table,
    String named,
    String alias,
    Map<String, String> terms,
    Map<String, String> computed,
    String where,
    String returning) {
  private static final String ROWS = "pglynx_moved";

  MoveText {
    terms = Map.copyOf(terms);
    computed = Map.copyOf(computed);
  }

  /**
   * A column as the server knows it.
   *
   * @param name its name
   * @param type its type's name
   */
  record Column(String name, String type) {}

  /**
   * What a server is asked first: a row of each column that INSERT may give a value, and one of
   * each reason why rows cannot be moved as if they were updated.
   */
  String question() {
    String relation = "'" + named.replace("'", "''") + "'::pg_catalog.regclass";
    return """
    SELECT pg_catalog.array_to_string(ARRAY[kind, name, type], E'\\n') FROM (
    SELECT 'c' AS kind, attname::text AS name,
    pg_catalog.format_type(atttypid, -1) AS type, attnum AS n
    FROM pg_catalog.pg_attribute
    WHERE attrelid = %1$s AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    UNION ALL
    SELECT 'o', 'it has the trigger ' || tgname, '', 0 FROM pg_catalog.pg_trigger
    WHERE tgrelid = %1$s AND NOT tgisinternal
    UNION ALL
    SELECT 'o', 'the foreign key ' || conname || ' refers to it', '', 0
    FROM pg_catalog.pg_constraint WHERE confrelid = %1$s AND contype = 'f'
    UNION ALL
    SELECT 'o', 'it has rules or policies', '', 0 FROM pg_catalog.pg_class
    WHERE oid = %1$s AND (relhasrules OR relrowsecurity)
    ) asked ORDER BY n\
    """
        .formatted(relation);
  }

  /** Takes the rows: columns that stay, computed ones, and the settings. */
  String taking(List<Column> columns) {
    List<String> items = new ArrayList<>();
    for (Column each : carried(columns)) {
      String own = computed.get(each.name());
      items.add(
          own == null ? alias + "." + Literals.quoteIdentifier(each.name()) : "(" + own + ")");
    }
    items.add(Collected.SETTINGS);
    return "WITH %1$s AS (DELETE FROM %2$s AS %3$s %4$s RETURNING %3$s.*) SELECT %5$s FROM %1$s AS %3$s"
        .formatted(ROWS, named, alias, where, String.join(", ", items));
  }

  /**
   * The columns whose values are carried from one shard to the other: those that do not become a
   * term, or one all the same that tells how many rows there are.
   */
  List<Column> carried(List<Column> columns) {
    List<Column> kept = columns.stream().filter(each -> !terms.containsKey(each.name())).toList();
    return kept.isEmpty() ? columns.subList(0, 1) : kept;
  }

  /**
   * Gives the rows.
   *
   * @param first number of the first parameter with an array of a carried column
   * @param types of the carried columns as the servers have told
   * @return null if a computed column has a type that has no name here
   */
  @Nullable String giving(List<Column> columns, int first, int[] types) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    int place = 0;
    for (Column each : columns) {
      names.add(Literals.quoteIdentifier(each.name()));
      String term = terms.get(each.name());
      if (term != null) {
        values.add(term);
        continue;
      }
      String type = computed.containsKey(each.name()) ? name(types[place]) : each.type();
      if (type == null) {
        return null;
      }
      values.add(ROWS + ".c" + place + "::" + type);
      place++;
    }
    List<String> arrays = new ArrayList<>();
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < carried(columns).size(); i++) {
      fields.add("c" + i);
      arrays.add("$" + (first + i) + "::text[]");
    }
    return "INSERT INTO %s AS %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM unnest(%s) AS %s(%s) %s"
        .formatted(
            named,
            alias,
            String.join(", ", names),
            String.join(", ", values),
            String.join(", ", arrays),
            ROWS,
            String.join(", ", fields),
            returning);
  }

  private static @Nullable String name(int type) {
    return switch (type) {
      case Oid.BOOL -> "bool";
      case Oid.INT2 -> "int2";
      case Oid.INT4 -> "int4";
      case Oid.INT8 -> "int8";
      case Oid.NUMERIC -> "numeric";
      case Oid.FLOAT4 -> "float4";
      case Oid.FLOAT8 -> "float8";
      case Oid.TEXT -> "text";
      case Oid.VARCHAR -> "varchar";
      case Oid.UUID -> "uuid";
      case Oid.TIMESTAMP -> "timestamp";
      case Oid.TIMESTAMPTZ -> "timestamptz";
      case Oid.JSON -> "json";
      case Oid.JSONB -> "jsonb";
      case Oid.BYTEA -> "bytea";
      default -> null;
    };
  }
}
