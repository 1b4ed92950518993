package org.pglynx.ml.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linear.WeightedSums.Case;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.ProgressListener;

/** Fits ask often whether they are still wanted; measured in CPU time of their own thread. */
class CancelledFitsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long WANTED_FOR = SECOND / 5;

  /** Wanted for a while; remembers the longest time between two questions. */
  private static final class Watch implements CancelToken {
    private final long start = cpu();
    private long last = start;
    private long longest;
    private boolean cancelled;

    @Override
    public boolean cancelled() {
      long now = cpu();
      longest = Math.max(longest, now - last);
      last = now;
      cancelled |= now - start > WANTED_FOR;
      return cancelled;
    }

    long longest() {
      return Math.max(longest, cpu() - last);
    }

    private static long cpu() {
      return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
  }

  @ParameterizedTest
  @MethodSource("org.pglynx.ml.linear.WeightedSums#cases")
  @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_long_table_asks_within_a_second(Case of) {
    assertAsksOften(of, 60_000, 20);
  }

  @ParameterizedTest
  @MethodSource("org.pglynx.ml.linear.WeightedSums#cases")
  @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_wide_table_asks_within_a_second(Case of) {
    assertAsksOften(of, 1500, 600);
  }

  private static void assertAsksOften(Case of, int rows, int width) {
    float[][] x = WeightedSums.random(rows, width, 1);
    TrainingTable table = WeightedSums.table(of, x, WeightedSums.labels(of, x, 3));
    Watch watch = new Watch();
    FitContext context = new FitContext(3, 1, watch, ProgressListener.NONE);

    MlException error =
        catchThrowableOfType(
            MlException.class,
            () -> of.algorithm().fit(table, Map.copyOf(of.hyperparams()), context));

    assertThat(watch.longest()).isLessThan(SECOND);
    assertThat(error != null).isEqualTo(watch.cancelled);
    if (error != null) {
      assertThat(error.kind()).isEqualTo(Kind.CANCELLED);
    }
  }
}
