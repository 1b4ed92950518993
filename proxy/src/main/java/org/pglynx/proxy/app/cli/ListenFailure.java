package org.pglynx.proxy.app.cli;

import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells a start that failed for want of an address from a fault of ours. */
public final class ListenFailure {
  private ListenFailure() {}

  /** What the operating system said, if it is among the causes. */
  public static Optional<String> reason(Throwable failure) {
    return Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause)
        .flatMap(cause -> text(cause).stream())
        .findFirst();
  }

  private static Optional<String> text(Throwable cause) {
    return switch (cause) {
      case UnresolvedAddressException _ -> Optional.of("the host name is unknown");
      case IOException io -> Optional.of(reworded(String.valueOf(io.getMessage())));
      default -> Optional.empty();
    };
  }

  /** Netty's native transports put the system call first; the reader needs what follows. */
  private static String reworded(String message) {
    return message.contains("Address already in use")
        ? "another process listens there (Address already in use)"
        : message;
  }
}
