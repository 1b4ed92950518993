package org.pglynx.proxy.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One AuthenticationXxx message (tag {@code R}) from a server to its client: the request code and
 * the data behind it, as in "Message Formats" of the PostgreSQL manual.
 */
public final class AuthMessage {
  /** AuthenticationOk. */
  public static final int OK = 0;

  /** AuthenticationKerberosV5, not served. */
  public static final int KERBEROS_V5 = 2;

  /** AuthenticationCleartextPassword. */
  public static final int CLEARTEXT_PASSWORD = 3;

  /** AuthenticationMD5Password, followed by four bytes of salt. */
  public static final int MD5_PASSWORD = 5;

  /** AuthenticationGSS, not served. */
  public static final int GSS = 7;

  /** AuthenticationGSSContinue, not served. */
  public static final int GSS_CONTINUE = 8;

  /** AuthenticationSSPI, not served. */
  public static final int SSPI = 9;

  /** AuthenticationSASL, followed by the names of the mechanisms. */
  public static final int SASL = 10;

  /** AuthenticationSASLContinue, followed by SCRAM's server-first-message. */
  public static final int SASL_CONTINUE = 11;

  /** AuthenticationSASLFinal, followed by SCRAM's server-final-message. */
  public static final int SASL_FINAL = 12;

  private final int code;
  private final byte[] data;

  private AuthMessage(int code, byte[] data) {
    this.code = code;
    this.data = data;
  }

  static AuthMessage ok() {
    return new AuthMessage(OK, new byte[0]);
  }

  static AuthMessage cleartextPassword() {
    return new AuthMessage(CLEARTEXT_PASSWORD, new byte[0]);
  }

  static AuthMessage md5Password(byte[] salt) {
    return new AuthMessage(MD5_PASSWORD, salt.clone());
  }

  static AuthMessage sasl(List<String> mechanisms) {
    String names = String.join("\0", mechanisms) + "\0\0";
    return new AuthMessage(SASL, names.getBytes(StandardCharsets.US_ASCII));
  }

  static AuthMessage saslContinue(String scram) {
    return new AuthMessage(SASL_CONTINUE, scram.getBytes(StandardCharsets.ISO_8859_1));
  }

  static AuthMessage saslFinal(String scram) {
    return new AuthMessage(SASL_FINAL, scram.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The request code: one of the constants of this class. */
  public int code() {
    return code;
  }

  /** What follows the request code. */
  public byte[] data() {
    return data.clone();
  }

  /**
   * The whole message body: the code as four bytes, then the data. Tag and length are not in it.
   */
  public byte[] body() {
    return ByteBuffer.allocate(Integer.BYTES + data.length).putInt(code).put(data).array();
  }

  @Override
  public String toString() {
    return "AuthMessage[code=" + code + ", " + data.length + " bytes]";
  }
}
