package org.pglynx.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Unit: what was started is stopped, once, in reverse order. */
class StoppablesTest {
  private final List<String> stopped = new ArrayList<>();
  private final Stoppables running = new Stoppables();

  @Test
  void theLastStartedIsStoppedFirst() throws Exception {
    running.add(() -> () -> stopped.add("database"));
    running.add(() -> () -> stopped.add("proxy"));

    running.close();

    assertThat(stopped).containsExactly("proxy", "database");
  }

  @Test
  void aSecondCloseDoesNothing() throws Exception {
    running.add(() -> () -> stopped.add("database"));
    running.close();

    running.close();

    assertThat(stopped).containsExactly("database");
  }

  @Test
  void oneThatFailsToStopDoesNotKeepTheOthersRunning() throws Exception {
    running.add(() -> () -> stopped.add("database"));
    running.add(() ->
        () -> {
          throw new IllegalStateException("stuck");
        });

    running.close();

    assertThat(stopped).containsExactly("database");
  }

  @Test
  void nothingStartsAfterTheEnd() {
    running.close();

    assertThatThrownBy(() -> running.add(() -> () -> stopped.add("late")))
        .isInstanceOf(CancellationException.class);
    assertThat(stopped).isEmpty();
  }
}
