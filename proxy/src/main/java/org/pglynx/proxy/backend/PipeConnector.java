package org.pglynx.proxy.backend;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.function.Consumer;
import org.pglynx.proxy.relay.ServerPipe;

/** Opens connections that belong to one client alone. */
public interface PipeConnector {
  /**
   * A connection with the client's startup parameters, not opened yet.
   *
   * @param receiver hears the outcome on the loop
   * @param gone hears when the connection is no more, or could not be had
   */
  PipeConnection pipe(
      BackendTarget target,
      EventLoop loop,
      Map<String, String> startup,
      ServerPipe.Receiver receiver,
      Consumer<PipeConnection> gone);

  /** Connects it and logs in. */
  void login(PipeConnection pipe, EventLoop loop);
}
