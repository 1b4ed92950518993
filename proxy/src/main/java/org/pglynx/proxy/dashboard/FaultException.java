package org.pglynx.proxy.dashboard;

/** Something could not be done, and whoever asked is told why. */
final class FaultException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Fault fault;

  FaultException(Fault fault) {
    super(fault.sqlState() + " " + fault.message(), null, true, false);
    this.fault = fault;
  }

  Fault fault() {
    return fault;
  }
}
