package org.pglynx.proxy.it;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A terminal of TPC-C (revision 5.11, clause 2): its five transactions, in the deck's shares. */
final class TpccClient implements AutoCloseable {
  /** What was committed, as the client knows it. */
  static final class Done {
    int newOrders;
    int rolledBack;
    int payments;
    int deliveries;
    int reads;
    int remotePayments;
    int remoteLines;
    int again;
    BigDecimal paid = BigDecimal.ZERO;

    void add(Done other) {
      newOrders += other.newOrders;
      rolledBack += other.rolledBack;
      payments += other.payments;
      deliveries += other.deliveries;
      reads += other.reads;
      remotePayments += other.remotePayments;
      remoteLines += other.remoteLines;
      again += other.again;
      paid = paid.add(other.paid);
    }
  }

  /** A line of an order. */
  private record Line(int item, int supplier, int quantity) {}

  private final Connection connection;
  private final Random random;
  private final int home;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private final Done done = new Done();

  /**
   * A terminal.
   *
   * @param home its warehouse
   */
  TpccClient(Connection connection, int home, long seed) throws SQLException {
    this.connection = connection;
    this.home = home;
    this.random = new Random(seed);
    connection.setAutoCommit(false);
  }

  Done done() {
    return done;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  private int elsewhere() {
    int other = between(1, TpccDatabase.WAREHOUSES - 1);
    return other < home ? other : other + 1;
  }

  // ---- statements ----------------------------------------------------------------------------

  private PreparedStatement bound(String sql, Object... values) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  private List<List<Object>> rows(String sql, Object... values) throws SQLException {
    try (ResultSet result = bound(sql, values).executeQuery()) {
      List<List<Object>> rows = new ArrayList<>();
      while (result.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getObject(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  private List<Object> row(String sql, Object... values) throws SQLException {
    List<List<Object>> rows = rows(sql, values);
    if (rows.size() != 1) {
      throw new IllegalStateException(rows.size() + " rows of " + sql);
    }
    return rows.getFirst();
  }

  private void one(String sql, Object... values) throws SQLException {
    int changed = bound(sql, values).executeUpdate();
    if (changed != 1) {
      throw new IllegalStateException(changed + " rows changed by " + sql);
    }
  }

  // ---- the deck ------------------------------------------------------------------------------

  /** One transaction, whichever is next; tried again if the servers could not let it go on. */
  void next() throws SQLException {
    int card = random.nextInt(100);
    while (true) {
      try {
        run(card);
        return;
      } catch (SQLException e) {
        connection.rollback();
        if (!"40P01".equals(e.getSQLState()) && !"40001".equals(e.getSQLState())) {
          throw e;
        }
        done.again++;
      }
    }
  }

  private void run(int card) throws SQLException {
    if (card < 43) {
      newOrder();
    } else if (card < 86) {
      payment();
    } else if (card < 90) {
      orderStatus();
    } else if (card < 96) {
      delivery();
    } else {
      stockLevel();
    }
  }

  // ---- New-Order (clause 2.4) ----------------------------------------------------------------

  /** One in eight lines is supplied by another warehouse: more than the one in a hundred. */
  private List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    int count = between(5, 15);
    for (int i = 0; i < count; i++) {
      int supplier = random.nextInt(8) == 0 ? elsewhere() : home;
      lines.add(new Line(between(1, TpccDatabase.ITEMS), supplier, between(1, 10)));
    }
    // Whoever locks stock does so in one order.
    lines.sort((one, other) ->
        one.supplier() == other.supplier()
            ? Integer.compare(one.item(), other.item())
            : Integer.compare(one.supplier(), other.supplier()));
    return lines;
  }

  private void newOrder() throws SQLException {
    int district = between(1, TpccDatabase.DISTRICTS);
    int customer = between(1, TpccDatabase.CUSTOMERS);
    List<Line> lines = lines();
    boolean unused = random.nextInt(20) == 0;
    row(
        "SELECT c_discount, c_last, w_tax FROM customer JOIN warehouse ON w_id = c_w_id"
            + " WHERE w_id = ? AND c_d_id = ? AND c_id = ?",
        home,
        district,
        customer);
    int order =
        (Integer)
            row(
                    "UPDATE district SET d_next_o_id = d_next_o_id + 1 WHERE d_w_id = ? AND d_id ="
                        + " ? RETURNING d_next_o_id - 1",
                    home,
                    district)
                .getFirst();
    boolean local = lines.stream().allMatch(line -> line.supplier() == home);
    one(
        "INSERT INTO orders (o_id, o_d_id, o_w_id, o_c_id, o_entry_d, o_ol_cnt, o_all_local)"
            + " VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP, ?, ?)",
        order,
        district,
        home,
        customer,
        lines.size(),
        local ? 1 : 0);
    one(
        "INSERT INTO new_order (no_o_id, no_d_id, no_w_id) VALUES (?, ?, ?)",
        order,
        district,
        home);
    int number = 0;
    int remote = 0;
    for (Line line : lines) {
      order(line, order, district, ++number);
      remote += line.supplier() == home ? 0 : 1;
    }
    if (unused) {
      // The last item is not one of those that are sold: all is taken back (clause 2.4.1.4).
      if (!rows("SELECT i_price FROM item WHERE i_id = ?", TpccDatabase.ITEMS + 1).isEmpty()) {
        throw new IllegalStateException("an item that is not sold");
      }
      connection.rollback();
      done.rolledBack++;
      return;
    }
    connection.commit();
    done.newOrders++;
    done.remoteLines += remote;
  }

  private void order(Line line, int order, int district, int number) throws SQLException {
    BigDecimal price =
        (BigDecimal) row("SELECT i_price FROM item WHERE i_id = ?", line.item()).getFirst();
    int away = line.supplier() == home ? 0 : 1;
    one(
        "UPDATE stock SET s_quantity = CASE WHEN s_quantity >= ? + 10 THEN s_quantity - ? ELSE"
            + " s_quantity - ? + 91 END, s_ytd = s_ytd + ?, s_order_cnt = s_order_cnt + 1,"
            + " s_remote_cnt = s_remote_cnt + ? WHERE s_w_id = ? AND s_i_id = ?",
        line.quantity(),
        line.quantity(),
        line.quantity(),
        line.quantity(),
        away,
        line.supplier(),
        line.item());
    one(
        "INSERT INTO order_line (ol_o_id, ol_d_id, ol_w_id, ol_number, ol_i_id, ol_supply_w_id,"
            + " ol_quantity, ol_amount) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        order,
        district,
        home,
        number,
        line.item(),
        line.supplier(),
        line.quantity(),
        price.multiply(BigDecimal.valueOf(line.quantity())));
  }

  // ---- Payment (clause 2.5) ------------------------------------------------------------------

  /** In 30 of 100 the customer is of another warehouse: twice as often as there. */
  private void payment() throws SQLException {
    int district = between(1, TpccDatabase.DISTRICTS);
    boolean remote = random.nextInt(100) < 30;
    int customers = remote ? elsewhere() : home;
    int theirs = remote ? between(1, TpccDatabase.DISTRICTS) : district;
    BigDecimal amount = BigDecimal.valueOf(between(100, 500_000), 2);
    one("UPDATE warehouse SET w_ytd = w_ytd + ? WHERE w_id = ?", amount, home);
    one(
        "UPDATE district SET d_ytd = d_ytd + ? WHERE d_w_id = ? AND d_id = ?",
        amount,
        home,
        district);
    int customer = customer(customers, theirs);
    one(
        "UPDATE customer SET c_balance = c_balance - ?, c_ytd_payment = c_ytd_payment + ?,"
            + " c_payment_cnt = c_payment_cnt + 1 WHERE c_w_id = ? AND c_d_id = ? AND c_id = ?",
        amount,
        amount,
        customers,
        theirs,
        customer);
    one(
        "INSERT INTO history (h_c_id, h_c_d_id, h_c_w_id, h_d_id, h_w_id, h_date, h_amount)"
            + " VALUES (?, ?, ?, ?, ?, CURRENT_TIMESTAMP, ?)",
        customer,
        theirs,
        customers,
        district,
        home,
        amount);
    connection.commit();
    done.payments++;
    done.remotePayments += remote ? 1 : 0;
    done.paid = done.paid.add(amount);
  }

  /** By number, or the middle one of those of a name (clause 2.5.2.2). */
  private int customer(int warehouse, int district) throws SQLException {
    if (random.nextInt(100) < 40) {
      return between(1, TpccDatabase.CUSTOMERS);
    }
    List<List<Object>> named =
        rows(
            "SELECT c_id FROM customer WHERE c_w_id = ? AND c_d_id = ? AND c_last = ? ORDER BY"
                + " c_first",
            warehouse,
            district,
            "name " + random.nextInt(TpccDatabase.NAMES));
    return (Integer) named.get((named.size() + 1) / 2 - 1).getFirst();
  }

  // ---- Order-Status, Delivery, Stock-Level (clauses 2.6 to 2.8) ------------------------------

  private void orderStatus() throws SQLException {
    int district = between(1, TpccDatabase.DISTRICTS);
    int customer = customer(home, district);
    row(
        "SELECT c_balance, c_first FROM customer WHERE c_w_id = ? AND c_d_id = ? AND c_id = ?",
        home,
        district,
        customer);
    for (List<Object> order :
        rows(
            "SELECT o_id, o_carrier_id, o_ol_cnt FROM orders WHERE o_w_id = ? AND o_d_id = ? AND"
                + " o_c_id = ? ORDER BY o_id DESC LIMIT 1",
            home,
            district,
            customer)) {
      int lines =
          rows(
                  "SELECT ol_i_id, ol_supply_w_id, ol_amount, ol_delivery_d FROM order_line WHERE"
                      + " ol_w_id = ? AND ol_d_id = ? AND ol_o_id = ?",
                  home,
                  district,
                  order.getFirst())
              .size();
      if (lines != (Integer) order.get(2)) {
        throw new IllegalStateException("order " + order + " has " + lines + " lines");
      }
    }
    connection.commit();
    done.reads++;
  }

  private void delivery() throws SQLException {
    int delivered = 0;
    for (int district = 1; district <= TpccDatabase.DISTRICTS; district++) {
      List<List<Object>> oldest =
          rows(
              "DELETE FROM new_order WHERE no_w_id = ? AND no_d_id = ? AND no_o_id = (SELECT"
                  + " min(no_o_id) FROM new_order WHERE no_w_id = ? AND no_d_id = ?) RETURNING"
                  + " no_o_id",
              home,
              district,
              home,
              district);
      if (!oldest.isEmpty()) {
        deliver(district, (Integer) oldest.getFirst().getFirst());
        delivered++;
      }
    }
    connection.commit();
    done.deliveries += delivered;
  }

  private void deliver(int district, int order) throws SQLException {
    Object customer =
        row(
                "UPDATE orders SET o_carrier_id = ? WHERE o_w_id = ? AND o_d_id = ? AND o_id = ?"
                    + " RETURNING o_c_id",
                between(1, 10),
                home,
                district,
                order)
            .getFirst();
    bound(
            "UPDATE order_line SET ol_delivery_d = CURRENT_TIMESTAMP WHERE ol_w_id = ? AND ol_d_id"
                + " = ? AND ol_o_id = ?",
            home,
            district,
            order)
        .executeUpdate();
    one(
        "UPDATE customer SET c_balance = c_balance + (SELECT sum(ol_amount) FROM order_line WHERE"
            + " ol_w_id = ? AND ol_d_id = ? AND ol_o_id = ?), c_delivery_cnt = c_delivery_cnt + 1"
            + " WHERE c_w_id = ? AND c_d_id = ? AND c_id = ?",
        home,
        district,
        order,
        home,
        district,
        customer);
  }

  private void stockLevel() throws SQLException {
    int district = between(1, TpccDatabase.DISTRICTS);
    int next =
        (Integer)
            row("SELECT d_next_o_id FROM district WHERE d_w_id = ? AND d_id = ?", home, district)
                .getFirst();
    row(
        "SELECT count(DISTINCT s_i_id) FROM order_line JOIN stock ON s_w_id = ol_w_id AND s_i_id ="
            + " ol_i_id WHERE ol_w_id = ? AND ol_d_id = ? AND ol_o_id BETWEEN ? AND ? AND"
            + " s_quantity < ?",
        home,
        district,
        next - 20,
        next - 1,
        between(10, 20));
    connection.commit();
    done.reads++;
  }
}
