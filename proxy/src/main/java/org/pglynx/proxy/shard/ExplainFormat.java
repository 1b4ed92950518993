package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** In which form EXPLAIN tells of a statement on several shards, around the plan of each. */
enum ExplainFormat {
  /** Lines for people. */
  TEXT,
  /** One value. */
  JSON,
  /** One value. */
  XML,
  /** One value. */
  YAML;

  /**
   * What is told.
   *
   * @param shards those that it runs on, in words
   * @param steps what becomes of their rows
   * @param plans of each shard and statement
   */
  record Content(String shards, List<String> steps, List<ShardPlan> plans) {}

  /**
   * What one shard says of one statement.
   *
   * @param shard its number
   * @param sql the statement
   * @param lines the server's answer
   */
  record ShardPlan(int shard, String sql, List<String> lines) {}

  /** The form of that name; TEXT if there is none, which the servers will say. */
  static ExplainFormat of(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "JSON" -> JSON;
      case "XML" -> XML;
      case "YAML" -> YAML;
      default -> TEXT;
    };
  }

  /** The rows of the result. */
  List<String> rows(Content content) {
    return switch (this) {
      case TEXT -> text(content);
      case JSON -> List.of(json(content));
      case XML -> List.of(xml(content));
      case YAML -> List.of(yaml(content));
    };
  }

  private static List<String> text(Content content) {
    List<String> rows = new ArrayList<>();
    rows.add("Shards: " + content.shards());
    rows.addAll(content.steps());
    for (ShardPlan plan : content.plans()) {
      rows.add("Shard " + plan.shard() + ": " + plan.sql());
      plan.lines().forEach(line -> rows.add("  " + line));
    }
    return rows;
  }

  private static String json(Content content) {
    return "[{\"Shards\": %s, \"Steps\": [%s], \"Plans\": [%s]}]"
        .formatted(
            quoted(content.shards()),
            content.steps().stream().map(ExplainFormat::quoted).collect(Collectors.joining(", ")),
            content.plans().stream()
                .map(plan ->
                    "{\"Shard\": %d, \"Statement\": %s, \"Explain\": %s}"
                        .formatted(plan.shard(), quoted(plan.sql()), joined(plan)))
                .collect(Collectors.joining(", ")));
  }

  private static String joined(ShardPlan plan) {
    return String.join("\n", plan.lines());
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each == '"' || each == '\\') {
        out.append('\\').append(each);
      } else if (each < ' ') {
        out.append("\\u%04x".formatted((int) each));
      } else {
        out.append(each);
      }
    }
    return out.append('"').toString();
  }

  private static String xml(Content content) {
    StringBuilder out = new StringBuilder("<explain-shards>\n");
    out.append("  <Shards>").append(escaped(content.shards())).append("</Shards>\n");
    content
        .steps()
        .forEach(step -> out.append("  <Step>").append(escaped(step)).append("</Step>\n"));
    for (ShardPlan plan : content.plans()) {
      out.append("  <Plan shard=\"").append(plan.shard()).append("\">\n    <Statement>");
      out.append(escaped(plan.sql())).append("</Statement>\n");
      out.append(joined(plan)).append("\n  </Plan>\n");
    }
    return out.append("</explain-shards>").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String yaml(Content content) {
    StringBuilder out = new StringBuilder("- Shards: ").append(quoted(content.shards()));
    out.append("\n  Steps:");
    content.steps().forEach(step -> out.append("\n    - ").append(quoted(step)));
    out.append("\n  Plans:");
    for (ShardPlan plan : content.plans()) {
      out.append("\n    - Shard: ").append(plan.shard());
      out.append("\n      Statement: ").append(quoted(plan.sql()));
      out.append("\n      Explain:");
      joined(plan).lines().forEach(line -> out.append("\n        ").append(line));
    }
    return out.toString();
  }
}
