package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.pglynx.proxy.relay.ClientEncoding;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameWriter;

/**
 * The parameters that a client has set, at login or since, which follow it from server to server;
 * and what it has been told of them. Confined to the session's event loop.
 */
final class ClientParameters {
  private final Session session;
  private final boolean followed;
  private ParameterSet values;
  private ClientEncoding encoding;
  private String serversEncoding = ClientEncoding.UTF8.name();

  /**
   * Those of a login.
   *
   * @param asked what the client has asked for
   */
  ClientParameters(Session session, SessionProfile profile, ParameterSet asked) {
    this.session = session;
    // With transaction pooling the server is asked for all of them at the end of the transaction.
    this.followed = profile.sessionPooling();
    this.values = asked;
    Greeting told = profile.greeting(asked, true);
    String wanted = asked.values().getOrDefault("client_encoding", ClientEncoding.UTF8.name());
    this.encoding = ClientEncoding.of(wanted, serversEncoding);
    if (told != null) {
      told.values().forEach(this::noteEncoding);
    }
  }

  /** What each server of the client's must have. */
  ParameterSet values() {
    return values;
  }

  /** What the client calls itself. */
  String applicationName() {
    return values.values().getOrDefault("application_name", "");
  }

  /** The client is called otherwise than it has said. */
  void named(String applicationName) {
    values = values.with("application_name", applicationName);
  }

  /** The client's encoding. */
  ClientEncoding encoding() {
    return encoding;
  }

  /** Whether the client reads the encoding of the connection that listens for all. */
  boolean readsUtf8() {
    return encoding.utf8();
  }

  /**
   * They are known anew.
   *
   * @param wanted what they are to be for the client
   * @param present what they are on the server
   */
  void are(ParameterSet wanted, ParameterSet present) {
    boolean same = wanted.equals(values);
    values = same ? values : wanted;
    Upstream server = session.upstream();
    if (server != null) {
      server.applied(wanted.equals(present) ? values : present);
    }
  }

  /** The server has told the client of one. */
  void reported(String name, String value) {
    noteEncoding(name, value);
    if (followed && ParameterSet.carries(name)) {
      values = values.with(name, value);
      Upstream server = session.upstream();
      if (server != null) {
        server.applied(values);
      }
    }
  }

  private void noteEncoding(String name, String value) {
    if (name.equals("server_encoding")) {
      serversEncoding = value;
      encoding = ClientEncoding.of(encoding.name(), value);
    } else if (name.equals("client_encoding")) {
      encoding = ClientEncoding.of(value, serversEncoding);
    }
  }

  /** Tells the client of those that it has again as it asked at login. */
  void tell(Map<String, String> back) {
    Upstream server = session.upstream();
    if (server == null || back.isEmpty()) {
      return;
    }
    ByteBuf out = session.client().allocator().buffer(256);
    back.forEach((name, value) -> {
      noteEncoding(name, value);
      if (server.reported().containsKey(name)) {
        FrameWriter.parameterStatus(out, name, value);
      }
    });
    session.client().write(out);
  }
}
