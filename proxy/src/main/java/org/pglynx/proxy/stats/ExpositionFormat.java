package org.pglynx.proxy.stats;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How samples are written down. */
public enum ExpositionFormat {
  /** Prometheus' text format 0.0.4. */
  TEXT("text/plain; version=0.0.4; charset=utf-8"),
  /** OpenMetrics 1.0. */
  OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

  private final String contentType;

  ExpositionFormat(String contentType) {
    this.contentType = contentType;
  }

  /** As HTTP names the format. */
  public String contentType() {
    return contentType;
  }

  /**
   * What the client likes better, Prometheus' own if it does not say.
   *
   * @param accept the header of the request
   */
  public static ExpositionFormat accepted(@Nullable String accept) {
    double open = 0;
    double text = 0;
    for (String range : (accept == null ? "" : accept).toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = range.replace(" ", "").split(";", -1);
      if (parts[0].equals("application/openmetrics-text") && versionOne(parts)) {
        open = Math.max(open, quality(parts));
      } else if (parts[0].equals("text/plain")) {
        text = Math.max(text, quality(parts));
      }
    }
    return open > 0 && open >= text ? OPEN_METRICS : TEXT;
  }

  private static boolean versionOne(String[] parts) {
    String version = parameter(parts, "version=", "1.0.0");
    return version.equals("1.0.0");
  }

  private static double quality(String[] parts) {
    String quality = parameter(parts, "q=", "1");
    return quality.matches("[0-9]+(\\.[0-9]*)?") ? Double.parseDouble(quality) : 0;
  }

  private static String parameter(String[] parts, String name, String otherwise) {
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].startsWith(name)) {
        return parts[i].substring(name.length());
      }
    }
    return otherwise;
  }
}
