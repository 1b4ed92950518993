package org.pglynx.proxy.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unit: times by class. */
class TimeHistogramTest {
  private final TimeHistogram histogram = new TimeHistogram();

  @Test
  void a_percentile_is_off_by_three_percent_at_most() {
    Random random = new Random(7);
    long[] times = new long[20_000];
    for (int i = 0; i < times.length; i++) {
      // From a microsecond to some seconds, as latencies are spread.
      times[i] = (long) (1_500 * Math.exp(random.nextDouble() * 15));
      histogram.record(times[i]);
    }
    Arrays.sort(times);

    Distribution all = histogram.snapshot();
    for (int perMille : new int[] {1, 500, 950, 990, 999, 1000}) {
      long exact = times[(int) Math.ceilDiv((long) times.length * perMille, 1000) - 1];
      assertThat(all.nanosAt(perMille)).isCloseTo(exact, Percentage.withPercentage(3.2));
    }
    assertThat(all.count()).isEqualTo(times.length);
  }

  @ParameterizedTest
  @ValueSource(longs = {-5, 0, 1, 1023})
  void what_is_too_short_is_nothing(long nanos) {
    histogram.record(nanos);
    assertThat(histogram.snapshot().nanosAt(500)).isZero();
  }

  @Test
  void every_time_lies_in_the_class_of_its_size() {
    for (int bits = 10; bits < 42; bits++) {
      for (long nanos : new long[] {1L << bits, (1L << bits) + 1, (2L << bits) - 1}) {
        long middle = TimeHistogram.nanosOf(TimeHistogram.classOf(nanos));
        assertThat((double) middle / nanos).isCloseTo(1, within(0.032));
      }
    }
  }

  @Test
  void a_time_beyond_all_classes_counts_as_the_longest() {
    histogram.record(Long.MAX_VALUE);
    assertThat(histogram.snapshot().nanosAt(1000)).isGreaterThan(TimeUnit.HOURS.toNanos(1));
  }

  @Test
  void nothing_has_no_percentiles() {
    assertThat(histogram.snapshot().nanosAt(999)).isZero();
  }

  @Test
  void what_has_come_since_is_told_apart_from_what_was_before() {
    histogram.record(TimeUnit.MILLISECONDS.toNanos(1));
    Distribution before = histogram.snapshot();
    histogram.record(TimeUnit.MILLISECONDS.toNanos(50));

    Distribution since = histogram.snapshot().since(before);
    assertThat(since.count()).isEqualTo(1);
    assertThat(since.nanosAt(500)).isCloseTo(50_000_000L, Percentage.withPercentage(3.2));
  }

  @Test
  void counts_of_several_threads_add_up() {
    TimeHistogram other = new TimeHistogram();
    histogram.record(2_000);
    other.record(4_000_000);
    other.record(4_000_000);

    Distribution both = histogram.snapshot().plus(other.snapshot());
    assertThat(both.count()).isEqualTo(3);
    assertThat(both.nanosAt(990)).isCloseTo(4_000_000L, Percentage.withPercentage(3.2));
  }

  @Test
  void recording_allocates_nothing() {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().threadId();
    histogram.record(5_000);
    long before = threads.getThreadAllocatedBytes(id);
    for (int i = 0; i < 100_000; i++) {
      histogram.record(i * 1_000L);
    }
    // Asking allocates some bytes itself; a single object for each record would be 1.6 MB.
    assertThat(threads.getThreadAllocatedBytes(id) - before).isLessThan(10_000);
  }
}
