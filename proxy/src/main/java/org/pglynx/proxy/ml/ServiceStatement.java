package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgErrorException;

/** A call of a function that gives one row and takes its time: it runs on an executor. */
final class ServiceStatement implements LocalStatement {
  /** What the function does. */
  interface Service {
    /**
     * Does it.
     *
     * @return the row's values: String, Long, Boolean or null
     */
    List<@Nullable Object> run(CallValues values, AnswerContext context, CancelToken cancel)
        throws PgErrorException, InterruptedException;
  }

  private final BoundCall call;
  private final RowForm form;
  private final int[] parameterTypes;
  private final Service service;
  private final Executor executor;

  ServiceStatement(
      BoundCall call, RowForm form, int[] parameterTypes, Service service, Executor executor) {
    this.call = call;
    this.form = form;
    this.parameterTypes = parameterTypes;
    this.service = service;
    this.executor = executor;
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
  public Cancellable start(Arguments arguments, AnswerContext context) {
    CallValues values = new CallValues(call, arguments, parameterTypes);
    return Job.start(
        executor,
        cancel -> {
          List<@Nullable Object> row = service.run(values, context, cancel);
          ByteBuf frames = context.allocator().buffer(256);
          form.write(frames, arguments.resultFormats(), row);
          context.rows(frames, 1);
          context.complete("SELECT 1");
        },
        context::fail);
  }
}
