package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingThreadsTest {
  @Test
  void trainings_that_run_share_the_cores() {
    AtomicInteger running = new AtomicInteger(1);
    TrainingThreads threads = new TrainingThreads(8, running::get);

    assertThat(threads.each()).isEqualTo(8);
    running.set(3);
    assertThat(threads.each()).isEqualTo(2);
    running.set(20);
    assertThat(threads.each()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"8, 8, 8", "2, 2, 2", "4, 16, 2", "1, 16, 1", "3, 2, 3"})
  void a_quota_of_time_is_left_half_to_those_who_serve(int cores, int allowed, int usable) {
    assertThat(TrainingThreads.usable(cores, allowed)).isEqualTo(usable);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0|1", "0-3|4", "0-3,8|5", "0,2,4-5|4"})
  void cores_are_counted_in_the_kernels_lists(String list, int count) {
    assertThat(TrainingThreads.count(list)).isEqualTo(count);
  }
}
