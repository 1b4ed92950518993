package org.pglynx.proxy.ml;

import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.PgErrorException;

/** Features that are known without a server: from literals and parameters. */
sealed interface Features {
  /**
   * Fills the row; false if the whole array is NULL.
   *
   * @param types of {@code $1}, …, as the client was told
   */
  boolean read(Arguments arguments, int[] types, FeatureRow row) throws PgErrorException;

  /** NULL. */
  record Missing() implements Features {
    @Override
    public boolean read(Arguments arguments, int[] types, FeatureRow row) {
      return false;
    }
  }

  /**
   * An array of literals and parameters.
   *
   * @param constants the literals; anything where a parameter stands
   * @param kinds per element: {@link #CONSTANT}, {@link #NULL}, or a parameter's index
   */
  record Elements(float[] constants, int[] kinds) implements Features {
    static final int CONSTANT = -1;
    static final int NULL = -2;

    @Override
    public boolean read(Arguments arguments, int[] types, FeatureRow row) throws PgErrorException {
      for (int i = 0; i < kinds.length; i++) {
        int kind = kinds[i];
        if (kind == CONSTANT) {
          row.add(constants[i]);
        } else if (kind == NULL || ParameterValues.value(arguments, kind) == null) {
          row.addNull();
        } else {
          row.add(ParameterValues.number(arguments, kind, types[kind]));
        }
      }
      return true;
    }
  }

  /** {@code $n} as the whole array. */
  record WholeArray(int index) implements Features {
    @Override
    public boolean read(Arguments arguments, int[] types, FeatureRow row) throws PgErrorException {
      byte @Nullable [] value = ParameterValues.value(arguments, index);
      if (value == null) {
        return false;
      }
      if (arguments.binary(index)) {
        FeatureBinary.read(Unpooled.wrappedBuffer(value), 0, value.length, row);
      } else {
        FeatureText.read(Unpooled.wrappedBuffer(value), 0, value.length, row);
      }
      return true;
    }
  }
}
