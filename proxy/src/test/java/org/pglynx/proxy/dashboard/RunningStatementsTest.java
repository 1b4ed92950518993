package org.pglynx.proxy.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.auth.NonceSource;

class RunningStatementsTest {
  private static final int WITHIN_MILLIS = 20_000;

  private final NonceSource nonces = NonceSource.secure();
  private final Sessions sessions = new Sessions(nonces, System::nanoTime);

  /** A request of a login session of its own. */
  private Call call(GuestDoor door, String user) {
    return new Call(
        new Call.Entrances(door, new LoginProof(nonces)),
        new Guest(InetAddress.getLoopbackAddress(), false, true),
        sessions.open(null, null, new Credentials("shop", user, "x")),
        Json.object());
  }

  private static Table run(Call call, String name, int millis) throws Exception {
    return call.session().statements().run(call, name, millis, client -> client.ask("SELECT 1"));
  }

  private static FaultException refusal(Call call, int millis) {
    return catchThrowableOfType(FaultException.class, () -> run(call, "refused", millis));
  }

  @Test
  void notices_give_a_statement_no_more_time() throws Exception {
    try (TalkingServer server =
        new TalkingServer(reply -> {
          for (int i = 0; i < 40; i++) {
            reply.notice("step " + i);
            TimeUnit.MILLISECONDS.sleep(25);
          }
          reply.done();
        })) {
      FaultException late = refusal(call(guest -> server.enter(), "anna"), 250);

      assertThat(late.fault().message()).isEqualTo(SqlClient.TOO_LONG);
      assertThat(late.fault().sqlState()).isEqualTo("57014");
    }
  }

  @Test
  void a_statement_gets_its_time_however_long_the_ones_before_took() throws Exception {
    try (TalkingServer server =
        new TalkingServer(reply -> {
          TimeUnit.MILLISECONDS.sleep(60);
          reply.done();
        })) {
      Call call = call(guest -> server.enter(), "anna");

      call.database(
          250,
          client -> {
            for (int i = 0; i < 6; i++) {
              assertThat(client.ask("SELECT 1").tag()).isEqualTo("DONE");
            }
            return "";
          });
    }
  }

  @Test
  void a_statement_that_took_too_long_is_told_so_even_if_it_cannot_be_cancelled() throws Exception {
    AtomicInteger entered = new AtomicInteger();
    try (TalkingServer server = new TalkingServer(reply -> {})) {
      GuestDoor once =
          guest -> {
            if (entered.getAndIncrement() > 0) {
              throw new IOException("no way in for the cancel request");
            }
            return server.enter();
          };

      FaultException late = refusal(call(once, "anna"), 50);

      assertThat(late.fault().message()).isEqualTo(SqlClient.TOO_LONG);
      assertThat(late.getSuppressed()).singleElement().isInstanceOf(IOException.class);
      assertThat(entered).hasValue(2);
    }
  }

  @Test
  void the_statements_of_a_user_are_counted_in_all_login_sessions_and_not_with_others()
      throws Exception {
    CountDownLatch running = new CountDownLatch(StatementPlaces.MOST);
    CountDownLatch end = new CountDownLatch(1);
    try (TalkingServer server =
        new TalkingServer(reply -> {
          running.countDown();
          end.await();
          reply.done();
        })) {
      GuestDoor door = guest -> server.enter();
      CompletableFuture<?>[] all = new CompletableFuture<?>[StatementPlaces.MOST];
      for (int i = 0; i < all.length; i++) {
        Call call = call(door, "anna");
        all[i] =
            CompletableFuture.runAsync(
                () -> {
                  try {
                    run(call, "mine", WITHIN_MILLIS);
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                },
                task -> Thread.ofVirtual().start(task));
      }
      assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();

      assertThat(refusal(call(door, "anna"), WITHIN_MILLIS).fault().sqlState()).isEqualTo("53400");
      assertThat(refusal(call(door, "bert"), 50).fault().message()).isEqualTo(SqlClient.TOO_LONG);
      end.countDown();
      CompletableFuture.allOf(all).get(20, TimeUnit.SECONDS);
      assertThat(run(call(door, "anna"), "again", WITHIN_MILLIS).tag()).isEqualTo("DONE");
    }
  }
}
