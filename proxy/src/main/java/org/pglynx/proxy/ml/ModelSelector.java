package org.pglynx.proxy.ml;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/** The first argument of a prediction: whose model answers. */
sealed interface ModelSelector {
  /** What the selector chooses for bound parameters; null if it is NULL. */
  @Nullable ModelRef choose(Arguments arguments, int[] types) throws PgErrorException;

  /** A literal: known already. */
  record Fixed(@Nullable ModelRef model) implements ModelSelector {
    @Override
    public @Nullable ModelRef choose(Arguments arguments, int[] types) {
      return model;
    }
  }

  /** {@code $n}: a project's name, or a model's id if it is declared as an integer. */
  record Bound(int index) implements ModelSelector {
    @Override
    public @Nullable ModelRef choose(Arguments arguments, int[] types) throws PgErrorException {
      String value = ParameterValues.text(arguments, index, types[index]);
      if (value == null) {
        return null;
      }
      return switch (types[index]) {
        case Oid.INT2, Oid.INT4, Oid.INT8 -> new ModelRef.Id(ModelRef.parseId(value));
        default -> new ModelRef.Project(value);
      };
    }
  }
}
