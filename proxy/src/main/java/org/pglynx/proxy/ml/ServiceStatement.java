package org.pglynx.proxy.ml;

import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgErrorException;

/** A call of a function that gives rows and takes its time: it runs on an executor. */
final class ServiceStatement implements LocalStatement {
  /** What a function does, told about each execution before it waits for its thread. */
  interface Service {
    /** Begins an execution. */
    Execution admitted(CallValues values, AnswerContext context) throws PgErrorException;
  }

  /** A function that gives one row. */
  interface OneRow extends Service {
    /**
     * Does it.
     *
     * @return the row's values: String, Long, Double, Boolean or null
     */
    List<@Nullable Object> run(CallValues values, AnswerContext context, CancelToken cancel)
        throws PgErrorException, InterruptedException;

    @Override
    default Execution admitted(CallValues values, AnswerContext context) {
      return stop -> List.of(run(values, context, stop));
    }
  }

  /** A function that gives any number of rows. */
  interface Table extends Service {
    /** Does it. */
    List<List<@Nullable Object>> rows(CallValues values, AnswerContext context)
        throws PgErrorException, InterruptedException;

    @Override
    default Execution admitted(CallValues values, AnswerContext context) {
      return stop -> rows(values, context);
    }
  }

  /** One execution of a service. */
  interface Execution {
    /** Does it. */
    List<List<@Nullable Object>> rows(Stop stop) throws PgErrorException, InterruptedException;

    /** It waits for the executor or runs already; this stops it. */
    default void startedAs(Stoppable work) {}

    /** It has ended, well or not; may be told more than once. */
    default void ended() {}
  }

  private final BoundCall call;
  private final RowForm form;
  private final int[] parameterTypes;
  private final Service service;
  private final Executor executor;
  private final CallTimeouts timeouts;

  /**
   * A call.
   *
   * @param timeouts what holds it to the server's time limits
   */
  ServiceStatement(
      BoundCall call,
      RowForm form,
      int[] parameterTypes,
      Service service,
      Executor executor,
      CallTimeouts timeouts) {
    this.call = call;
    this.form = form;
    this.parameterTypes = parameterTypes;
    this.service = service;
    this.executor = executor;
    this.timeouts = timeouts;
  }

  @Override
  public List<Column> columns() {
    return form.columns();
  }

  @Override
  public int[] parameterTypes() {
    return parameterTypes;
  }

  @Override
  public Texts texts() {
    boolean names = call.signature().function().equals("feature_importance");
    return names ? Texts.OWN_VALUES : Texts.OWN_STATEMENT;
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    return timeouts.start(context, (limited, end) -> run(arguments, limited, end));
  }

  private Stoppable run(Arguments arguments, AnswerContext context, CallTimeouts.End end) {
    Execution execution;
    try {
      execution = service.admitted(new CallValues(call, arguments, parameterTypes), context);
    } catch (PgErrorException e) {
      context.fail(e.error());
      return Stoppable.DONE;
    }
    Stoppable work =
        Job.start(
            executor,
            stop -> {
              List<List<@Nullable Object>> rows = execution.rows(stop);
              end.succeeded();
              execution.ended();
              answer(rows, arguments, context);
            },
            error -> {
              execution.ended();
              context.fail(error);
            });
    execution.startedAs(work);
    return work;
  }

  private void answer(List<List<@Nullable Object>> rows, Arguments arguments, AnswerContext context)
      throws PgErrorException, InterruptedException {
    RowsAnswer.give(
        context,
        frames -> {
          for (List<@Nullable Object> row : rows) {
            form.write(frames, arguments.resultFormats(), row);
          }
          return rows.size();
        });
  }
}
