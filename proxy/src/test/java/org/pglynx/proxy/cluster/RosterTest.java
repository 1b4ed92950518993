package org.pglynx.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.BalancingConfig;
import org.pglynx.proxy.config.BalancingMode;
import org.pglynx.proxy.config.DefaultRole;
import org.pglynx.proxy.config.HealthConfig;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ServerKind;

class RosterTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final List<String> events = new ArrayList<>();
  private long now = 1_000 * SECOND;

  private final class Heard implements Roster.Events {
    @Override
    public void mute(Host host, String why) {
      events.add("mute " + host.index());
    }

    @Override
    public void back(Host host) {
      events.add("back " + host.index());
    }

    @Override
    public void drains(Host host) {
      events.add("drain " + host.index() + " " + host.draining());
    }

    @Override
    public void deposed(Host host, Host successor) {
      events.add("deposed " + host.index() + " by " + successor.index());
    }
  }

  private static BalancingConfig config(boolean primaryReads, String zone) {
    return new BalancingConfig(
        BalancingMode.RANDOM,
        DefaultRole.ANY,
        primaryReads,
        false,
        500,
        10_000,
        0,
        zone,
        new HealthConfig(1_000, 1_000, 60));
  }

  private Roster roster(BalancingConfig config, ServerKind... kinds) {
    List<ServerConfig> servers = new ArrayList<>();
    for (ServerKind kind : kinds) {
      int number = servers.size();
      servers.add(new ServerConfig("db" + number, 5432, kind, 1, number == 2 ? "b" : "a"));
    }
    return new Roster("shop", servers, config, new Heard(), now);
  }

  private Roster fixed(boolean primaryReads) {
    return roster(
        config(primaryReads, ""), ServerKind.PRIMARY, ServerKind.REPLICA, ServerKind.REPLICA);
  }

  private Roster auto() {
    Roster roster = roster(config(true, ""), ServerKind.AUTO, ServerKind.AUTO, ServerKind.AUTO);
    leads(roster, 0, 1);
    follows(roster, 1);
    follows(roster, 2);
    return roster;
  }

  private void leads(Roster roster, int host, int timeline) {
    roster.answered(roster.host(host), ServerFacts.writing(1_000, timeline), now, now);
  }

  private void follows(Roster roster, int host) {
    follows(roster, host, 1_000);
  }

  private void follows(Roster roster, int host, long position) {
    roster.answered(roster.host(host), ServerFacts.replaying(position), now, now);
  }

  private void refuses(Roster roster, int host) {
    roster.unanswered(roster.host(host), "refused", Failing.REFUSES, now);
  }

  private void isSilent(Roster roster, int host) {
    roster.unanswered(roster.host(host), "silent", Failing.SILENT, now);
  }

  // ---- roles that are given --------------------------------------------------------------------

  @Test
  void reads_go_to_replicas_and_anything_may_go_anywhere() {
    View view = fixed(true).view(now);

    assertThat(view.primary()).isZero();
    assertThat(view.replicas()).containsExactly(1, 2);
    assertThat(view.any()).containsExactly(0, 1, 2);
  }

  @Test
  void a_replica_that_refuses_is_banned_at_once() {
    Roster roster = fixed(true);

    refuses(roster, 1);

    assertThat(roster.host(1).stateName()).isEqualTo("banned");
    assertThat(roster.view(now).replicas()).containsExactly(2);
  }

  @Test
  void a_replica_that_is_silent_is_avoided_at_once_and_banned_the_second_time() {
    Roster roster = fixed(true);

    isSilent(roster, 1);
    assertThat(roster.host(1).stateName()).isEqualTo("suspect");
    assertThat(roster.view(now).replicas()).containsExactly(2);

    isSilent(roster, 1);
    assertThat(roster.host(1).stateName()).isEqualTo("banned");
  }

  @Test
  void a_replica_that_stays_silent_is_given_up_with_all_that_it_works_on() {
    Roster roster = fixed(true);
    for (int i = 0; i < 4; i++) {
      isSilent(roster, 1);
    }
    assertThat(events).isEmpty();

    isSilent(roster, 1);
    isSilent(roster, 1);

    assertThat(events).containsExactly("mute 1");
  }

  @Test
  void a_replica_that_cannot_be_reached_is_given_up_and_one_that_says_that_it_stops_is_not() {
    Roster roster = fixed(true);
    for (int i = 0; i < 5; i++) {
      roster.unanswered(roster.host(1), "no route", Failing.UNREACHABLE, now);
      roster.unanswered(roster.host(2), "shutting down", Failing.REFUSES, now);
    }

    assertThat(events).containsExactly("mute 1");
  }

  @Test
  void a_primary_that_stays_silent_is_not_given_up_while_there_is_no_other() {
    Roster roster = auto();
    for (int i = 0; i < 9; i++) {
      isSilent(roster, 0);
    }

    assertThat(events).isEmpty();
    assertThat(roster.view(now).primary()).isEqualTo(View.NONE);
  }

  @Test
  void a_lost_connection_makes_suspect_until_the_next_answer() {
    Roster roster = fixed(true);

    assertThat(roster.doubt(roster.host(1))).isTrue();
    assertThat(roster.doubt(roster.host(1))).isFalse();
    assertThat(roster.view(now).replicas()).containsExactly(2);

    follows(roster, 1);
    assertThat(roster.view(now).replicas()).containsExactly(1, 2);
  }

  @Test
  void a_banned_replica_comes_back_with_the_first_answer_after_its_time() {
    Roster roster = fixed(true);
    refuses(roster, 1);

    now += SECOND / 2;
    follows(roster, 1);
    assertThat(roster.view(now).replicas()).containsExactly(2);

    now += SECOND;
    follows(roster, 1);
    assertThat(roster.view(now).replicas()).containsExactly(1, 2);
    assertThat(events).containsExactly("back 1");
  }

  private long banSeconds(Roster roster, int host) {
    return (((Health.Banned) roster.host(host).health()).untilNanos() - now) / SECOND;
  }

  @Test
  void each_ban_of_a_server_that_comes_back_and_fails_is_twice_as_long_up_to_the_limit() {
    Roster roster = fixed(true);
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      refuses(roster, 1);
      seconds.add(banSeconds(roster, 1));
      now += SECOND * seconds.getLast();
      follows(roster, 1);
    }

    assertThat(seconds).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
  }

  @Test
  void a_server_that_was_down_for_long_is_used_with_its_first_answer() {
    Roster roster = fixed(true);
    for (int i = 0; i < 100; i++) {
      refuses(roster, 1);
      now += SECOND;
    }

    follows(roster, 1);

    assertThat(roster.view(now).replicas()).containsExactly(1, 2);
  }

  @Test
  void a_server_whose_ban_was_lifted_and_that_fails_goes_on_with_the_ban_it_had() {
    Roster roster = fixed(false);
    refuses(roster, 1);
    refuses(roster, 2);
    for (int i = 0; i < 100; i++) {
      now += SECOND / 5;
      View view = roster.view(now);
      assertThat(view.replicas()).hasSize(1);
      refuses(roster, view.replicas()[0]);
    }

    follows(roster, 1);
    follows(roster, 2);

    assertThat(roster.view(now).replicas()).containsExactly(1, 2);
  }

  @Test
  void a_server_that_has_been_well_for_long_begins_with_a_short_ban_again() {
    Roster roster = fixed(true);
    for (int i = 0; i < 5; i++) {
      refuses(roster, 1);
      now += 61 * SECOND;
    }
    follows(roster, 1);
    now += 61 * SECOND;

    refuses(roster, 1);

    assertThat(((Health.Banned) roster.host(1).health()).untilNanos() - now).isEqualTo(SECOND);
  }

  @Test
  void the_primary_is_never_banned_from_writes() {
    Roster roster = fixed(true);

    refuses(roster, 0);

    View view = roster.view(now);
    assertThat(view.primary()).isZero();
    assertThat(view.settled()).isTrue();
    assertThat(view.any()).containsExactly(1, 2);
  }

  @Test
  void with_all_replicas_banned_the_primary_serves_reads() {
    Roster roster = fixed(true);

    refuses(roster, 1);
    refuses(roster, 2);

    assertThat(roster.view(now).replicas()).containsExactly(0);
  }

  @Test
  void with_all_replicas_banned_and_no_reads_from_the_primary_the_oldest_ban_is_lifted() {
    Roster roster = fixed(false);
    refuses(roster, 2);
    now += SECOND / 4;
    refuses(roster, 1);

    assertThat(roster.view(now).replicas()).containsExactly(2);
    assertThat(events).containsExactly("back 2");
  }

  @Test
  void a_standby_that_has_more_than_the_server_that_was_promoted_is_not_taken_to_follow_it() {
    Roster roster = auto();
    follows(roster, 1, 1_000);
    follows(roster, 2, 5_000);
    leads(roster, 1, 2);
    now += SECOND;
    long written = now;
    now += 1;
    roster.answered(roster.host(1), ServerFacts.writing(2_000, 2), now, now);

    follows(roster, 2, 5_000);

    assertThat(roster.host(2).replayedNanos()).isLessThan(written);
    assertThat(roster.host(2).stateName()).isEqualTo("stray");
    assertThat(roster.view(now).replicas()).containsExactly(1);
  }

  @Test
  void a_standby_that_gets_more_of_the_log_follows_the_new_primary() {
    Roster roster = auto();
    leads(roster, 1, 2);
    follows(roster, 2, 1_000);
    assertThat(roster.host(2).stateName()).isEqualTo("stray");
    now += SECOND;
    roster.answered(roster.host(1), ServerFacts.writing(2_000, 2), now, now);

    follows(roster, 2, 2_000);

    assertThat(roster.host(2).replayedNanos()).isEqualTo(now);
    assertThat(roster.view(now).replicas()).containsExactly(2);
  }

  @Test
  void a_standby_of_a_former_primary_that_still_writes_is_known_by_its_timeline() {
    Roster roster = auto();
    leads(roster, 1, 2);
    now += SECOND;
    roster.answered(roster.host(1), ServerFacts.writing(2_000, 2), now, now);

    roster.answered(roster.host(2), new ServerFacts(true, 3_000, 3_000, 1), now, now);
    assertThat(roster.host(2).replayedNanos()).isLessThan(now);
    assertThat(roster.view(now).replicas()).containsExactly(1);

    roster.answered(roster.host(2), new ServerFacts(true, 2_000, 2_000, 2), now, now);
    assertThat(roster.host(2).replayedNanos()).isEqualTo(now);
    assertThat(roster.view(now).replicas()).containsExactly(2);
  }

  @Test
  void where_the_primary_is_not_read_from_a_standby_that_does_not_follow_is_better_than_none() {
    Roster roster = roster(config(false, ""), ServerKind.AUTO, ServerKind.AUTO, ServerKind.AUTO);
    leads(roster, 0, 1);
    follows(roster, 1);
    follows(roster, 2);
    leads(roster, 1, 2);

    follows(roster, 2);

    assertThat(roster.view(now).replicas()).containsExactly(2);
  }

  @Test
  void a_replica_that_lags_takes_no_reads_until_it_has_caught_up() {
    Roster roster = fixed(true);
    leads(roster, 0, 1);
    now += SECOND;
    roster.answered(roster.host(0), ServerFacts.writing(9_000, 1), now, now);

    follows(roster, 1, 1_001);
    follows(roster, 2, 9_000);
    assertThat(roster.view(now).replicas()).containsExactly(2);
    assertThat(roster.host(1).stateName()).isEqualTo("lagging");

    follows(roster, 1, 9_000);
    assertThat(roster.view(now).replicas()).containsExactly(1, 2);
  }

  @Test
  void a_lag_in_bytes_counts_as_well() {
    Roster roster = fixed(true);
    roster.answered(roster.host(0), ServerFacts.writing(90_000, 1), now, now);

    follows(roster, 1, 79_999);

    assertThat(roster.host(1).lagBytes()).isEqualTo(10_001);
    assertThat(roster.view(now).replicas()).containsExactly(2);
  }

  @Test
  void servers_of_the_same_zone_are_chosen_first() {
    Roster roster =
        roster(config(true, "b"), ServerKind.PRIMARY, ServerKind.REPLICA, ServerKind.REPLICA);

    assertThat(roster.view(now).replicas()).containsExactly(2);
    assertThat(roster.view(now).any()).containsExactly(2);

    refuses(roster, 2);
    assertThat(roster.view(now).replicas()).containsExactly(1);
  }

  @Test
  void what_lets_nobody_in_who_asks_is_alive() {
    Roster roster = fixed(true);
    isSilent(roster, 1);

    roster.answered(roster.host(1), null, now, now);

    assertThat(roster.view(now).replicas()).containsExactly(1, 2);
  }

  // ---- what operators say ----------------------------------------------------------------------

  @Test
  void an_operators_ban_ends_with_its_time_and_not_with_an_answer() {
    Roster roster = fixed(true);
    roster.banByOperator(roster.host(1), 10 * SECOND, now);

    now += 9 * SECOND;
    follows(roster, 1);
    refuses(roster, 1);
    roster.expire(now);
    assertThat(roster.view(now).replicas()).containsExactly(2);

    now += SECOND;
    roster.expire(now);
    assertThat(roster.view(now).replicas()).containsExactly(1, 2);
  }

  @Test
  void an_operators_ban_is_not_lifted_for_want_of_others() {
    Roster roster = fixed(false);
    roster.banByOperator(roster.host(1), 10 * SECOND, now);
    roster.banByOperator(roster.host(2), 10 * SECOND, now);

    assertThat(roster.view(now).replicas()).isEmpty();
    assertThat(roster.unban(roster.host(2), now)).isTrue();
    assertThat(roster.unban(roster.host(2), now)).isFalse();
    assertThat(roster.view(now).replicas()).containsExactly(2);
  }

  // ---- roles that are found --------------------------------------------------------------------

  @Test
  void nobody_is_the_primary_before_all_have_been_asked() {
    Roster roster = roster(config(true, ""), ServerKind.AUTO, ServerKind.AUTO);

    leads(roster, 0, 1);
    assertThat(roster.view(now).primary()).isEqualTo(View.NONE);
    assertThat(roster.view(now).settled()).isFalse();

    follows(roster, 1);
    assertThat(roster.view(now).primary()).isZero();
    assertThat(roster.view(now).replicas()).containsExactly(1);
  }

  @Test
  void of_two_primaries_the_one_on_the_newest_timeline_is_followed() {
    Roster roster = roster(config(true, ""), ServerKind.AUTO, ServerKind.AUTO);

    leads(roster, 0, 3);
    leads(roster, 1, 4);

    assertThat(roster.view(now).primary()).isEqualTo(1);
    assertThat(roster.view(now).any()).containsExactly(1);
    assertThat(roster.host(0).stateName()).isEqualTo("stray");
  }

  @Test
  void a_primary_that_is_gone_leaves_writes_waiting() {
    Roster roster = auto();

    refuses(roster, 0);

    assertThat(roster.view(now).primary()).isEqualTo(View.NONE);
    assertThat(roster.view(now).replicas()).containsExactly(1, 2);
  }

  @Test
  void a_promotion_is_followed() {
    Roster roster = auto();
    refuses(roster, 0);
    events.clear();

    leads(roster, 2, 2);

    assertThat(roster.view(now).primary()).isEqualTo(2);
    assertThat(roster.view(now).replicas()).containsExactly(1);
    assertThat(events).containsExactly("deposed 0 by 2");
  }

  @Test
  void a_promotion_is_followed_although_the_former_primary_still_answers() {
    Roster roster = auto();

    leads(roster, 1, 2);
    leads(roster, 0, 1);

    assertThat(roster.view(now).primary()).isEqualTo(1);
    assertThat(roster.host(0).stateName()).isEqualTo("stray");
    assertThat(events).containsExactly("deposed 0 by 1");
  }

  @Test
  void a_former_primary_that_comes_back_is_not_written_to_even_if_the_new_one_is_gone() {
    Roster roster = auto();
    refuses(roster, 0);
    leads(roster, 1, 2);
    refuses(roster, 1);
    now += 5 * SECOND;

    leads(roster, 0, 1);

    assertThat(roster.view(now).primary()).isEqualTo(View.NONE);
    assertThat(roster.view(now).any()).containsExactly(2);
  }

  @Test
  void the_same_primary_may_come_back_at_once() {
    Roster roster = auto();
    refuses(roster, 0);

    leads(roster, 0, 1);

    assertThat(roster.view(now).primary()).isZero();
    assertThat(events).containsExactly("back 0");
  }

  @Test
  void a_former_primary_that_follows_the_new_one_answers_reads() {
    Roster roster = auto();
    refuses(roster, 0);
    leads(roster, 1, 2);
    now += 5 * SECOND;

    follows(roster, 0, 1_100);

    assertThat(roster.view(now).replicas()).containsExactly(0, 2);
  }

  // ---- drained -------------------------------------------------------------------------------

  @Test
  void a_drained_replica_takes_no_reads_until_that_ends() {
    Roster roster = fixed(true);
    roster.drain(roster.host(1), true);

    assertThat(roster.view(now).replicas()).containsExactly(2);
    assertThat(roster.host(1).stateName()).isEqualTo("draining");
    assertThat(roster.drain(roster.host(1), true)).as("is already").isFalse();

    roster.drain(roster.host(2), true);
    assertThat(roster.view(now).replicas()).as("the primary alone").containsExactly(0);

    roster.drain(roster.host(1), false);
    assertThat(roster.view(now).replicas()).containsExactly(1);
    assertThat(events).containsExactly("drain 1 true", "drain 2 true", "drain 1 false");
  }

  @Test
  void where_all_replicas_are_drained_and_the_primary_may_not_read_nobody_does() {
    Roster roster = fixed(false);
    roster.drain(roster.host(1), true);
    roster.drain(roster.host(2), true);

    assertThat(roster.view(now).replicas()).isEmpty();
  }

  @Test
  void a_drained_standby_is_not_read_from_for_want_of_others_that_follow_the_primary() {
    Roster roster = roster(config(false, ""), ServerKind.AUTO, ServerKind.AUTO, ServerKind.AUTO);
    leads(roster, 0, 1);
    follows(roster, 1);
    follows(roster, 2);
    leads(roster, 1, 2);
    follows(roster, 2);
    assertThat(roster.host(2).astray()).isTrue();

    roster.drain(roster.host(2), true);

    assertThat(roster.view(now).replicas()).isEmpty();
  }

  @Test
  void a_drained_standby_that_is_promoted_takes_writes() {
    Roster roster = auto();
    roster.drain(roster.host(1), true);
    leads(roster, 1, 2);

    assertThat(roster.view(now).primary()).isEqualTo(1);
    assertThat(roster.host(1).draining()).isFalse();
  }
}
