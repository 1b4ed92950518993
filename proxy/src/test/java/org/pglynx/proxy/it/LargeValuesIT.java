package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.ProxyUnderTest.run;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Values of any length pass without being collected in the proxy. */
class LargeValuesIT {
  private static final int LARGE = 50 << 20;
  private static final long BOUND = 24L << 20;

  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(2);

  @BeforeAll
  static void createTable() {
    PROXY.onServer("CREATE TABLE blob(id int, content bytea)");
  }

  @Test
  void aValueOf50MegabytesGoesInAndOutWithBoundedMemory() throws Exception {
    try (Connection connection = PROXY.connect("prepareThreshold", "1")) {
      long peak = peakWhile(() -> insertAndRead(connection));

      assertThat(peak).isLessThan(BOUND);
    }
  }

  private static void insertAndRead(Connection connection) throws SQLException, IOException {
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO blob VALUES (1, ?)")) {
      insert.setBinaryStream(1, new Zeros(LARGE), LARGE);
      insert.executeUpdate();
    }
    try (PreparedStatement select =
            connection.prepareStatement("SELECT content FROM blob WHERE id = 1");
        ResultSet row = select.executeQuery()) {
      row.next();
      assertThat(row.getBytes(1)).hasSize(LARGE);
    }
    run(connection, "TRUNCATE blob");
  }

  @Test
  void aSlowReaderHoldsTheServerBackInsteadOfFillingTheProxy() throws Exception {
    try (RawConnection slow = PROXY.raw()) {
      long peak =
          peakWhile(() -> {
            slow.send(
                RawConnection.query("SELECT repeat('x', 10000) FROM generate_series(1, 20000)"));
            Eventually.pause(1500);
          });

      assertThat(peak).isLessThan(BOUND);
      assertThat(slow.untilReady()).hasSize(20_003);
    }
  }

  @Test
  void aLongErrorMessagePasses() {
    try (RawConnection connection = PROXY.raw()) {
      connection.send(
          RawConnection.query("DO $$BEGIN RAISE EXCEPTION '%', repeat('x', 30000000); END$$"));

      RawConnection.Message error = connection.untilReady().getFirst();

      assertThat(error.field('C')).isEqualTo("P0001");
      assertThat(error.field('M')).hasSize(30_000_000);
    }
  }

  @Test
  void aLongTextOfANamedStatementPasses() {
    String text = "SELECT length('" + "y".repeat(10_000_000) + "')";
    try (RawConnection connection = PROXY.raw()) {
      connection.send(
          RawConnection.parse("long", text),
          RawConnection.bind("", "long"),
          RawConnection.execute("", 0),
          RawConnection.sync());

      assertThat(connection.shapes(1)).containsExactly("1", "2", "D", "C:SELECT 1", "Z:I");
    }
  }

  private interface Work {
    void run() throws SQLException, IOException;
  }

  /** The most memory beyond the present that Netty's allocator had in use during the work. */
  private static long peakWhile(Work work) throws Exception {
    var metric = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
    long before = metric.usedDirectMemory() + metric.usedHeapMemory();
    AtomicLong peak = new AtomicLong(before);
    AtomicBoolean over = new AtomicBoolean();
    Thread watcher =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                peak.accumulateAndGet(
                    metric.usedDirectMemory() + metric.usedHeapMemory(), Math::max);
                Eventually.pause(5);
              }
            });
    try {
      work.run();
    } finally {
      over.set(true);
      watcher.join();
    }
    return peak.get() - before;
  }

  /** A stream of zeros that costs no memory. */
  private static final class Zeros extends InputStream {
    private int left;

    Zeros(int length) {
      left = length;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int count = Math.min(length, left);
      java.util.Arrays.fill(into, offset, offset + count, (byte) 0);
      left -= count;
      return count;
    }
  }
}
