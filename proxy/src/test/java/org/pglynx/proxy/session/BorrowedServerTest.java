package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.closeComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.BackendBytes.rowDescription;
import static org.pglynx.proxy.wire.FrontendBytes.all;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.frame;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.route.RoleSetting;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.route.RoutingPolicy;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: the proxy's own work on server connections, by another thread. */
class BorrowedServerTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient client = rig.client();
  private final Fakes.Local local = Fakes.Local.slow();
  private final List<Thread> threads = new ArrayList<>();

  BorrowedServerTest() {
    rig.interceptor.on("local", new Decision.Answer(local));
  }

  @AfterEach
  void allThreadsEnd() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(5));
      assertThat(thread.isAlive()).as("a thread hangs").isFalse();
    }
  }

  private interface Work {
    @Nullable String in(SqlSession session) throws PgErrorException, InterruptedException;
  }

  /** Runs the work in a conversation, on a thread of its own. */
  private CompletableFuture<@Nullable String> work(Work work) {
    CompletableFuture<@Nullable String> done = new CompletableFuture<>();
    Thread thread =
        new Thread(() -> {
          try {
            @Nullable String result;
            try (SqlSession session = local.running().servers().open()) {
              result = work.in(session);
            }
            done.complete(result);
          } catch (PgErrorException | InterruptedException | RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    threads.add(thread);
    thread.start();
    return done;
  }

  private List<String> awaitSent() {
    return awaitSent(server);
  }

  private List<String> awaitSent(ScriptedServer by) {
    List<String> sent = new ArrayList<>();
    rig.loop.runUntil(() -> sent.addAll(by.got()));
    return sent;
  }

  private @Nullable String result(CompletableFuture<@Nullable String> of)
      throws ExecutionException, InterruptedException {
    rig.loop.runUntil(of::isDone);
    return of.get();
  }

  private void settle() throws InterruptedException {
    for (Thread thread : threads) {
      rig.loop.runUntil(() -> !thread.isAlive());
    }
    rig.loop.run();
    server.runTasks();
  }

  private static byte[] answer(String value) {
    return all(
        closeComplete(),
        closeComplete(),
        parseComplete(),
        bindComplete(),
        rowDescription("a"),
        row(value),
        complete("SELECT 1"),
        closeComplete(),
        closeComplete());
  }

  /** The replies to a statement that returns nothing. */
  private static byte[] done(String tag) {
    return all(
        closeComplete(),
        closeComplete(),
        parseComplete(),
        bindComplete(),
        noData(),
        complete(tag),
        closeComplete(),
        closeComplete());
  }

  private void begin() {
    client.sends(query("begin"));
    server.says(complete("BEGIN"), ready('T'));
    assertThat(client.got()).containsExactly("C BEGIN", "Z T");
    server.got();
  }

  @Test
  void outside_of_a_transaction_the_work_has_a_lease_of_its_own() throws Exception {
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done = work(session -> session.query("select").value());
    List<String> sent = awaitSent();
    assertThat(sent).contains("P pglynx_internal:select", "S");
    assertThat(rig.pool.leases()).isEqualTo(1);
    server.says(complete("SELECT 1"), ready('I'), answer("42"), ready('I'));
    assertThat(result(done)).isEqualTo("42");
    settle();
    assertThat(rig.pool.leases()).isZero();
    local.running().complete("LOCAL");
    assertThat(client.got()).containsExactly("T local", "C LOCAL", "Z I");
  }

  @Test
  void inside_a_transaction_the_work_runs_on_the_callers_connection() throws Exception {
    begin();
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done =
        work(session -> session.callersTransaction() + session.query("select").value());
    awaitSent();
    assertThat(rig.pool.leases()).isEqualTo(1);
    server.says(answer("42"), ready('T'));
    assertThat(result(done)).isEqualTo("true42");
    settle();
    local.running().complete("LOCAL");
    assertThat(client.got()).containsExactly("T local", "C LOCAL", "Z T");
    client.sends(query("commit"));
    server.says(complete("COMMIT"), ready('I'));
    assertThat(client.got()).containsExactly("C COMMIT", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_server_is_read_while_it_is_lent_although_the_client_takes_nothing() throws Exception {
    begin();
    client.takes(false);
    client.sends(query("local"));
    assertThat(server.read()).as("for the client").isFalse();
    CompletableFuture<@Nullable String> done = work(session -> session.query("select").value());
    awaitSent();
    assertThat(server.read()).as("for the work").isTrue();
    server.says(answer("42"), ready('T'));
    assertThat(result(done)).isEqualTo("42");
    settle();
    local.running().complete("LOCAL");

    client.sends(query("many"));
    server.says(rowDescription("a"), row("1"));
    assertThat(server.read()).as("for the client again").isFalse();
    client.takes(true);
    assertThat(server.read()).isTrue();
    server.says(complete("SELECT 1"), ready('T'));
    assertThat(client.got()).endsWith("C LOCAL", "Z T", "T a", "D 1", "C SELECT 1", "Z T");
  }

  @Test
  void amid_a_batch_the_work_ends_with_flush_and_leaves_sync_to_the_client() throws Exception {
    client.sends(parse("", "insert"), bind("", ""), execute("", 0));
    client.sends(parse("l", "local"), bind("", "l"), execute("", 0), sync());
    server.says(parseComplete(), bindComplete(), complete("INSERT 0 1"));
    server.got();
    CompletableFuture<@Nullable String> done = work(session -> session.query("select").value());
    assertThat(awaitSent()).endsWith("H").doesNotContain("S");
    server.says(answer("42"));
    assertThat(result(done)).isEqualTo("42");
    settle();
    local.running().complete("LOCAL");
    assertThat(server.got()).containsExactly("S");
    server.says(ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "C INSERT 0 1", "1", "2", "C LOCAL", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void an_error_on_the_callers_connection_fails_the_callers_transaction() throws Exception {
    begin();
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done = work(session -> session.query("bad").value());
    awaitSent();
    server.says(closeComplete(), closeComplete(), error("42601", "syntax"), ready('E'));
    assertThatThrownBy(() -> result(done)).hasCauseInstanceOf(PgErrorException.class);
    settle();
    local.running().fail(((PgErrorException) done.exceptionNow()).error());
    assertThat(client.got()).containsExactly("E 42601", "Z E");
  }

  @Test
  void a_server_lost_while_lent_fails_the_work_and_then_the_statement() throws Exception {
    begin();
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done = work(session -> session.query("select").value());
    awaitSent();
    server.dies();
    assertThatThrownBy(() -> result(done)).hasCauseInstanceOf(PgErrorException.class);
    settle();
    local.running().fail(((PgErrorException) done.exceptionNow()).error());
    assertThat(client.got()).containsExactly("E 08006", "Z E");
    assertThat(rig.pool.leases()).isZero();
    client.sends(query("commit"));
    assertThat(client.got()).containsExactly("C ROLLBACK", "Z I");
  }

  @Test
  void work_that_hides_the_loss_of_the_callers_transaction_fails_all_the_same() throws Exception {
    begin();
    client.sends(query("local"));
    CompletableFuture<@Nullable String> lost = work(session -> session.query("select").value());
    awaitSent();
    server.dies();
    assertThatThrownBy(() -> result(lost)).hasCauseInstanceOf(PgErrorException.class);
    settle();
    local.running().complete("LOCAL");
    assertThat(client.got()).containsExactly("E 08006", "Z E");
  }

  @Test
  void work_that_begins_behind_the_loss_of_the_callers_transaction_is_done_nowhere()
      throws Exception {
    begin();
    client.sends(query("local"));
    server.dies();
    CompletableFuture<@Nullable String> done = work(session -> session.query("select").value());
    assertThatThrownBy(() -> result(done))
        .hasCauseInstanceOf(PgErrorException.class)
        .hasMessageContaining("08006");
    settle();
    local.running().fail(((PgErrorException) done.exceptionNow()).error());
    assertThat(client.got()).containsExactly("E 08006", "Z E");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_server_lost_amid_a_transaction_of_the_work_hangs_no_thread() throws Exception {
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done =
        work(session -> {
          session.query("begin");
          return session.query("select").value();
        });
    awaitSent();
    server.says(complete("SELECT 1"), ready('I'), done("BEGIN"), ready('T'));
    awaitSent();
    server.dies();
    assertThatThrownBy(() -> result(done)).hasCauseInstanceOf(PgErrorException.class);
    settle();
    assertThat(rig.pool.leases()).isZero();
    local.running().complete("LOCAL");
  }

  @Test
  void work_that_leaves_a_transaction_open_has_it_rolled_back() throws Exception {
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done = work(session -> session.query("begin").commandTag());
    awaitSent();
    server.says(complete("SELECT 1"), ready('I'), done("BEGIN"), ready('T'));
    assertThat(awaitSent()).contains("P pglynx_internal:ROLLBACK");
    server.says(done("ROLLBACK"), ready('I'));
    assertThat(result(done)).isEqualTo("BEGIN");
    settle();
    assertThat(rig.pool.leases()).isZero();
    local.running().complete("LOCAL");
  }

  @Test
  void a_client_that_leaves_gets_its_lent_server_back_to_the_pool() throws Exception {
    begin();
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done = work(session -> session.query("select").value());
    awaitSent();
    client.leaves();
    assertThat(local.cancels).isEqualTo(1);
    threads.get(0).interrupt();
    rig.loop.runUntil(() -> server.cancels() == 1);
    server.says(closeComplete(), closeComplete(), error("57014", "canceled"), ready('E'));
    server.takesCancels();
    assertThatThrownBy(() -> result(done)).hasCauseInstanceOf(InterruptedException.class);
    settle();
    server.says(ready('E'));
    server.says(complete("ROLLBACK"), ready('I'), complete("DISCARD ALL"), ready('I'));
    assertThat(rig.pool.leases()).isZero();
    assertThat(server.alive()).isTrue();
  }

  @Test
  void work_that_gives_up_amid_replies_leaves_none_to_the_next_one() throws Exception {
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done =
        work(session ->
            session.copyOut(
                "copy t to stdout",
                body -> {
                  throw new IllegalStateException("cannot take it");
                }));
    awaitSent();
    server.says(
        complete("SELECT 1"),
        ready('I'),
        closeComplete(),
        closeComplete(),
        parseComplete(),
        bindComplete(),
        noData(),
        new byte[] {'d', 0, 0, 0, 5, 'x'});
    rig.loop.runUntil(() -> server.cancels() == 1);
    server.takesCancels();
    server.says(error("57014", "canceled"), ready('I'));
    assertThatThrownBy(() -> result(done)).hasCauseInstanceOf(IllegalStateException.class);
    settle();
    local.running().complete("LOCAL");
  }

  /** A statement whose rows the work cannot take; it is cancelled, and ends as it would have. */
  private void refusesRows(byte[]... before) {
    awaitSent();
    server.says(all(before));
    server.says(
        closeComplete(),
        closeComplete(),
        parseComplete(),
        bindComplete(),
        noData(),
        new byte[] {'d', 0, 0, 0, 5, 'x'});
    rig.loop.runUntil(() -> server.cancels() == 1);
    server.says(new byte[] {'c', 0, 0, 0, 4}, complete("COPY 1"), closeComplete(), closeComplete());
  }

  private static void copies(SqlSession session) throws PgErrorException, InterruptedException {
    session.copyOut(
        "copy t to stdout",
        body -> {
          throw new IllegalStateException("cannot take it");
        });
  }

  /** Without letting the loop go on. */
  private void awaitState(Thread.State state) {
    Thread thread = threads.get(0);
    while (thread.getState() != state) {
      assertThat(thread.isAlive()).as("the thread of the work goes on").isTrue();
      Thread.onSpinWait();
    }
  }

  @Test
  void the_next_statement_of_the_work_waits_until_a_cancel_request_is_taken() throws Exception {
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done =
        work(session -> {
          assertThatThrownBy(() -> copies(session)).isInstanceOf(IllegalStateException.class);
          return session.query("select").value();
        });
    refusesRows(complete("SELECT 1"), ready('I'));
    server.got();
    server.says(ready('I'));
    awaitState(Thread.State.WAITING);
    rig.loop.run();
    assertThat(server.got()).isEmpty();
    server.takesCancels();
    assertThat(awaitSent()).contains("P pglynx_internal:select");
    server.says(answer("42"), ready('I'));
    assertThat(result(done)).isEqualTo("42");
    settle();
    local.running().complete("LOCAL");
  }

  @Test
  void the_callers_next_statement_waits_until_a_cancel_request_of_the_work_is_taken()
      throws Exception {
    begin();
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done =
        work(session -> {
          assertThatThrownBy(() -> copies(session)).isInstanceOf(IllegalStateException.class);
          return "over";
        });
    refusesRows();
    server.says(ready('T'));
    awaitState(Thread.State.WAITING);
    rig.loop.run();
    assertThat(done).as("what ends the client's call").isNotDone();
    server.takesCancels();
    assertThat(result(done)).isEqualTo("over");
    settle();
    server.got();
    local.running().complete("LOCAL");
    client.sends(query("commit"));
    assertThat(server.got()).containsExactly("Q commit");
  }

  @Test
  void work_that_has_lost_its_connection_cancels_nothing_of_the_next_client() throws Exception {
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done = work(session -> session.query("select").value());
    awaitSent();
    threads.get(0).interrupt();
    awaitState(Thread.State.TIMED_WAITING);
    // The loop has not come to the work's wish yet when the server refuses the client's parameters.
    server.says(error("22023", "no such value"), ready('I'), answer("42"), ready('I'));
    server.takesCancels();
    server.says(ready('I'));
    server.says(complete("DISCARD ALL"), ready('I'));
    int ofTheCleaning = server.cancels();
    TestClient next = rig.client();
    next.sends(query("next"));
    assertThat(server.got()).endsWith("Q next");
    settle();
    assertThat(server.cancels()).isEqualTo(ofTheCleaning);
    assertThatThrownBy(() -> result(done)).hasMessageContaining("22023");
    server.says(complete("NEXT"), ready('I'));
    assertThat(next.got()).containsExactly("C NEXT", "Z I");
    local.running().complete("LOCAL");
  }

  @Test
  void a_server_lost_right_behind_the_end_of_the_work_is_not_taken_back() throws Exception {
    begin();
    client.sends(query("local"));
    CompletableFuture<Boolean> opened = new CompletableFuture<>();
    CompletableFuture<Boolean> mayEnd = new CompletableFuture<>();
    work(session -> {
      opened.complete(true);
      mayEnd.join();
      return null;
    });
    rig.loop.runUntil(opened::isDone);
    mayEnd.complete(true);
    threads.get(0).join();
    server.dies();
    settle();
    local.running().complete("LOCAL");
    assertThat(client.got()).containsExactly("E 08006", "Z E");
  }

  @Test
  void a_server_that_was_not_read_for_the_works_sake_is_read_when_it_is_taken_back()
      throws Exception {
    begin();
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done =
        work(session -> session.copyOut("copy t to stdout", body -> {}));
    awaitSent();
    server.says(closeComplete(), closeComplete(), parseComplete(), bindComplete(), noData());
    server.says(
        frame('d', out -> out.writeZero(5 << 20)),
        new byte[] {'c', 0, 0, 0, 4},
        complete("COPY 1"),
        closeComplete(),
        closeComplete(),
        ready('T'));
    assertThat(server.read()).as("with so much that waits").isFalse();
    // The loop is busy until the work is at its end.
    threads.get(0).join();
    settle();
    assertThat(result(done)).isEqualTo("COPY 1");
    assertThat(server.read()).isTrue();
    local.running().complete("LOCAL");
  }

  @Test
  void work_that_is_interrupted_as_it_is_lent_the_server_ends_behind_giving_it_back()
      throws Exception {
    client.sends(parse("", "insert"), bind("", ""), execute("", 0));
    client.sends(parse("", "local"), bind("", ""), execute("", 0), sync());
    server.says(parseComplete(), bindComplete(), complete("INSERT 0 1"));
    assertThat(client.got()).containsExactly("1", "2", "C INSERT 0 1", "1", "2");
    server.got();
    opensInterrupted();
    assertThat(client.got()).containsExactly("E 57014");
    assertThat(server.got()).as("the batch fails there, too").hasSize(2).endsWith("S");
    server.says(error("34000", "failing"), ready('I'));
    assertThat(client.got()).containsExactly("Z I");
  }

  /** The thread is told to stop before the loop has come to its wish; it fails the statement. */
  private void opensInterrupted() throws InterruptedException {
    Thread thread =
        new Thread(() -> {
          Thread.currentThread().interrupt();
          try {
            local.running().servers().open();
          } catch (PgErrorException | InterruptedException e) {
            local.running().fail(PgError.error(SqlState.QUERY_CANCELED, "canceled"));
          }
        });
    threads.add(thread);
    thread.start();
    thread.join();
    rig.loop.run();
  }

  @Test
  void a_wait_for_a_server_can_be_interrupted() throws Exception {
    server.dies();
    client.sends(query("local"));
    CompletableFuture<@Nullable String> done = work(session -> session.query("select").value());
    rig.loop.runUntil(() -> rig.pool.waiting() == 1);
    threads.get(0).interrupt();
    assertThatThrownBy(() -> result(done)).hasCauseInstanceOf(InterruptedException.class);
    settle();
    assertThat(rig.pool.waiting()).isZero();
    local.running().complete("LOCAL");
  }

  // ---- sessions that keep their primary --------------------------------------------------------

  /** A split session that has a connection to the primary, and nothing to do there. */
  private TestClient splits(ScriptedServer primary) {
    Router router = new Router(new RoutingPolicy(RoleSetting.AUTO, false, 1 << 20));
    TestClient splitting = rig.splittingClient(router);
    writes(splitting, primary);
    return splitting;
  }

  private static void writes(TestClient splitting, ScriptedServer primary) {
    splitting.sends(query("INSERT INTO t VALUES (1)"));
    assertThat(primary.got()).contains("Q INSERT INTO t VALUES (1)");
    primary.says(complete("INSERT 0 1"), ready('I'));
    assertThat(splitting.got()).containsExactly("C INSERT 0 1", "Z I");
  }

  @Test
  void a_split_session_lends_the_primary_that_it_keeps_and_has_it_again() throws Exception {
    ScriptedServer primary = rig.roles.primaryServer();
    TestClient splitting = splits(primary);
    splitting.sends(query("local"));
    CompletableFuture<@Nullable String> done = work(session -> session.query("select").value());
    assertThat(awaitSent(primary)).contains("P pglynx_internal:select", "S");
    primary.says(complete("SELECT 1"), ready('I'), answer("42"), ready('I'));
    assertThat(result(done)).isEqualTo("42");
    for (Thread thread : threads) {
      rig.loop.runUntil(() -> !thread.isAlive());
    }
    rig.loop.run();
    primary.runTasks();
    local.running().complete("LOCAL");
    assertThat(splitting.got()).containsExactly("T local", "C LOCAL", "Z I");
    assertThat(rig.roles.primary.leases()).as("the session's own").isEqualTo(1);
    primary.got();

    splitting.sends(query("INSERT INTO t VALUES (2)"));
    assertThat(primary.got()).contains("Q INSERT INTO t VALUES (2)");
    // What the work had set for itself is as the client has it before that.
    primary.says(complete("SELECT 1"), ready('I'), complete("INSERT 0 1"), ready('I'));
    assertThat(splitting.got()).containsExactly("C INSERT 0 1", "Z I");
    assertThat(rig.roles.primary.leases()).isEqualTo(1);
  }

  @Test
  void a_primary_that_was_set_aside_while_the_client_took_nothing_is_read_again() {
    ScriptedServer primary = rig.roles.primaryServer();
    TestClient splitting = splits(primary);
    splitting.sends(query("INSERT INTO t VALUES (2)"));
    splitting.takes(false);
    primary.says(complete("INSERT 0 1"), ready('I'));
    splitting.takes(true);
    assertThat(primary.read()).isTrue();
    assertThat(splitting.got()).containsExactly("C INSERT 0 1", "Z I");
  }
}
