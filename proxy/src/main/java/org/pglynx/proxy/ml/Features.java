package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.PgErrorException;

/** Features that are known without a server: from literals and parameters. */
sealed interface Features {
  /**
   * Fills the row; false if the whole array is NULL.
   *
   * @param types of {@code $1}, …, as the client was told
   * @param model the model that is asked, or null if there is none
   */
  boolean read(Arguments arguments, int[] types, @Nullable LoadedModel model, FeatureRow row)
      throws PgErrorException;

  /** Whether there are no texts in it. */
  default boolean numbers() {
    return true;
  }

  /** NULL. */
  record Missing() implements Features {
    @Override
    public boolean read(
        Arguments arguments, int[] types, @Nullable LoadedModel model, FeatureRow row) {
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
    public boolean read(
        Arguments arguments, int[] types, @Nullable LoadedModel model, FeatureRow row)
        throws PgErrorException {
      for (int i = 0; i < kinds.length; i++) {
        int kind = kinds[i];
        if (kind == CONSTANT) {
          row.add(constants[i]);
        } else if (kind == NULL || ParameterValues.value(arguments, kind) == null) {
          row.addNull();
        } else {
          row.add(ParameterValues.feature(arguments, kind, types[kind]));
        }
      }
      return true;
    }
  }

  /** {@code $n} as the whole array. */
  record WholeArray(int index) implements Features {
    @Override
    public boolean read(
        Arguments arguments, int[] types, @Nullable LoadedModel model, FeatureRow row)
        throws PgErrorException {
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

  /** An array in text form. */
  record ArrayText(String text) implements Features {
    @Override
    public boolean read(
        Arguments arguments, int[] types, @Nullable LoadedModel model, FeatureRow row)
        throws PgErrorException {
      ByteBuf bytes = Unpooled.copiedBuffer(text.trim(), StandardCharsets.UTF_8);
      FeatureText.read(bytes, 0, bytes.readableBytes(), row);
      return true;
    }
  }

  /** A row as to_json has written it. */
  record RowText(FeatureForm form, String json) implements Features {
    @Override
    public boolean numbers() {
      return false;
    }

    @Override
    public boolean read(
        Arguments arguments, int[] types, @Nullable LoadedModel model, FeatureRow row)
        throws PgErrorException {
      if (model == null) {
        return false;
      }
      ByteBuf bytes = Unpooled.copiedBuffer(json, StandardCharsets.UTF_8);
      RecordFeatures.read(bytes, 0, bytes.readableBytes(), form, model, row);
      return true;
    }
  }

  /**
   * A row as JSON: an object, or an array of values by position.
   *
   * @param text the JSON; null where the parameter stands for it
   * @param values the values of the array; empty if the text or a parameter is all
   * @param index the parameter that is all of it, or -1
   */
  record Json(@Nullable String text, List<RowValue> values, int index) implements Features {
    /** Copies the values. */
    public Json {
      values = List.copyOf(values);
    }

    @Override
    public boolean numbers() {
      return false;
    }

    @Override
    public boolean read(
        Arguments arguments, int[] types, @Nullable LoadedModel model, FeatureRow row)
        throws PgErrorException {
      String json = index < 0 ? text : ParameterValues.text(arguments, index, types[index]);
      if (model == null || (json == null && values.isEmpty())) {
        return false;
      }
      if (json == null) {
        StringBuilder array = new StringBuilder("[");
        for (RowValue value : values) {
          array.append(array.length() > 1 ? "," : "").append(value.json(arguments, types));
        }
        json = array.append(']').toString();
      }
      ByteBuf bytes = Unpooled.wrappedBuffer(json.getBytes(StandardCharsets.UTF_8));
      RecordFeatures.read(bytes, 0, bytes.readableBytes(), FeatureForm.NAMED, model, row);
      return true;
    }
  }
}
