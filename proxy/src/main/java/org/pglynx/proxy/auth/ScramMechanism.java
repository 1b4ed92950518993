package org.pglynx.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The SASL mechanisms of Postgres, and the GS2 headers (RFC 5802 section 7) that go with them. */
enum ScramMechanism {
  /** Bound to the TLS connection; preferred. */
  PLUS("SCRAM-SHA-256-PLUS"),
  /** Not bound. */
  BARE("SCRAM-SHA-256");

  private final String mechanism;

  ScramMechanism(String mechanism) {
    this.mechanism = mechanism;
  }

  /** The name on the wire. */
  String mechanism() {
    return mechanism;
  }

  /** What a server offers over a connection with this binding, the preferred one first. */
  static List<String> offer(ChannelBinding binding) {
    return binding.present() ? List.of(PLUS.mechanism, BARE.mechanism) : List.of(BARE.mechanism);
  }

  /** What a client takes of an offer over a connection with this binding; null if nothing fits. */
  static @Nullable ScramMechanism choose(List<String> offered, ChannelBinding binding) {
    if (binding.present() && offered.contains(PLUS.mechanism)) {
      return PLUS;
    }
    return offered.contains(BARE.mechanism) ? BARE : null;
  }

  /**
   * The header of a client: bound; not bound because the server seems not to know how ({@code y}: a
   * server that does know sees that somebody has cut its offer); or not able to.
   */
  String header(ChannelBinding binding) {
    return switch (this) {
      case PLUS -> "p=" + ChannelBinding.TYPE + ",,";
      case BARE -> binding.present() ? "y,," : "n,,";
    };
  }

  /** The value of the attribute {@code c} that repeats the header and carries the binding. */
  String repeated(String header, ChannelBinding binding) {
    byte[] bytes = header.getBytes(StandardCharsets.US_ASCII);
    if (this == BARE) {
      return ScramHash.base64(bytes);
    }
    byte[] data = binding.data();
    byte[] both = Arrays.copyOf(bytes, bytes.length + data.length);
    System.arraycopy(data, 0, both, bytes.length, data.length);
    return ScramHash.base64(both);
  }
}
