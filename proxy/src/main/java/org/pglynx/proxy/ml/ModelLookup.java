package org.pglynx.proxy.ml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Finds the models of all predictions in a statement. Where a selector is NULL, so is the model.
 *
 * @param selectors one per prediction
 * @param types of {@code $1}, …, as far as selectors need them
 * @param source where models come from
 */
record ModelLookup(List<ModelSelector> selectors, int[] types, ModelSource source) {
  /** The models if all are known and in memory, else null. For event loops: never blocks. */
  @Nullable LoadedModel @Nullable [] cached(Arguments arguments, AnswerContext context)
      throws PgErrorException {
    @Nullable LoadedModel[] found = new LoadedModel[selectors.size()];
    for (int i = 0; i < found.length; i++) {
      ModelRef reference = selectors.get(i).choose(arguments, types);
      if (reference != null) {
        found[i] = source.cached(context, reference);
        if (found[i] == null) {
          return null;
        }
      }
    }
    return found;
  }

  /** The models, looked up through the server. Blocks. */
  @Nullable LoadedModel[] find(Arguments arguments, AnswerContext context)
      throws PgErrorException, InterruptedException {
    @Nullable LoadedModel[] found = new LoadedModel[selectors.size()];
    try (SqlSession session = context.servers().open()) {
      for (int i = 0; i < found.length; i++) {
        ModelRef reference = selectors.get(i).choose(arguments, types);
        found[i] = reference == null ? null : source.find(context, session, reference);
      }
    }
    return found;
  }
}
