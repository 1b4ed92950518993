package org.pglynx.ml.boost;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads XGBoost's JSON model as a stream. Numbers are parsed from their text as float32: XGBoost
 * prints the shortest text that reads back to the same float, while its text dump rounds.
 */
final class XgboostJson {
  private final JsonParser json;
  private float baseScore;
  private int[] treeClass = {};
  private final List<XgboostTree> trees = new ArrayList<>();

  @FunctionalInterface
  private interface Field {
    void read(String name) throws IOException;
  }

  private XgboostJson(JsonParser json) {
    this.json = json;
  }

  /** Reads a model. */
  static XgboostJson read(byte[] bytes) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(bytes)) {
      XgboostJson model = new XgboostJson(parser);
      parser.nextToken();
      model.object(model::root);
      return model;
    }
  }

  /** The base score as it is stored: before the link's inverse. */
  float baseScore() {
    return baseScore;
  }

  /** The output that each tree adds to. */
  int[] treeClass() {
    return treeClass;
  }

  List<XgboostTree> trees() {
    return trees;
  }

  private void root(String name) throws IOException {
    if (name.equals("learner")) {
      object(this::learner);
    } else {
      json.skipChildren();
    }
  }

  private void learner(String name) throws IOException {
    switch (name) {
      case "learner_model_param" -> object(this::learnerParameter);
      case "gradient_booster" -> object(this::booster);
      default -> json.skipChildren();
    }
  }

  private void learnerParameter(String name) throws IOException {
    if (name.equals("base_score")) {
      // A list of one from XGBoost 3.1 on.
      baseScore = Float.parseFloat(json.getText().replace("[", "").replace("]", ""));
    } else {
      json.skipChildren();
    }
  }

  private void booster(String name) throws IOException {
    if (name.equals("model")) {
      object(this::model);
    } else {
      json.skipChildren();
    }
  }

  private void model(String name) throws IOException {
    switch (name) {
      case "tree_info" -> treeClass = ints();
      case "trees" -> {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          trees.add(new TreeReader().read());
        }
      }
      default -> json.skipChildren();
    }
  }

  private final class TreeReader {
    private int[] left = {};
    private int[] right = {};
    private int[] feature = {};
    private float[] condition = {};
    private int[] defaultLeft = {};
    private float[] hessian = {};
    private float[] gain = {};

    XgboostTree read() throws IOException {
      object(this::field);
      return new XgboostTree(left, right, feature, condition, defaultLeft, hessian, gain);
    }

    private void field(String name) throws IOException {
      switch (name) {
        case "left_children" -> left = ints();
        case "right_children" -> right = ints();
        case "split_indices" -> feature = ints();
        case "split_conditions" -> condition = floats();
        case "default_left" -> defaultLeft = ints();
        case "sum_hessian" -> hessian = floats();
        case "loss_changes" -> gain = floats();
        default -> json.skipChildren();
      }
    }
  }

  /** Reads the fields of the object that the parser stands on. */
  private void object(Field field) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      field.read(name);
    }
  }

  private int[] ints() throws IOException {
    int[] values = new int[64];
    int size = 0;
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      values = size == values.length ? Arrays.copyOf(values, size * 2) : values;
      values[size++] = token.isBoolean() ? (json.getBooleanValue() ? 1 : 0) : json.getIntValue();
    }
    return Arrays.copyOf(values, size);
  }

  private float[] floats() throws IOException {
    float[] values = new float[64];
    int size = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      values = size == values.length ? Arrays.copyOf(values, size * 2) : values;
      values[size++] = Float.parseFloat(json.getText());
    }
    return Arrays.copyOf(values, size);
  }
}
