package org.pglynx.proxy.config;

/**
 * Where the statements of traces are told.
 *
 * @param endpoint a collector that speaks OTLP over HTTP; empty for nobody
 * @param headers of each request to it, {@code name=value} between commas: it may want a key
 * @param service what this proxy is called there
 */
public record TracesConfig(String endpoint, Secret headers, String service) {
  /** Nobody. */
  public static final TracesConfig NONE = new TracesConfig("", Secret.NONE, "pglynx");

  /** Whether anybody is told. */
  public boolean enabled() {
    return !endpoint.isEmpty();
  }
}
