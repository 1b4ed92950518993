package org.pglynx.proxy.config;

/** Which of the kernel's interfaces carries the sockets. */
public enum TransportKind implements ConfigName {
  /** Epoll where the machine has it, NIO elsewhere. */
  AUTO("auto"),
  /** Linux epoll. */
  EPOLL("epoll"),
  /** Linux io_uring. */
  IO_URING("io_uring"),
  /** The JDK's own selector, on every platform. */
  NIO("nio");

  private final String configName;

  TransportKind(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }
}
