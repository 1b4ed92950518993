package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

class TrainingJobsTest {
  private final TrainingJobs jobs = new TrainingJobs();

  private TrainingJob job() {
    return jobs.add(new TrainingJob.Place("here", "shop", "app"), "project", "linear");
  }

  @Test
  void who_waits_for_the_end_of_all_goes_on_with_the_last() throws InterruptedException {
    TrainingJob one = job();
    TrainingJob other = job();
    Thread.startVirtualThread(() -> {
      jobs.remove(one, true);
      jobs.remove(other, false);
    });

    assertThat(jobs.awaitNone(TimeUnit.MINUTES.toNanos(1))).isTrue();
  }

  @Test
  void who_waits_for_a_training_that_does_not_end_waits_no_longer_than_it_would()
      throws InterruptedException {
    job();

    assertThat(jobs.awaitNone(TimeUnit.MILLISECONDS.toNanos(1))).isFalse();
  }

  @Test
  void a_training_that_begins_when_all_have_been_stopped_is_stopped_for_the_same_reason() {
    PgError shutdown = PgError.error(SqlState.ADMIN_SHUTDOWN, "the proxy is shutting down");
    jobs.stop(shutdown);
    List<PgError> reasons = new ArrayList<>();

    job().startedAs(reasons::add);

    assertThat(reasons).containsExactly(shutdown);
  }
}
