package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.copyData;
import static org.pglynx.proxy.it.RawConnection.copyDone;
import static org.pglynx.proxy.it.RawConnection.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Streams through a proxy that has 64 MB of heap and 64 MB of direct memory. Here they are somewhat
 * larger than that; the Maven profile {@code large} makes them ten to forty times as large: a row
 * of 900 MB, COPY of 4 GB each way.
 */
class SmallProxyIT {
  private static final boolean LARGE = Boolean.getBoolean("large");
  private static final int ROW = LARGE ? 900_000_000 : 100_000_000;
  private static final int COPY_MEGABYTES = LARGE ? 4_000 : 200;
  private static final int STALLED = 40;

  private static final TestPostgres POSTGRES = TestPostgres.shared();
  private static String database = "";
  private static @Nullable SmallProxy small;

  @BeforeAll
  static void start() {
    database = POSTGRES.createDatabase("small");
    POSTGRES.execute(database, "CREATE TABLE wide(a text)");
    small = SmallProxy.start(POSTGRES.port(), database, STALLED + 2);
  }

  @AfterAll
  static void stop() {
    SmallProxy running = small;
    if (running != null) {
      System.out.println("peak of the small proxy: " + running.peakMegabytes() + " MB");
      running.close();
    }
    POSTGRES.dropDatabase(database);
  }

  private static SmallProxy proxy() {
    return Objects.requireNonNull(small);
  }

  private static void assertNeverOutOfMemory() {
    assertThat(proxy().log()).doesNotContain("OutOfMemory").doesNotContain("ERROR");
  }

  @Test
  void aRowLargerThanTheProxyPasses() {
    try (RawConnection connection = proxy().raw()) {
      connection.send(query("SELECT repeat('x', " + ROW + ")"));
      RawConnection.Volume volume = connection.volumeUntilReady();

      assertThat(volume.messages()).isEqualTo(4);
      assertThat(volume.bytes()).isGreaterThan(ROW).isLessThan(ROW + 200L);
      assertThat(connection.value("SELECT 'alive'")).isEqualTo("alive");
    }
    assertNeverOutOfMemory();
  }

  @Test
  void aStatementLargerThanHalfTheProxyPasses() {
    byte[] text = query("SELECT length('" + "y".repeat(50_000_000) + "')");
    try (RawConnection connection = proxy().raw()) {
      connection.send(text);
      assertThat(connection.shapes(1)).containsExactly("T", "D", "C:SELECT 1", "Z:I");
    }
    assertNeverOutOfMemory();
  }

  @Test
  void aLongCopyOutPasses() {
    long rows = COPY_MEGABYTES * 100L;
    try (RawConnection connection = proxy().raw()) {
      connection.send(
          query("COPY (SELECT repeat('x', 9999) FROM generate_series(1, " + rows + ")) TO STDOUT"));
      RawConnection.Volume volume = connection.volumeUntilReady();

      assertThat(volume.messages()).isEqualTo(rows + 4);
      assertThat(volume.bytes()).isGreaterThan(rows * 10_000);
    }
    assertNeverOutOfMemory();
  }

  @Test
  void aLongCopyInPasses() {
    byte[] megabyte = copyData(("x".repeat(9_999) + "\n").repeat(100));
    try (RawConnection connection = proxy().raw()) {
      connection.send(query("COPY wide FROM STDIN WHERE a = 'nothing'"));
      assertThat(connection.next().tag()).isEqualTo('G');
      for (int i = 0; i < COPY_MEGABYTES; i++) {
        connection.send(megabyte);
      }
      connection.send(copyDone());

      assertThat(connection.shapes(1)).containsExactly("C:COPY 0", "Z:I");
    }
    assertNeverOutOfMemory();
  }

  @Test
  void manyStalledReadersFitAndHoldUpNobody() {
    List<RawConnection> stalled = new ArrayList<>();
    try (RawConnection other = proxy().raw()) {
      for (int i = 0; i < STALLED; i++) {
        RawConnection each = proxy().raw();
        stalled.add(each);
        each.send(query("SELECT repeat('x', 10000) FROM generate_series(1, 2000)"));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(other.value("SELECT 'mine " + i + "'")).isEqualTo("mine " + i);
      }
      for (RawConnection each : stalled) {
        assertThat(each.volumeUntilReady().messages()).isEqualTo(2_003);
      }
    } finally {
      stalled.forEach(RawConnection::close);
    }
    assertNeverOutOfMemory();
  }
}
