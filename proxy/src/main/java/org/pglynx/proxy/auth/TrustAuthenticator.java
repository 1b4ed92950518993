package org.pglynx.proxy.auth;

import java.util.List;

/** Lets the client in unasked. */
final class TrustAuthenticator implements ClientAuthenticator {
  @Override
  public Step first() {
    return new Step.Success(List.of(AuthMessage.ok()), null);
  }

  @Override
  public Step next(byte[] message) {
    return Failures.unexpected();
  }

  @Override
  public Step again(StoredSecret fresh) {
    return Failures.unexpected();
  }
}
