package org.pglynx.proxy.it;

import org.pglynx.proxy.it.RawConnection.Message;

/** What one client of a soak asks, and what its session must remember. */
interface SoakErrands {
  /** The next errand. */
  SoakVisit next();

  /** The application_name of the login. */
  String firstApplication();

  /** The session is a new one. */
  void connected();

  /** All of the errand was answered. */
  void done();

  /** A step had no answer. */
  void lost(int step);

  /** The client has left. */
  void left();

  /** Whether it is a parameter or a notification, which must be the client's own. */
  boolean asynchronous(Message message);
}
