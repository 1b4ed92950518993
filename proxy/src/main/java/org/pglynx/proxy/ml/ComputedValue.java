package org.pglynx.proxy.ml;

import org.jspecify.annotations.Nullable;

/**
 * What a server has computed for an argument.
 *
 * @param text the value in text form, null for NULL
 * @param typeName the type's name
 * @param json the value as to_json writes it, null for NULL
 */
record ComputedValue(@Nullable String text, String typeName, @Nullable String json) {
  private static final String ARRAY = "[]";

  /** The value as an argument. */
  Argument.Literal argument() {
    return new Argument.Literal(text, typeName);
  }

  /** Whether the type has nothing in it that could be several features. */
  boolean scalar() {
    return json != null
        && !json.startsWith("{")
        && !json.startsWith("[")
        && !ArgumentType.JSONB.accepts(typeName)
        && !ArgumentType.TEXT.accepts(typeName);
  }

  /** The value as features: an array, a row, or an object of values by name. */
  Features features() {
    if (text == null) {
      return new Features.Missing();
    }
    return switch (typeName) {
      case "text", "character varying" -> new Features.ArrayText(text);
      case "boolean[]" -> new Features.ArrayText(text.replace('t', '1').replace('f', '0'));
      case "record" -> new Features.RowText(FeatureForm.RECORD, String.valueOf(json));
      default ->
          typeName.endsWith(ARRAY)
              ? new Features.ArrayText(text)
              : new Features.RowText(FeatureForm.NAMED, String.valueOf(json));
    };
  }
}
