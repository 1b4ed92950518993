package org.pglynx.proxy.ml;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.ModelFormat;
import org.pglynx.proxy.wire.PgErrorException;

/** The forms of other libraries as pgml.import_model and pgml.export_model name them. */
enum ForeignFormat {
  /** XGBoost's JSON. */
  XGBOOST_JSON(ModelFormat.XGBOOST_JSON),
  /** XGBoost's Universal Binary JSON. */
  XGBOOST_UBJ(ModelFormat.XGBOOST_UBJ),
  /** XGBoost's old binary form, which is only read. */
  XGBOOST_BINARY(null),
  /** LightGBM's text. */
  LIGHTGBM(ModelFormat.LIGHTGBM_TEXT);

  private final @Nullable ModelFormat written;

  ForeignFormat(@Nullable ModelFormat written) {
    this.written = written;
  }

  /** The format of the name. */
  static ForeignFormat named(@Nullable String name) throws PgErrorException {
    for (ForeignFormat format : values()) {
      if (format.sqlName().equals(name)) {
        return format;
      }
    }
    throw unknown(name, Arrays.asList(values()));
  }

  /** The format of the name, to write a model in. */
  static ModelFormat written(@Nullable String name) throws PgErrorException {
    List<ForeignFormat> all =
        Arrays.stream(values()).filter(format -> format.written != null).toList();
    for (ForeignFormat format : all) {
      if (format.sqlName().equals(name) && format.written != null) {
        return format.written;
      }
    }
    throw unknown(name, all);
  }

  private static PgErrorException unknown(@Nullable String name, List<ForeignFormat> known) {
    return MlErrors.invalid(
            name == null
                ? "format must not be NULL"
                : "unknown format of a model: \"%s\"".formatted(name))
        .withHint(
            "Known are "
                + known.stream().map(ForeignFormat::sqlName).collect(Collectors.joining(", "))
                + ".")
        .toException();
  }

  /** What the first bytes look like. */
  static ForeignFormat of(byte[] bytes) {
    if (bytes.length >= 4
        && bytes[0] == 't'
        && bytes[1] == 'r'
        && bytes[2] == 'e'
        && bytes[3] == 'e') {
      return LIGHTGBM;
    }
    if (bytes.length < 2 || bytes[0] != '{') {
      return XGBOOST_BINARY;
    }
    return bytes[1] == '"' || Character.isWhitespace(bytes[1]) ? XGBOOST_JSON : XGBOOST_UBJ;
  }

  /** The name in SQL. */
  String sqlName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
