package org.pglynx.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.ServerKind;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.UpstreamProvider;

class ClusterPoolTest extends ClusterRig {
  private Client client(UpstreamProvider provider, ServerRole role) {
    Client asking = new Client(provider, role).asks();
    run();
    return asking;
  }

  /** The limit of waits is a millisecond of the machine's own clock; the timers are the test's. */
  private void passesOnTheClock() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(2);
    passes(300);
  }

  @Test
  void each_role_gets_a_server_of_its_kind() {
    UpstreamProvider provider = servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);

    Client writer = client(provider, ServerRole.PRIMARY);
    Client reader = client(provider, ServerRole.REPLICA);
    accepts(0);
    assertThat(writer.served()).isTrue();
    assertThat(reader.served()).isFalse();

    accepts(1);
    assertThat(reader.served()).isTrue();
  }

  @Test
  void a_connection_that_idles_is_given_at_once() {
    UpstreamProvider provider = servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);
    Client first = client(provider, ServerRole.REPLICA);
    accepts(1);
    first.gives();
    run();

    assertThat(new Client(provider, ServerRole.REPLICA).asks().served()).isTrue();
  }

  @Test
  void who_waits_for_a_replica_that_cannot_be_reached_gets_another_one() {
    UpstreamProvider provider =
        servers(1, ServerKind.PRIMARY, ServerKind.REPLICA, ServerKind.REPLICA);
    Client reader = client(provider, ServerRole.REPLICA);
    int chosen = hosts.get(1).attempts() == 1 ? 1 : 2;

    hosts.get(chosen).refuses(DOWN);
    run();
    accepts(3 - chosen);

    assertThat(reader.served()).isTrue();
    assertThat(reader.refusal).isNull();
  }

  @Test
  void who_waits_for_a_replica_that_is_banned_gets_another_one() {
    UpstreamProvider provider =
        servers(1, ServerKind.PRIMARY, ServerKind.REPLICA, ServerKind.REPLICA);
    Client reader = client(provider, ServerRole.REPLICA);
    int chosen = hosts.get(1).attempts() == 1 ? 1 : 2;
    answers(0, leads(1, 1_000));

    answers(chosen, refuses());
    accepts(3 - chosen);

    assertThat(reader.served()).isTrue();
  }

  @Test
  void the_only_replica_that_is_down_is_tried_again_but_asked_no_more_often_than_others() {
    primaryReads = false;
    UpstreamProvider provider = servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);
    answers(0, leads(1, 1_000));

    answers(1, refuses());
    assertThat(questions.get(1)).as("it has just been asked").isEmpty();
    Client reader = client(provider, ServerRole.REPLICA);
    assertThat(hosts.get(1).attempts()).as("there is no other one").isEqualTo(1);
    hosts.get(1).refuses(DOWN);
    run();
    assertThat(reader.refused()).isEqualTo("connection refused");

    passes(1_200);
    answers(0, leads(1, 1_000));
    assertThat(questions.get(1)).as("in the next round").hasSize(1);
    answers(1, refuses());
    assertThat(questions.get(1)).isEmpty();
  }

  @Test
  void a_replica_that_leaves_a_question_unanswered_is_asked_again_at_once() {
    servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);
    answers(0, leads(1, 1_000));

    answers(1, new Prober.Answer.None(Failing.SILENT, "no answer in time"));

    assertThat(questions.get(1)).hasSize(1);
  }

  @Test
  void reads_end_at_the_primary_when_no_replica_will_do_and_fail_with_its_words_at_last() {
    UpstreamProvider provider = servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);
    Client reader = client(provider, ServerRole.REPLICA);

    hosts.get(1).refuses(DOWN);
    run();
    assertThat(hosts.get(0).attempts()).isEqualTo(1);
    hosts.get(0).refuses(DOWN);
    run();

    assertThat(reader.refused()).isEqualTo("connection refused");
  }

  @Test
  void a_pool_that_is_full_is_no_failure() throws InterruptedException {
    waitMillis = 1;
    UpstreamProvider provider = servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);
    Client first = client(provider, ServerRole.REPLICA);
    accepts(1);
    Client second = client(provider, ServerRole.REPLICA);

    passesOnTheClock();

    assertThat(first.served()).isTrue();
    assertThat(hosts.get(0).attempts()).isZero();
    assertThat(second.refused()).startsWith("no server connection came free for shop/app at db1");
  }

  @Test
  void a_lost_connection_makes_the_proxy_ask_at_once() {
    UpstreamProvider provider = servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);
    client(provider, ServerRole.REPLICA);
    answers(0, leads(1, 1_000));
    answers(1, follows(1_000));
    assertThat(questions.get(1)).isEmpty();

    accepts(1).dies();
    run();

    assertThat(questions.get(1)).hasSize(1);
  }

  @Test
  void writers_wait_for_a_primary_and_get_the_new_one() {
    UpstreamProvider provider = servers(1, ServerKind.AUTO, ServerKind.AUTO);
    Client writer = client(provider, ServerRole.PRIMARY);
    assertThat(writer.refusal).isNull();

    answers(0, refuses());
    answers(1, follows(1_000));
    assertThat(writer.refusal).isNull();
    passes(1_200);
    answers(0, refuses());
    answers(1, leads(2, 1_000));
    accepts(1);

    assertThat(writer.served()).isTrue();
  }

  @Test
  void who_has_written_and_finds_it_on_no_replica_waits_for_a_primary_as_well() {
    UpstreamProvider provider = servers(1, ServerKind.AUTO, ServerKind.AUTO, ServerKind.AUTO);
    answers(0, refuses());
    answers(1, follows(1_000));
    answers(2, follows(1_000));
    Client reader = new Client(provider, ServerRole.REPLICA);
    reader.wrote(System.nanoTime() + TimeUnit.HOURS.toNanos(1));

    reader.asks();
    run();
    assertThat(reader.refusal).isNull();
    passes(1_200);
    answers(0, refuses());
    answers(1, leads(2, 1_000));
    accepts(1);

    assertThat(reader.served()).isTrue();
  }

  @Test
  void who_has_written_waits_for_a_primary_also_before_it_is_known_that_it_is_gone() {
    primaryReads = false;
    UpstreamProvider provider = servers(1, ServerKind.AUTO, ServerKind.AUTO);
    answers(0, leads(1, 1_000));
    answers(1, follows(1_000));
    Client reader = new Client(provider, ServerRole.REPLICA);
    reader.wrote(System.nanoTime() + TimeUnit.HOURS.toNanos(1));

    reader.asks();
    run();
    hosts.get(0).refuses(DOWN);
    run();

    assertThat(reader.refusal).isNull();
  }

  @Test
  void readers_wait_until_it_is_known_who_is_a_replica() {
    UpstreamProvider provider = servers(1, ServerKind.AUTO, ServerKind.AUTO);
    Client reader = client(provider, ServerRole.REPLICA);
    Client either = client(provider, ServerRole.ANY);

    answers(0, leads(1, 1_000));
    answers(1, follows(1_000));
    accepts(1);

    assertThat(reader.served()).isTrue();
    assertThat(either.refusal).isNull();
  }

  @Test
  void writers_do_not_wait_for_ever() throws InterruptedException {
    waitMillis = 1;
    UpstreamProvider provider = servers(1, ServerKind.AUTO, ServerKind.AUTO);
    Client writer = client(provider, ServerRole.PRIMARY);

    passesOnTheClock();

    assertThat(writer.refused()).startsWith("the database shop has had no primary for ");
  }

  @Test
  void who_has_left_gets_no_primary() {
    UpstreamProvider provider = servers(1, ServerKind.AUTO, ServerKind.AUTO);
    Client writer = client(provider, ServerRole.PRIMARY);

    provider.withdraw(writer);
    answers(0, leads(1, 1_000));
    answers(1, follows(1_000));

    assertThat(hosts.get(0).attempts()).isZero();
    assertThat(writer.served()).isFalse();
  }

  @Test
  void a_former_primary_loses_its_connections() {
    UpstreamProvider provider = servers(1, ServerKind.AUTO, ServerKind.AUTO);
    answers(0, leads(1, 1_000));
    answers(1, follows(1_000));
    Client writer = client(provider, ServerRole.PRIMARY);
    accepts(0);
    assertThat(writer.served()).isTrue();

    passes(1_200);
    answers(0, leads(1, 1_000));
    answers(1, leads(2, 1_000));

    assertThat(writer.refused())
        .isEqualTo("the server at db0:5432 is no longer the primary of shop");
  }

  @Test
  void writers_do_not_wait_at_a_primary_that_has_become_a_standby() {
    UpstreamProvider provider = servers(1, ServerKind.AUTO, ServerKind.AUTO);
    answers(0, leads(1, 1_000));
    answers(1, follows(1_000));
    Client writer = client(provider, ServerRole.PRIMARY);

    passes(1_200);
    answers(0, follows(1_000));
    accepts(0);
    assertThat(writer.served()).as("it would be refused to write").isFalse();

    answers(1, leads(2, 1_000));
    accepts(1);
    assertThat(writer.served()).isTrue();
  }

  @Test
  void who_has_written_reads_from_a_replica_only_when_it_has_replayed_that() {
    UpstreamProvider provider = servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);
    answers(0, leads(1, 1_000));
    answers(1, follows(1_000));
    Client session = new Client(provider, ServerRole.REPLICA);
    session.wrote(System.nanoTime() + TimeUnit.HOURS.toNanos(1));

    session.asks();
    run();
    assertThat(hosts.get(0).attempts()).isEqualTo(1);
    accepts(0);
    session.gives();

    session.hasWrittenNothing();
    session.asks();
    run();
    assertThat(hosts.get(1).attempts()).isEqualTo(1);
  }

  @Test
  void a_replica_that_has_told_nothing_yet_serves_nobody_who_wrote_before_it_was_known() {
    UpstreamProvider provider = servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);
    Client session = new Client(provider, ServerRole.REPLICA);
    session.wrote(-1_000);

    session.asks();
    run();
    assertThat(hosts.get(0).attempts()).isEqualTo(1);
    accepts(0);
    session.gives();

    answers(0, leads(1, 1_000));
    answers(1, follows(1_000));
    session.asks();
    run();
    assertThat(hosts.get(1).attempts()).as("it has told that it has all").isEqualTo(1);
  }

  @Test
  void who_wants_a_standby_never_gets_the_primary_and_who_prefers_one_does() {
    UpstreamProvider provider = servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);
    answers(0, leads(1, 1_000));
    answers(1, refuses());

    Client strict = client(provider, ServerRole.STANDBY);
    assertThat(strict.refused()).contains("no replica");

    Client preferring = client(provider, ServerRole.PREFER_STANDBY);
    accepts(0);
    assertThat(preferring.served()).isTrue();
  }

  @Test
  void who_prefers_a_standby_waits_where_there_is_neither_that_nor_a_primary() {
    primaryReads = false;
    UpstreamProvider provider = servers(1, ServerKind.AUTO, ServerKind.AUTO);
    answers(0, refuses());
    answers(1, refuses());

    Client preferring = client(provider, ServerRole.PREFER_STANDBY);
    assertThat(preferring.refusal).isNull();
    passes(1_200);
    answers(0, refuses());
    answers(1, leads(2, 1_000));
    accepts(1);

    assertThat(preferring.served()).isTrue();
  }

  @Test
  void what_is_best_read_from_the_primary_is_read_from_a_standby_while_there_is_none() {
    UpstreamProvider provider = servers(1, ServerKind.AUTO, ServerKind.AUTO);
    answers(0, leads(1, 1_000));
    answers(1, follows(1_000));
    Client reader = client(provider, ServerRole.PREFER_PRIMARY);
    accepts(0);
    assertThat(reader.served()).isTrue();
    reader.gives();

    passes(1_200);
    answers(0, refuses());
    answers(1, follows(1_000));
    Client another = client(provider, ServerRole.PREFER_PRIMARY);
    accepts(1);

    assertThat(another.served()).isTrue();
  }

  @Test
  void what_is_best_read_from_the_primary_is_read_from_a_standby_where_that_cannot_be_reached() {
    UpstreamProvider provider = servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);
    Client reader = client(provider, ServerRole.PREFER_PRIMARY);

    hosts.get(0).refuses(DOWN);
    run();
    accepts(1);

    assertThat(reader.served()).isTrue();
    assertThat(reader.refusal).isNull();
  }

  @Test
  void who_has_written_waits_for_a_primary_to_read_that() {
    UpstreamProvider provider = servers(1, ServerKind.AUTO, ServerKind.AUTO);
    answers(0, refuses());
    answers(1, follows(1_000));
    Client reader = new Client(provider, ServerRole.PREFER_PRIMARY);
    reader.wrote(System.nanoTime() + TimeUnit.HOURS.toNanos(1));

    reader.asks();
    run();

    assertThat(reader.refusal).isNull();
    assertThat(hosts.get(1).attempts()).isZero();
  }

  @Test
  void a_drained_server_keeps_its_sessions_and_nothing_else() {
    primaryReads = false;
    UpstreamProvider provider =
        servers(2, ServerKind.PRIMARY, ServerKind.REPLICA, ServerKind.REPLICA);
    Client first = client(provider, ServerRole.REPLICA);
    int chosen = hosts.get(1).attempts() == 1 ? 1 : 2;
    accepts(chosen);

    assertThat(Objects.requireNonNull(cluster).orders().drain("db" + chosen + ":5432"))
        .isNotCompletedExceptionally();
    run();
    assertThat(first.served()).as("what is under way").isTrue();
    Client second = client(provider, ServerRole.REPLICA);
    accepts(3 - chosen);
    assertThat(second.served()).isTrue();
    second.gives();
    first.gives();
    run();
    assertThat(client(provider, ServerRole.REPLICA).served())
        .as("the other one, whose connection is idle")
        .isTrue();
    assertThat(states()).containsExactly("healthy", state(chosen, 1), state(chosen, 2));
  }

  private static String state(int drained, int host) {
    return drained == host ? "draining" : "healthy";
  }

  private List<String> states() {
    CompletableFuture<List<HostState>> states =
        Objects.requireNonNull(cluster).states().toCompletableFuture();
    run();
    return states.join().stream().map(HostState::state).toList();
  }

  @Test
  void the_primary_is_not_drained() {
    servers(1, ServerKind.PRIMARY, ServerKind.REPLICA);

    CompletableFuture<List<HostState>> answer =
        Objects.requireNonNull(cluster).orders().drain("db0").toCompletableFuture();
    run();

    assertThat(answer).isCompletedExceptionally();
    assertThat(states()).containsExactly("healthy", "healthy");
  }

  @Test
  void what_operators_have_said_holds_for_the_servers_of_another_configuration() {
    servers(1, ServerKind.PRIMARY, ServerKind.REPLICA, ServerKind.REPLICA);
    Cluster former = Objects.requireNonNull(cluster);
    CompletionStage<List<HostState>> _ = former.orders().drain("db1");
    CompletionStage<List<HostState>> _ = former.orders().ban("db2", 60);
    run();
    servers(2, ServerKind.PRIMARY, ServerKind.REPLICA, ServerKind.REPLICA);

    Objects.requireNonNull(cluster).orders().inherit(former.orders());
    run();

    assertThat(states()).containsExactly("healthy", "draining", "banned");
  }
}
