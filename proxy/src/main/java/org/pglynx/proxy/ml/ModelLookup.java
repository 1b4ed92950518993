package org.pglynx.proxy.ml;

import java.util.List;
import java.util.Objects;
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
    @Nullable ModelRef[] references = references(arguments);
    @Nullable LoadedModel[] found = new LoadedModel[references.length];
    for (int i = 0; i < found.length; i++) {
      ModelRef reference = references[i];
      int before = before(references, i);
      if (before < i) {
        found[i] = found[before];
      } else if (reference != null) {
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
    @Nullable ModelRef[] references = references(arguments);
    @Nullable LoadedModel[] found = new LoadedModel[references.length];
    try (SqlSession session = context.servers().openToRead()) {
      for (int i = 0; i < found.length; i++) {
        ModelRef reference = references[i];
        int before = before(references, i);
        if (before < i) {
          found[i] = found[before];
        } else if (reference != null) {
          found[i] = source.find(context, session, reference);
        }
      }
    }
    return found;
  }

  private @Nullable ModelRef[] references(Arguments arguments) throws PgErrorException {
    @Nullable ModelRef[] references = new ModelRef[selectors.size()];
    for (int i = 0; i < references.length; i++) {
      references[i] = selectors.get(i).choose(arguments, types);
    }
    return references;
  }

  /**
   * The first place of the same reference: one statement has one version of a project, also while
   * another is being deployed.
   */
  private static int before(@Nullable ModelRef[] references, int index) {
    int first = 0;
    while (first < index && !Objects.equals(references[first], references[index])) {
      first++;
    }
    return first;
  }
}
