package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Trains the algorithms of a plan one after the other, in a session of the proxy that is the
 * user's. One that fails does not keep the others from being trained.
 *
 * <pre>
 *   of the run:   RUNNING ──all tried──▶ DONE
 *                    └──cancel, or the session with the proxy is lost──▶ CANCELLED, FAILED
 *   of a step:    WAITING ──▶ RUNNING ──▶ SUCCESSFUL | FAILED | CANCELLED
 * </pre>
 */
final class TrainingRun implements Runnable {
  private static final int MESSAGES = 200;
  private static final String QUERY_CANCELED = "57014";

  /** In the words that a training tells its client in. */
  private static final Pattern MODEL = Pattern.compile("Training Model \\{ id: (\\d+),.*");

  private static final Pattern ROUND = Pattern.compile("Training: (.*) (\\d+) of (\\d+), .*");

  private enum State {
    WAITING,
    RUNNING,
    SUCCESSFUL,
    DONE,
    FAILED,
    CANCELLED
  }

  private static final class Step {
    private final String algorithm;
    private State state = State.WAITING;
    private @Nullable Long model;
    private boolean deployed;
    private String phase = "";
    private int round;
    private int rounds;
    private @Nullable Fault fault;
    private @Nullable Instant began;
    private @Nullable Instant ended;

    Step(String algorithm) {
      this.algorithm = algorithm;
    }

    void end(State how) {
      state = how;
      ended = Instant.now();
    }

    ObjectNode json() {
      ObjectNode node = Json.object();
      node.put("algorithm", algorithm).put("state", name(state)).put("deployed", deployed);
      node.put("model", model).put("phase", phase).put("round", round).put("rounds", rounds);
      node.put("began", began == null ? null : began.toString());
      node.put("ended", ended == null ? null : ended.toString());
      if (fault != null) {
        node.setAll(Json.error(fault));
      }
      return node;
    }
  }

  private final int number;
  private final Call call;
  private final TrainingPlan plan;
  private final List<Step> steps = new ArrayList<>();
  private final Deque<String> messages = new ArrayDeque<>();
  private State state = State.RUNNING;
  private boolean cancelled;
  private SqlClient.@Nullable CancelKey key;

  TrainingRun(int number, Call call, TrainingPlan plan) {
    this.number = number;
    this.call = call;
    this.plan = plan;
    plan.algorithms().forEach(each -> steps.add(new Step(each)));
  }

  private static String name(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  int number() {
    return number;
  }

  synchronized boolean running() {
    return state == State.RUNNING;
  }

  @Override
  public void run() {
    try (SqlClient client = call.stay(this::told)) {
      listen(client);
      for (Step step : steps) {
        if (begin(step)) {
          train(client, step);
        }
      }
      end(State.DONE);
    } catch (FaultException e) {
      lost(e.fault());
    } catch (IOException e) {
      lost(Fault.of("08006", "the session with the proxy is lost: " + e.getMessage()));
    } finally {
      end(State.FAILED);
    }
  }

  private synchronized void listen(SqlClient client) {
    key = client.cancelKey();
  }

  private synchronized boolean begin(Step step) {
    if (cancelled) {
      step.end(State.CANCELLED);
      return false;
    }
    step.state = State.RUNNING;
    step.began = Instant.now();
    return true;
  }

  private void train(SqlClient client, Step step) throws IOException {
    TrainingPlan.Statement statement = plan.statement(step.algorithm);
    try {
      Table result = client.ask(statement.sql(), statement.values());
      trained(step, "t".equals(result.rows().getFirst().get(3)));
    } catch (FaultException e) {
      failed(step, e.fault());
    }
  }

  private synchronized void trained(Step step, boolean deployed) {
    step.deployed = deployed;
    step.end(State.SUCCESSFUL);
  }

  private synchronized void failed(Step step, Fault fault) {
    step.fault = fault;
    step.end(cancelled && fault.sqlState().equals(QUERY_CANCELED) ? State.CANCELLED : State.FAILED);
  }

  /** The run ends, if it has not ended yet. */
  private synchronized void end(State how) {
    if (state == State.RUNNING) {
      state = cancelled ? State.CANCELLED : how;
      key = null;
    }
  }

  private synchronized void lost(Fault fault) {
    for (Step step : steps) {
      if (step.state == State.WAITING || step.state == State.RUNNING) {
        failed(step, fault);
      }
    }
  }

  /** What the training tells on its way. */
  private synchronized void told(Fault notice) {
    String text = notice.message();
    if (messages.size() == MESSAGES) {
      messages.removeFirst();
    }
    messages.addLast(text);
    for (Step step : steps) {
      if (step.state == State.RUNNING) {
        told(step, text);
      }
    }
  }

  private static void told(Step step, String text) {
    Matcher model = MODEL.matcher(text);
    if (model.matches()) {
      step.model = Long.valueOf(model.group(1));
    }
    Matcher round = ROUND.matcher(text);
    if (round.matches()) {
      step.phase = round.group(1);
      step.round = Integer.parseInt(round.group(2));
      step.rounds = Integer.parseInt(round.group(3));
    }
  }

  /** Stops what runs, and begins no further algorithm; what has been trained stays. */
  void cancel() {
    SqlClient.CancelKey running;
    synchronized (this) {
      cancelled = true;
      running = key;
    }
    if (running != null) {
      try {
        call.cancel(running);
      } catch (FaultException | IOException e) {
        synchronized (this) {
          messages.addLast("cannot be cancelled: " + e.getMessage());
        }
      }
    }
  }

  synchronized ObjectNode json() {
    ObjectNode node = Json.object();
    node.put("id", number).put("project", plan.project()).put("task", plan.task());
    node.put("relation", plan.relation()).put("state", name(state)).put("cancelled", cancelled);
    ArrayNode targets = node.putArray("targets");
    plan.targets().forEach(targets::add);
    ArrayNode all = node.putArray("steps");
    steps.forEach(step -> all.add(step.json()));
    ArrayNode said = node.putArray("messages");
    messages.forEach(said::add);
    return node;
  }
}
