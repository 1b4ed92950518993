package org.pglynx.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pglynx.proxy.config.BalancingMode;

/** Shares of what each strategy promises, within 5 % of all. */
class BalancerTest {
  private static final int TURNS = 20_000;
  private static final int[] THREE = {0, 1, 2};

  private final Loads loads = new Loads();

  private static final class Loads implements Balancer.Load {
    final int[] outstanding = new int[3];
    final double[] response = {1e6, 1e6, 1e6};
    final int[] weights = {1, 1, 1};
    IntPredicate fit = host -> true;

    @Override
    public boolean fits(int host) {
      return fit.test(host);
    }

    @Override
    public int outstanding(int host) {
      return outstanding[host];
    }

    @Override
    public double responseNanos(int host) {
      return response[host];
    }

    @Override
    public int weight(int host) {
      return weights[host];
    }
  }

  private double[] shares(BalancingMode mode) {
    Balancer balancer = Balancer.of(mode, 3);
    double[] counts = new double[3];
    for (int i = 0; i < TURNS; i++) {
      counts[balancer.pick(THREE, loads)]++;
    }
    return Arrays.stream(counts).map(count -> count / TURNS).toArray();
  }

  @ParameterizedTest
  @EnumSource(BalancingMode.class)
  void equal_servers_get_equal_shares(BalancingMode mode) {
    assertThat(shares(mode))
        .containsExactly(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, within(0.03));
  }

  @ParameterizedTest
  @EnumSource(BalancingMode.class)
  void a_server_that_does_not_fit_gets_nothing_and_the_others_its_share(BalancingMode mode) {
    loads.fit = host -> host != 1;

    assertThat(shares(mode)).containsExactly(new double[] {0.5, 0, 0.5}, within(0.03));
  }

  @ParameterizedTest
  @EnumSource(BalancingMode.class)
  void none_is_chosen_if_none_fits(BalancingMode mode) {
    loads.fit = host -> false;

    assertThat(Balancer.of(mode, 3).pick(THREE, loads)).isEqualTo(View.NONE);
    assertThat(Balancer.of(mode, 3).pick(new int[0], loads)).isEqualTo(View.NONE);
  }

  @Test
  void weights_are_shares() {
    loads.weights[0] = 5;
    loads.weights[1] = 3;
    loads.weights[2] = 2;

    assertThat(shares(BalancingMode.WEIGHTED))
        .containsExactly(new double[] {0.5, 0.3, 0.2}, within(0.001));
  }

  @Test
  void the_fewest_outstanding_sessions_win() {
    loads.outstanding[0] = 4;
    loads.outstanding[1] = 3;
    loads.outstanding[2] = 5;

    assertThat(shares(BalancingMode.LEAST_OUTSTANDING)).containsExactly(0, 1, 0);
  }

  /** Sessions that stay as long as their server takes: four times as long on the last. */
  private double[] sharesUnderLoad(BalancingMode mode) {
    Balancer balancer = Balancer.of(mode, 3);
    double[] counts = new double[3];
    int[] service = {10, 10, 40};
    long[][] ends = new long[3][64];
    for (int[] time = {0}; time[0] < TURNS; time[0]++) {
      for (int host = 0; host < 3; host++) {
        loads.outstanding[host] = (int) Arrays.stream(ends[host]).filter(e -> e > time[0]).count();
        loads.response[host] = service[host] * 1e6;
      }
      int chosen = balancer.pick(THREE, loads);
      counts[chosen]++;
      int free = 0;
      while (ends[chosen][free] > time[0]) {
        free++;
      }
      ends[chosen][free] = time[0] + service[chosen];
    }
    return Arrays.stream(counts).map(count -> count / TURNS).toArray();
  }

  @Test
  void a_slow_server_gets_a_share_by_its_speed_from_what_looks_at_sessions() {
    // Speeds 4 : 4 : 1.
    assertThat(sharesUnderLoad(BalancingMode.LEAST_OUTSTANDING))
        .containsExactly(new double[] {4 / 9.0, 4 / 9.0, 1 / 9.0}, within(0.05));
  }

  @Test
  void a_slow_server_gets_less_than_that_from_what_looks_at_response_times() {
    double[] shares = sharesUnderLoad(BalancingMode.PEAK_EWMA);

    assertThat(shares[2]).isBetween(0.005, 1 / 9.0);
    assertThat(shares[0]).isCloseTo(shares[1], within(0.05));
  }

  @Test
  void a_server_that_nobody_knows_yet_is_tried_by_one_session_at_a_time() {
    loads.response[1] = 0;
    assertThat(Balancer.of(BalancingMode.PEAK_EWMA, 3).pick(THREE, loads)).isEqualTo(1);

    loads.outstanding[1] = 1;
    assertThat(Balancer.of(BalancingMode.PEAK_EWMA, 3).pick(THREE, loads)).isNotEqualTo(1);
  }
}
