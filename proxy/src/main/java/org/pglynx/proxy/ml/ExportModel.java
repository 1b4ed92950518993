package org.pglynx.proxy.ml;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ModelFormat;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** pgml.export_model: a model as a file of another library; NULL for NULL. */
final class ExportModel implements ServiceStatement.OneRow {
  // A value in text form takes two digits a byte, and values end at 1 GB.
  private static final int MAX_BYTES = (1 << 29) - 64;

  private final MlEngine engine;
  private final ModelSource models;

  ExportModel(MlEngine engine, ModelSource models) {
    this.engine = engine;
    this.models = models;
  }

  @Override
  public List<@Nullable Object> run(CallValues values, AnswerContext context, CancelToken cancel)
      throws PgErrorException, InterruptedException {
    ModelRef reference = ModelRef.of(values);
    String name = values.text("format");
    if (reference == null || name == null) {
      return Collections.singletonList(null);
    }
    ModelFormat format = ForeignFormat.written(name);
    LoadedModel loaded;
    try (SqlSession session = context.servers().openToRead()) {
      loaded = models.find(context, session, reference);
    }
    byte[] bytes = engine.exportModel(loaded.model(), format);
    if (bytes.length > MAX_BYTES) {
      throw PgError.error(
              SqlState.PROGRAM_LIMIT,
              "model %d has %d bytes as %s, the limit is %d"
                  .formatted(loaded.key().id(), bytes.length, name, MAX_BYTES))
          .toException();
    }
    return Collections.singletonList(bytes);
  }
}
