package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.Map;
import org.pglynx.proxy.wire.FrameWriter;

/**
 * What a server reports to clients that log in with the same parameters, and the ParameterStatus
 * messages that say so: written once, a copy for each login.
 */
final class Greeting {
  private static final String APPLICATION_NAME = "application_name";

  private final Map<String, String> values;
  private final byte[] frames;

  Greeting(Map<String, String> values) {
    this.values = Map.copyOf(values);
    this.frames = frames(this.values);
  }

  private static byte[] frames(Map<String, String> values) {
    ByteBuf out = Unpooled.buffer(512);
    values.forEach((name, value) -> FrameWriter.parameterStatus(out, name, value));
    return ByteBufUtil.getBytes(out);
  }

  Map<String, String> values() {
    return values;
  }

  /** The same to a client that is called otherwise than it has said. */
  Greeting named(String applicationName) {
    Map<String, String> named = new HashMap<>(values);
    named.computeIfPresent(APPLICATION_NAME, (name, old) -> applicationName);
    return new Greeting(named);
  }

  void writeTo(ByteBuf out) {
    out.writeBytes(frames);
  }
}
