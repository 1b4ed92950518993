package org.pglynx.proxy.ml;

import java.util.List;
import java.util.concurrent.Executor;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgError.Severity;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** CREATE EXTENSION and DROP EXTENSION of pgml: the schema stands for the extension. */
final class ExtensionService implements LocalStatement {
  private final ExtensionStatement statement;
  private final ModelSource models;
  private final Executor executor;

  ExtensionService(ExtensionStatement statement, ModelSource models, Executor executor) {
    this.statement = statement;
    this.models = models;
    this.executor = executor;
  }

  @Override
  public List<Column> columns() {
    return List.of();
  }

  @Override
  public int[] parameterTypes() {
    return new int[0];
  }

  @Override
  public Texts texts() {
    return Texts.OWN_STATEMENT;
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    return Job.start(executor, cancel -> run(context), context::fail);
  }

  private void run(AnswerContext context) throws PgErrorException, InterruptedException {
    try (SqlSession session = context.servers().open()) {
      if (statement.create() && statement.lenient() && PgmlSchema.exists(session)) {
        complete(context, session);
      } else if (PgmlSchema.exists(session) == statement.create()) {
        skip(context);
      } else if (statement.create()) {
        PgmlSchema.ensure(session);
      } else {
        PgmlSchema.drop(session, statement.cascade());
        models.forget(context);
      }
    }
    context.complete(statement.create() ? "CREATE EXTENSION" : "DROP EXTENSION");
  }

  /** What an older version left: its schema, and deployed models that are no functions yet. */
  private void complete(AnswerContext context, SqlSession session)
      throws PgErrorException, InterruptedException {
    if (PgmlSchema.old(session)) {
      PgmlSchema.ensure(session);
    } else {
      skip(context);
    }
    for (long id : Exports.missing(session)) {
      LoadedModel loaded = models.find(context, session, new ModelRef.Id(id));
      Exports.store(session, id, loaded.model());
    }
  }

  private void skip(AnswerContext context) throws PgErrorException {
    String text =
        "extension \"pgml\" " + (statement.create() ? "already exists" : "does not exist");
    if (!statement.lenient()) {
      throw (statement.create()
              ? new PgError(Severity.ERROR, "42710", text, null, null)
              : PgError.error(SqlState.UNDEFINED_OBJECT, text))
          .toException();
    }
    context.notice(PgError.notice(Severity.NOTICE, text + ", skipping"));
  }
}
