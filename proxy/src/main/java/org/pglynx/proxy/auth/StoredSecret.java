package org.pglynx.proxy.auth;

import java.util.regex.Pattern;

/**
 * What the proxy knows about a user's password, in one of the three textual forms of {@code
 * pg_authid.rolpassword} and of PgBouncer's {@code userlist.txt}. No form shows the secret in its
 * {@code toString}.
 */
public sealed interface StoredSecret
    permits StoredSecret.Plain, StoredSecret.Md5Hash, ScramVerifier {

  /**
   * Recognises the form as Postgres does: {@code md5} and 32 lower-case hex digits is a hash,
   * {@code SCRAM-SHA-256$...} is a verifier, everything else is the password itself. A damaged
   * verifier is refused rather than taken for a password.
   *
   * @throws IllegalArgumentException if the text is empty or a damaged verifier; the message never
   *     contains the text
   */
  static StoredSecret parse(String text) {
    if (Md5Hash.FORM.matcher(text).matches()) {
      return new Md5Hash(text);
    }
    if (text.startsWith(ScramVerifier.PREFIX)) {
      return ScramVerifier.parse(text);
    }
    return new Plain(text);
  }

  /**
   * A password in clear.
   *
   * @param password never empty: Postgres lets nobody in with an empty one
   */
  record Plain(String password) implements StoredSecret {
    /** Refuses what no login could ever use. */
    public Plain {
      if (password.isEmpty()) {
        throw new IllegalArgumentException("an empty password cannot log in; leave it out instead");
      }
      if (password.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("a password cannot contain a NUL character");
      }
    }

    @Override
    public String toString() {
      return "Plain[hidden]";
    }
  }

  /**
   * The hash of password and user name.
   *
   * @param text {@code md5} followed by 32 lower-case hex digits of md5(password + user)
   */
  record Md5Hash(String text) implements StoredSecret {
    private static final Pattern FORM = Pattern.compile("md5[0-9a-f]{32}");

    /** Refuses any other form, without showing it. */
    public Md5Hash {
      if (!FORM.matcher(text).matches()) {
        throw new IllegalArgumentException("an md5 secret is \"md5\" and 32 lower-case hex digits");
      }
    }

    @Override
    public String toString() {
      return "Md5Hash[hidden]";
    }
  }
}
