package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pglynx.proxy.config.TransportKind;
import org.pglynx.proxy.transport.Transport;

/** Every transport relays, hands connections over between loops, and survives leaving clients. */
class TransportsIT {
  @ParameterizedTest
  @EnumSource(value = TransportKind.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
  void aTransportRelays(TransportKind transport) {
    assumeTrue(Transport.isAvailable(transport), transport + " is not available here");
    ProxyUnderTest proxy =
        ProxyUnderTest.transactionMode(1)
            .general("transport = \"" + transport.configName() + "\"", "worker_threads = 3")
            .start();
    try {
      proxy.onServer("CREATE TABLE numbers(n int)");
      assertRelaysOnAllLoops(proxy);
      assertCopies(proxy);
      assertSurvivesLeavers(proxy);
    } finally {
      proxy.stop();
    }
  }

  /** A login costs milliseconds, and the loops take the connection from each other all the time. */
  @ParameterizedTest
  @EnumSource(value = TransportKind.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
  void one_connection_serves_the_clients_of_all_loops_without_another_login(TransportKind transport)
      throws Exception {
    assumeTrue(Transport.isAvailable(transport), transport + " is not available here");
    ProxyUnderTest proxy =
        ProxyUnderTest.transactionMode(1)
            .general("transport = \"" + transport.configName() + "\"", "worker_threads = 3")
            .start();
    Set<String> serverProcesses = ConcurrentHashMap.newKeySet();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> talks = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int number = i;
        talks.add(clients.submit(() -> asksOften(proxy, number, serverProcesses)));
      }
      for (Future<?> talk : talks) {
        talk.get(60, TimeUnit.SECONDS);
      }
      assertThat(serverProcesses).hasSize(1);
    } finally {
      proxy.stop();
    }
  }

  private static void asksOften(ProxyUnderTest proxy, int number, Set<String> serverProcesses) {
    try (RawConnection client = proxy.raw()) {
      for (int round = 0; round < 100; round++) {
        String answer =
            client.value("SELECT '%d/%d/' || pg_backend_pid()".formatted(number, round));
        assertThat(answer).startsWith(number + "/" + round + "/");
        serverProcesses.add(answer.substring(answer.lastIndexOf('/') + 1));
      }
    }
  }

  /** One server connection and clients on every loop: it moves for each of them. */
  private static void assertRelaysOnAllLoops(ProxyUnderTest proxy) {
    List<RawConnection> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 6; i++) {
        clients.add(proxy.raw());
      }
      for (int round = 0; round < 5; round++) {
        for (RawConnection client : clients) {
          client.send(
              RawConnection.query("SELECT repeat('x', 100000), " + clients.indexOf(client)));
        }
        for (RawConnection client : clients) {
          assertThat(client.shapes(1)).containsExactly("T", "D", "C:SELECT 1", "Z:I");
        }
      }
    } finally {
      clients.forEach(RawConnection::close);
    }
  }

  private static void assertCopies(ProxyUnderTest proxy) {
    try (RawConnection client = proxy.raw()) {
      client.send(RawConnection.query("COPY numbers FROM STDIN"));
      client.until('G');
      for (int i = 0; i < 20; i++) {
        client.send(RawConnection.copyData("7\n".repeat(5000)));
      }
      client.send(RawConnection.copyDone());
      assertThat(client.shapes(1)).containsExactly("C:COPY 100000", "Z:I");
      client.send(RawConnection.query("COPY numbers TO STDOUT"));
      assertThat(client.untilReady()).hasSizeGreaterThan(100_000);
    }
  }

  private static void assertSurvivesLeavers(ProxyUnderTest proxy) {
    for (int i = 0; i < 5; i++) {
      RawConnection leaver = proxy.raw();
      leaver.ask("BEGIN");
      leaver.send(RawConnection.query("SELECT pg_sleep(10)"));
      leaver.reset();
    }
    try (RawConnection client = proxy.raw()) {
      assertThat(client.value("SELECT 'alive'")).isEqualTo("alive");
    }
  }
}
