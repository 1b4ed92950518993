package org.pglynx.proxy.ml;

import java.util.concurrent.Executor;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgError.Severity;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** CREATE, DROP and ALTER EXTENSION of pgml: the schema stands for the extension. */
final class ExtensionService implements LocalStatement {
  private static final String NOT_THERE = "extension \"pgml\" does not exist";

  private final ExtensionStatement statement;
  private final ModelSource models;
  private final Executor executor;

  ExtensionService(ExtensionStatement statement, ModelSource models, Executor executor) {
    this.statement = statement;
    this.models = models;
    this.executor = executor;
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
      boolean exists = PgmlSchema.exists(session);
      switch (statement.action()) {
        case CREATE -> create(context, session, exists);
        case DROP -> drop(context, session, exists);
        case ALTER -> update(context, session, exists);
      }
    }
    context.complete(statement.action() + " EXTENSION");
  }

  private void create(AnswerContext context, SqlSession session, boolean exists)
      throws PgErrorException, InterruptedException {
    if (!exists) {
      PgmlSchema.ensure(session);
    } else if (statement.lenient()) {
      complete(context, session, "extension \"pgml\" already exists, skipping");
    } else {
      throw new PgError(Severity.ERROR, "42710", "extension \"pgml\" already exists", null, null)
          .toException();
    }
  }

  private void drop(AnswerContext context, SqlSession session, boolean exists)
      throws PgErrorException, InterruptedException {
    if (exists) {
      PgmlSchema.drop(session, statement.cascade());
      models.forget(context);
    } else if (statement.lenient()) {
      context.notice(PgError.notice(Severity.NOTICE, NOT_THERE + ", skipping"));
    } else {
      throw PgError.error(SqlState.UNDEFINED_OBJECT, NOT_THERE).toException();
    }
  }

  /** To this version, whichever is asked for. */
  private void update(AnswerContext context, SqlSession session, boolean exists)
      throws PgErrorException, InterruptedException {
    if (!exists) {
      throw PgError.error(SqlState.UNDEFINED_OBJECT, NOT_THERE).toException();
    }
    complete(context, session, "extension \"pgml\" is of this version already");
  }

  /** What an older version left: its schema, and deployed models that are no functions yet. */
  private void complete(AnswerContext context, SqlSession session, String otherwise)
      throws PgErrorException, InterruptedException {
    if (PgmlSchema.old(session)) {
      PgmlSchema.ensure(session);
    } else {
      context.notice(PgError.notice(Severity.NOTICE, otherwise));
    }
    for (long id : Exports.missing(session)) {
      LoadedModel loaded = models.find(context, session, new ModelRef.Id(id));
      Exports.store(session, id, loaded.model());
    }
  }
}
