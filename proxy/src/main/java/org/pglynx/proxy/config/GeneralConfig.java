package org.pglynx.proxy.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * Settings of the whole process: table {@code [general]}.
 *
 * @param host address to listen on, or several between commas
 * @param port TCP port to listen on; 0 lets the kernel choose
 * @param reusePort whether other processes may listen on the same port
 * @param unixSocket where clients of this machine may connect as well
 * @param transport kernel interface that carries the sockets
 * @param workerThreads event loops; 0 means one per core
 * @param warmUpMillis how long a start forwards canned queries before it listens; 0 means not at
 *     all
 * @param clients how many there may be
 * @param clientLoginTimeoutMillis from accepted connection to end of login; 0 means no limit
 * @param stop what a stop waits for
 * @param autoreloadMillis how often the file is looked at for changes; 0 means never
 * @param timeouts what pools and users inherit
 * @param supply what pools and users inherit of server connections
 * @param dnsMaxTtlSeconds after which the addresses of servers are looked up again
 * @param tcp socket options
 * @param log what is logged at INFO
 * @param auth who may come in
 * @param admins the logins to the admin databases; none when those are closed
 * @param tls encryption of connections
 * @param banSeconds the longest that a server is left alone that has failed
 * @param validates whether a start looks whether the servers are as the configuration says
 * @param zone where this proxy runs; empty for nowhere in particular
 * @param http where the process answers HTTP
 * @param target which servers the clients of {@code port} and of the Unix socket get into
 * @param listeners further ports
 * @param twoPhaseCommitDir where decisions about transactions over several shards are kept; empty
 *     for nowhere, and then there are no such transactions
 * @param welcome what clients meet with at their login
 */
public record GeneralConfig(
    String host,
    int port,
    boolean reusePort,
    UnixSocketConfig unixSocket,
    TransportKind transport,
    int workerThreads,
    long warmUpMillis,
    ClientLimitConfig clients,
    long clientLoginTimeoutMillis,
    StopConfig stop,
    long autoreloadMillis,
    TimeoutConfig timeouts,
    SupplyConfig supply,
    int dnsMaxTtlSeconds,
    TcpConfig tcp,
    LogConfig log,
    AuthConfig auth,
    List<AdminConfig> admins,
    TlsConfig tls,
    int banSeconds,
    boolean validates,
    String zone,
    HttpConfig http,
    TargetSessionAttrs target,
    List<ListenerConfig> listeners,
    String twoPhaseCommitDir,
    WelcomeConfig welcome) {
  /** Copies the lists. */
  public GeneralConfig {
    listeners = List.copyOf(listeners);
    admins = List.copyOf(admins);
  }

  /** The addresses to listen on. */
  public List<String> hosts() {
    return Stream.of(host.split(",")).map(String::strip).toList();
  }
}
