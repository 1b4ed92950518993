package org.pglynx.proxy.it;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The database of TPC-C, small, by warehouse over three shards. Each table is a partition of what
 * PostgreSQL would have there, so that it refuses what is misplaced.
 */
final class TpccDatabase {
  static final int SHARDS = 3;
  static final int WAREHOUSES = 6;
  static final int DISTRICTS = 4;
  static final int CUSTOMERS = 30;
  static final int NAMES = 10;
  static final int ITEMS = 100;

  /** What w_ytd is at first: that of its districts (clause 4.3.3.1). */
  static final int YTD = 30_000 * DISTRICTS;

  /** The columns of a table behind its key, and its rows for the warehouse w. */
  private record Table(String key, String columns, String rows) {}

  private static final Map<String, Table> TABLES = tables();

  private TpccDatabase() {}

  private static Map<String, Table> tables() {
    String districts = " FROM generate_series(1, " + DISTRICTS + ") d";
    String perCustomer = districts + ", generate_series(1, " + CUSTOMERS + ") c";
    Map<String, Table> tables = new LinkedHashMap<>();
    tables.put(
        "warehouse",
        new Table(
            "w_id",
            "w_name text, w_tax numeric, w_ytd numeric",
            "SELECT w, 'w' || w, 0.1, " + YTD));
    tables.put(
        "district",
        new Table(
            "d_w_id",
            "d_id int, d_tax numeric, d_ytd numeric, d_next_o_id int",
            "SELECT w, d, 0.05, 30000, " + (CUSTOMERS + 1) + districts));
    tables.put(
        "customer",
        new Table(
            "c_w_id",
            "c_d_id int, c_id int, c_first text, c_last text, c_discount numeric, c_balance"
                + " numeric, c_ytd_payment numeric, c_payment_cnt int, c_delivery_cnt int",
            "SELECT w, d, c, 'first ' || c * 7 % 31, 'name ' || c % "
                + NAMES
                + ", 0.02, -10, 10, 1, 0"
                + perCustomer));
    tables.put(
        "history",
        new Table(
            "h_w_id",
            "h_d_id int, h_c_w_id int, h_c_d_id int, h_c_id int, h_date timestamptz, h_amount"
                + " numeric",
            "SELECT w, d, w, d, c, now(), 10" + perCustomer));
    tables.put(
        "orders",
        new Table(
            "o_w_id",
            "o_d_id int, o_id int, o_c_id int, o_entry_d timestamptz, o_carrier_id int, o_ol_cnt"
                + " int, o_all_local int",
            "SELECT w, d, c, (c * 7 + d) % "
                + CUSTOMERS
                + " + 1, now(), CASE WHEN c <= 21 THEN 1 + c % 10 END, 5 + c % 11, 1"
                + perCustomer));
    tables.put(
        "new_order",
        new Table(
            "no_w_id",
            "no_d_id int, no_o_id int",
            "SELECT w, d, c" + perCustomer + " WHERE c > 21"));
    tables.put(
        "order_line",
        new Table(
            "ol_w_id",
            "ol_d_id int, ol_o_id int, ol_number int, ol_i_id int, ol_supply_w_id int,"
                + " ol_delivery_d timestamptz, ol_quantity int, ol_amount numeric",
            // Those that are delivered cost nothing at first (clause 4.3.3.1).
            "SELECT w, d, c, n, 1 + (c * 31 + n * 17 + d) % "
                + ITEMS
                + ", w, CASE WHEN c <= 21 THEN now() END, 5, CASE WHEN c <= 21 THEN 0 ELSE c * n /"
                + " 4.0 END"
                + perCustomer
                + ", generate_series(1, 5 + c % 11) n"));
    tables.put(
        "stock",
        new Table(
            "s_w_id",
            "s_i_id int, s_quantity int, s_ytd int, s_order_cnt int, s_remote_cnt int",
            "SELECT w, i, 10 + i * 37 % 91, 0, 0, 0 FROM generate_series(1, " + ITEMS + ") i"));
    return tables;
  }

  /** What the pool's configuration says of the tables. */
  static String[] pool() {
    StringBuilder tables = new StringBuilder("reference_tables = [\"item\"]");
    TABLES.forEach((name, table) ->
        tables.append(
            "\n[[pools.app.sharded_tables]]\nname = \"%s\"\ncolumns = [\"%s\"]\ntypes = [\"integer\"]"
                .formatted(name, table.key())));
    return new String[] {tables.toString()};
  }

  /** Makes the tables of a shard, with their rows. */
  static void create(TestPostgres server, String database, int shard) {
    server.execute(
        database,
        "CREATE TABLE item (i_id int PRIMARY KEY, i_name text, i_price numeric)",
        "INSERT INTO item SELECT i, 'item ' || i, 1 + i * 7919 % 9900 / 100.0 FROM"
            + " generate_series(1, "
            + ITEMS
            + ") i");
    TABLES.forEach((name, table) ->
        server.execute(
            database,
            "CREATE TABLE %s (%s int NOT NULL, %s) PARTITION BY HASH (%s)"
                .formatted(name, table.key(), table.columns(), table.key()),
            "CREATE TABLE %s_here PARTITION OF %s FOR VALUES WITH (MODULUS %d, REMAINDER %d)"
                .formatted(name, name, SHARDS, shard),
            "INSERT INTO %s SELECT r.* FROM generate_series(1, %d) g (w), LATERAL (%s) r WHERE"
                    .formatted(name, WAREHOUSES, table.rows())
                + " satisfies_hash_partition('%s'::regclass, %d, %d, g.w)"
                    .formatted(name, SHARDS, shard)));
  }

  /**
   * The conditions of clause 3.3.2, each as a query for what breaks it. The fifth to the twelfth
   * are asked for by no test of the standard, and hold nonetheless.
   */
  static final Map<Integer, String> CONDITIONS = conditions();

  private static Map<Integer, String> conditions() {
    String delivered =
        "(SELECT o_w_id AS w, o_d_id AS d, o_c_id AS c, sum(ol_amount) AS amount FROM orders JOIN"
            + " order_line ON ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id WHERE"
            + " ol_delivery_d IS NOT NULL GROUP BY o_w_id, o_d_id, o_c_id) b";
    String customers =
        "SELECT c_w_id, c_d_id, c_id FROM customer LEFT JOIN "
            + delivered
            + " ON w = c_w_id AND d = c_d_id AND c = c_id";
    return Map.ofEntries(
        Map.entry(
            1,
            "SELECT w_id FROM warehouse JOIN district ON d_w_id = w_id GROUP BY w_id HAVING"
                + " max(w_ytd) <> sum(d_ytd)"),
        Map.entry(
            2,
            "SELECT d_w_id, d_id FROM district WHERE d_next_o_id - 1 <> (SELECT max(o_id) FROM"
                + " orders WHERE o_w_id = d_w_id AND o_d_id = d_id) OR d_next_o_id - 1 <> (SELECT"
                + " max(no_o_id) FROM new_order WHERE no_w_id = d_w_id AND no_d_id = d_id)"),
        Map.entry(
            3,
            "SELECT no_w_id, no_d_id FROM new_order GROUP BY no_w_id, no_d_id HAVING max(no_o_id) -"
                + " min(no_o_id) + 1 <> count(*)"),
        Map.entry(
            4,
            "SELECT * FROM (SELECT o_w_id AS w, o_d_id AS d, sum(o_ol_cnt) AS n FROM orders GROUP"
                + " BY o_w_id, o_d_id) o FULL JOIN (SELECT ol_w_id AS w, ol_d_id AS d, count(*) AS"
                + " m FROM order_line GROUP BY ol_w_id, ol_d_id) l USING (w, d) WHERE n IS DISTINCT"
                + " FROM m"),
        Map.entry(
            5,
            "SELECT o_w_id, o_d_id, o_id FROM orders LEFT JOIN new_order ON no_w_id = o_w_id AND"
                + " no_d_id = o_d_id AND no_o_id = o_id WHERE (o_carrier_id IS NULL) <> (no_o_id IS"
                + " NOT NULL)"),
        Map.entry(
            6,
            "SELECT o_w_id, o_d_id, o_id FROM orders WHERE o_ol_cnt <> (SELECT count(*) FROM"
                + " order_line WHERE ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id)"),
        Map.entry(
            7,
            "SELECT ol_w_id, ol_d_id, ol_o_id FROM order_line JOIN orders ON o_w_id = ol_w_id AND"
                + " o_d_id = ol_d_id AND o_id = ol_o_id WHERE (ol_delivery_d IS NULL) <>"
                + " (o_carrier_id IS NULL)"),
        Map.entry(
            8,
            "SELECT w_id FROM warehouse WHERE w_ytd - "
                + (YTD - 10 * CUSTOMERS * DISTRICTS)
                + " <> (SELECT sum(h_amount) FROM history WHERE h_w_id = w_id)"),
        Map.entry(
            9,
            "SELECT d_w_id, d_id FROM district WHERE d_ytd - "
                + (YTD / DISTRICTS - 10 * CUSTOMERS)
                + " <> (SELECT sum(h_amount) FROM history WHERE h_w_id = d_w_id AND h_d_id ="
                + " d_id)"),
        // What customers have paid is where they have paid it, on whichever shard.
        Map.entry(
            10,
            customers
                + " LEFT JOIN (SELECT h_c_w_id, h_c_d_id, h_c_id, sum(h_amount) AS paid FROM history"
                + " GROUP BY h_c_w_id, h_c_d_id, h_c_id) p ON h_c_w_id = c_w_id AND h_c_d_id ="
                + " c_d_id AND h_c_id = c_id WHERE c_balance <> coalesce(amount, 0) -"
                + " coalesce(paid, 0)"),
        Map.entry(
            11,
            "SELECT d_w_id, d_id FROM district WHERE (SELECT count(*) FROM orders WHERE o_w_id ="
                + " d_w_id AND o_d_id = d_id AND o_carrier_id IS NULL) <> (SELECT count(*) FROM"
                + " new_order WHERE no_w_id = d_w_id AND no_d_id = d_id)"),
        Map.entry(12, customers + " WHERE c_balance + c_ytd_payment <> coalesce(amount, 0)"));
  }

  /** The tables, for who counts them. */
  static List<String> names() {
    return List.copyOf(TABLES.keySet());
  }
}
