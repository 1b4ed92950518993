package org.pglynx.proxy.ml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Categories;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Features of a row as to_json writes it. Categories come as their texts, points in time as dates,
 * and both become the numbers that the model was trained on.
 */
final class RecordFeatures {
  private static final int NO_FIELD = -1;
  private static final int MOST_SHOWN = 80;
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonParser in;
  private final FeatureForm form;
  private final LoadedModel model;
  private final ExactFloats exact;
  // Whether there is one value for each column, of which some are arrays.
  private boolean byColumn;
  // From a value's place in the row that is read to that of its feature.
  private int shift;
  // By feature, for values by name: NaN alone does not tell NULL from a NaN that was given.
  private boolean[] nulls = {};

  private RecordFeatures(JsonParser in, FeatureForm form, LoadedModel model, ExactFloats exact) {
    this.in = in;
    this.form = form;
    this.model = model;
    this.exact = exact;
  }

  /** Reads the JSON in the bytes into the row. */
  static void read(
      ByteBuf bytes, int from, int length, FeatureForm form, LoadedModel model, FeatureRow row)
      throws PgErrorException {
    byte[] copy = new byte[length];
    bytes.getBytes(from, copy);
    int end = ExactFloats.begin(copy);
    try (JsonParser in = JSON.createParser(copy, 0, end)) {
      RecordFeatures features = new RecordFeatures(in, form, model, ExactFloats.of(copy, end));
      features.byColumn = model.hasArrays() && model.columns().size() == RowValues.count(copy, end);
      features.read(row);
    } catch (IOException e) {
      throw malformed(copy).toException();
    }
  }

  private void read(FeatureRow row) throws IOException, PgErrorException {
    JsonToken first = in.nextToken();
    if (first == JsonToken.START_ARRAY) {
      whole(row);
    } else if (first != JsonToken.START_OBJECT) {
      throw notARow().toException();
    } else if (form == FeatureForm.RECORD) {
      for (int field = 0; in.nextToken() == JsonToken.FIELD_NAME; field++) {
        in.nextToken();
        value(field, row);
      }
    } else {
      named(row);
    }
  }

  /** The array that the row is: of values, or of one array's elements. */
  private void whole(FeatureRow row) throws IOException, PgErrorException {
    if (exact.isArray(0)) {
      array(0, row);
      return;
    }
    for (int field = 0; in.nextToken() != JsonToken.END_ARRAY; field++) {
      value(field, row);
    }
  }

  /** The array that a field of the row is. */
  private void array(int field, FeatureRow row) throws IOException, PgErrorException {
    if (!exact.isArray(field)) {
      elements(row);
      return;
    }
    in.skipChildren();
    FeatureRow elements = exact.elements(field);
    for (int i = 0; i < elements.count(); i++) {
      if (elements.isNull(i)) {
        markNull(row.count() + shift);
        row.addNull();
      } else {
        row.add(elements.values()[i]);
      }
    }
  }

  /** Values by position; arrays, of any number of dimensions, are flattened. */
  private void elements(FeatureRow row) throws IOException, PgErrorException {
    int depth = 1;
    while (depth > 0) {
      switch (in.nextToken()) {
        case START_ARRAY -> depth++;
        case END_ARRAY -> depth--;
        case null -> throw notARow().toException();
        default -> value(NO_FIELD, row);
      }
    }
  }

  private void value(int field, FeatureRow row) throws IOException, PgErrorException {
    if (in.currentToken() == JsonToken.START_ARRAY) {
      array(field, row);
      return;
    }
    int index = row.count() + shift;
    boolean known = index < model.model().featureCount();
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      for (int i = byColumn && field >= 0 ? model.width(field) : 1; i > 0; i--) {
        row.addNull();
        markNull(index);
      }
    } else {
      row.add(number(field, known ? model.model().categories(index) : null, index));
    }
  }

  private void markNull(int index) {
    if (index < nulls.length) {
      nulls[index] = true;
    }
  }

  /** Every column of the model must be there; others, such as labels and keys, are left out. */
  private void named(FeatureRow row) throws IOException, PgErrorException {
    int width = model.model().featureCount();
    FeatureRow unordered = new FeatureRow(width);
    int[] places = new int[width];
    Arrays.fill(places, -1);
    nulls = new boolean[width];
    for (int field = 0; in.nextToken() == JsonToken.FIELD_NAME; field++) {
      LoadedModel.Place place = model.place(in.currentName());
      in.nextToken();
      if (place == null) {
        in.skipChildren();
      } else {
        column(field, place, unordered, places);
      }
    }
    for (int i = 0; i < width; i++) {
      if (places[i] < 0) {
        throw absent(i).toException();
      }
      if (nulls[i]) {
        row.addNull();
      } else {
        row.add(unordered.values()[places[i]]);
      }
    }
  }

  private void column(int field, LoadedModel.Place place, FeatureRow unordered, int[] places)
      throws IOException, PgErrorException {
    int first = unordered.count();
    shift = place.first() - first;
    if (in.currentToken() == JsonToken.START_ARRAY) {
      array(field, unordered);
    } else if (in.currentToken() == JsonToken.VALUE_NULL) {
      for (int i = 0; i < place.width(); i++) {
        unordered.addNull();
        markNull(place.first() + i);
      }
    } else {
      unordered.add(number(field, model.model().categories(place.first()), place.first()));
    }
    if (unordered.count() - first != place.width()) {
      throw PgError.error(
              SqlState.INVALID_PARAMETER,
              "feature \"%s\" has %d elements, but the model has learned %d"
                  .formatted(name(place.first()), unordered.count() - first, place.width()))
          .toException();
    }
    for (int i = 0; i < place.width(); i++) {
      places[place.first() + i] = first + i;
    }
  }

  private double number(int field, @Nullable Categories categories, int index)
      throws IOException, PgErrorException {
    if (exact.isFloat(field)) {
      requireNumber(categories, index);
      return exact.at(field);
    }
    return switch (in.currentToken()) {
      case VALUE_STRING -> categories == null ? text(index) : code(categories, in.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        requireNumber(categories, index);
        double value = in.getDoubleValue();
        yield Float.isInfinite((float) value) ? RealRange.within(value, in.getText()) : value;
      }
      case VALUE_TRUE, VALUE_FALSE -> {
        requireNumber(categories, index);
        yield in.currentToken() == JsonToken.VALUE_TRUE ? 1 : 0;
      }
      default ->
          throw PgError.error(
                  SqlState.DATATYPE_MISMATCH,
                  "feature \"%s\" is neither a number nor a text".formatted(name(index)))
              .toException();
    };
  }

  /** A value of char(n) is filled up with blanks, which are not part of the category. */
  private static int code(Categories categories, String text) {
    int code = categories.code(text);
    if (code >= 0 || !text.endsWith(" ")) {
      return code;
    }
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return categories.code(text.substring(0, end));
  }

  private void requireNumber(@Nullable Categories categories, int index)
      throws PgErrorException, IOException {
    if (categories != null) {
      throw PgError.error(
              SqlState.DATATYPE_MISMATCH,
              "feature \"%s\" is a category, got %s".formatted(name(index), in.getText()))
          .withHint("In a row a category is its text, not its code.")
          .toException();
    }
  }

  /** NaN and infinities, dates and times, and numbers that the client sent as text. */
  private double text(int index) throws IOException, PgErrorException {
    String text = in.getText();
    OptionalDouble time = Epochs.parse(text);
    if (time.isPresent()) {
      return time.getAsDouble();
    }
    try {
      return RealRange.within(FloatParser.parse(text), text);
    } catch (NumberFormatException e) {
      throw PgError.error(
              SqlState.DATATYPE_MISMATCH,
              "feature \"%s\" is a number, got \"%s\"".formatted(name(index), begun(text)))
          .withHint("Times are read as ISO 8601 writes them, like 2024-01-31T12:00:00.")
          .toException();
    }
  }

  /** A text may be long. */
  private static String begun(String text) {
    return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "…" : text;
  }

  private String name(int index) {
    return index < model.model().featureCount()
        ? model.model().featureNames().get(index)
        : Integer.toString(index + 1);
  }

  private PgError absent(int index) {
    return PgError.error(
            SqlState.INVALID_PARAMETER, "the row has no column \"%s\"".formatted(name(index)))
        .withHint(
            "Give every column that the model has learned: "
                + String.join(", ", model.columns().keySet())
                + "; null where it is missing.");
  }

  private static PgError notARow() {
    return PgError.error(
            SqlState.DATATYPE_MISMATCH, "features must be an array, a row or a JSON object")
        .withHint("Write ARRAY[…], ROW(…), a table's name, or '{\"column\": …}'::jsonb.");
  }

  private static PgError malformed(byte[] json) {
    return PgError.error(
        SqlState.INVALID_TEXT,
        "malformed row of features: "
            + new String(json, 0, Math.min(json.length, 80), StandardCharsets.UTF_8));
  }
}
