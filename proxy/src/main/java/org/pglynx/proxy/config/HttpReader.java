package org.pglynx.proxy.config;

/** Reads where HTTP is served: our keys, and pgcat's two of its exporter. */
final class HttpReader {
  /** pgcat's. */
  private static final int EXPORTER_PORT = 9_930;

  private final Section section;

  HttpReader(Section section) {
    this.section = section;
  }

  HttpConfig read() {
    String host = section.text("http_host", "");
    int port = section.integer("http_port", HttpConfig.OFF, HttpConfig.OFF, 65_535);
    boolean exporter = section.flag("enable_prometheus_exporter", false);
    int exporterPort = section.integer("prometheus_exporter_port", EXPORTER_PORT, 1, 65_535);
    if (port != HttpConfig.OFF) {
      contradictions(port, exporter, exporterPort);
      return new HttpConfig(host, port);
    }
    if (!exporter) {
      section.withoutEffect("prometheus_exporter_port", "enable_prometheus_exporter is false");
      if (!host.isEmpty()) {
        section.withoutEffect("http_host", "there is no http_port");
      }
      return new HttpConfig(host, HttpConfig.OFF);
    }
    return new HttpConfig(host, exporterPort);
  }

  private void contradictions(int port, boolean exporter, int exporterPort) {
    if (section.has("enable_prometheus_exporter") && !exporter) {
      section.fault(
          "enable_prometheus_exporter",
          "false, but http_port = " + port + " serves the metrics; remove one of them");
    }
    if (section.has("prometheus_exporter_port") && exporterPort != port) {
      section.fault(
          "prometheus_exporter_port",
          "metrics are served at http_port = " + port + "; remove one of them");
    }
  }
}
