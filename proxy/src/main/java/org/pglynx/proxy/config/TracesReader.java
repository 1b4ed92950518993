package org.pglynx.proxy.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/** Reads where traces go, by the names and forms of OpenTelemetry's environment variables. */
final class TracesReader {
  /** What OTLP over HTTP appends to the address of a collector. */
  private static final String PATH = "/v1/traces";

  /** Names are tokens of HTTP; values are taken as they are. */
  private static final Pattern HEADERS =
      Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+=[^,]*(,[!#$%&'*+.^_`|~0-9A-Za-z-]+=[^,]*)*");

  private final Section section;

  TracesReader(Section section) {
    this.section = section;
  }

  TracesConfig read() {
    String endpoint = section.text("otlp_endpoint", "");
    Secret headers = section.secret("otlp_headers", Secret.NONE);
    if (!headers.isEmpty() && !HEADERS.matcher(headers.value()).matches()) {
      section.fault("otlp_headers", "must be name=value, several between commas");
    }
    String service = section.text("otlp_service_name", TracesConfig.NONE.service());
    if (service.isBlank()) {
      section.fault("otlp_service_name", "must not be empty");
    }
    return new TracesConfig(endpoint.isEmpty() ? "" : whole(endpoint), headers, service);
  }

  private String whole(String endpoint) {
    try {
      URI uri = new URI(endpoint);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getUserInfo() == null) {
        String path = uri.getPath();
        return path.isEmpty() || path.equals("/") ? endpoint.replaceFirst("/?$", PATH) : endpoint;
      }
    } catch (URISyntaxException _) {
      // Told below.
    }
    section.fault(
        "otlp_endpoint",
        "must be the address of a collector, \"http://127.0.0.1:4318\", without a password: that goes"
            + " into otlp_headers");
    return "";
  }
}
