package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The trainings that somebody has begun on the page; so many run, and the last ones are shown. */
final class TrainingRuns {
  private static final int MOST_RUNNING = 4;
  private static final int MOST_SHOWN = 32;

  private final List<TrainingRun> runs = new ArrayList<>();
  private int number;
  private boolean over;

  /** Begins one. */
  synchronized TrainingRun start(Call call, TrainingPlan plan) throws FaultException {
    if (over) {
      throw Fault.of("57P01", "the session has ended").toException();
    }
    if (runs.stream().filter(TrainingRun::running).count() >= MOST_RUNNING) {
      throw Fault.of("53400", MOST_RUNNING + " trainings of this session run already")
          .withHint("Wait for one, or cancel one.")
          .toException();
    }
    if (runs.size() >= MOST_SHOWN) {
      runs.stream().filter(run -> !run.running()).findFirst().ifPresent(runs::remove);
    }
    TrainingRun run = new TrainingRun(++number, call, plan);
    runs.add(run);
    Thread.ofVirtual().name("pglynx-dashboard-training-", number).start(run);
    return run;
  }

  synchronized boolean running() {
    return runs.stream().anyMatch(TrainingRun::running);
  }

  synchronized @Nullable TrainingRun find(long wanted) {
    return runs.stream().filter(run -> run.number() == wanted).findFirst().orElse(null);
  }

  /** The newest first. */
  synchronized ArrayNode json() {
    ArrayNode all = Json.array();
    runs.reversed().forEach(run -> all.add(run.json()));
    return all;
  }

  /** Whoever began them is gone. */
  void cancelAll() {
    List<TrainingRun> left;
    synchronized (this) {
      over = true;
      left = List.copyOf(runs);
    }
    left.forEach(run -> Thread.ofVirtual().start(run::cancel));
  }
}
