package org.pglynx.ml.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;

/** JSON text (hyperparams, search_params, metrics) to maps and back. */
public final class JsonObjects {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The one JSON value that the mapper makes no error of is null. */
  private static final String OTHER_VALUE = "It is another value.";

  private static final String OF_NUMBER = "{\"max_depth\": 6}";
  private static final String OF_COLUMN = "{\"age\": {\"impute\": \"mean\"}}";

  private JsonObjects() {}

  /**
   * Reads a JSON object; an empty text is the empty object.
   *
   * @param what the argument's name, for the error
   * @throws MlException of kind BAD_ARGUMENT when it is not a JSON object
   */
  public static Map<String, @Nullable Object> parse(String json, String what) {
    try {
      Map<String, @Nullable Object> object =
          MAPPER.readValue(
              json.isBlank() ? "{}" : json, new TypeReference<Map<String, @Nullable Object>>() {});
      if (object == null) {
        throw noObject(what, OTHER_VALUE);
      }
      return object;
    } catch (JsonProcessingException e) {
      throw noObject(
          what, e instanceof MismatchedInputException ? OTHER_VALUE : e.getOriginalMessage());
    }
  }

  private static MlException noObject(String what, String detail) {
    return new MlException(
        MlException.Kind.BAD_ARGUMENT,
        what + " is not a JSON object",
        detail,
        "Write it like '" + (what.equals("preprocess") ? OF_COLUMN : OF_NUMBER) + "'.");
  }

  /** The map as JSON text. */
  public static String write(Map<String, ? extends @Nullable Object> object) {
    try {
      return MAPPER.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new MlException(MlException.Kind.INTERNAL, "cannot write JSON", e);
    }
  }
}
