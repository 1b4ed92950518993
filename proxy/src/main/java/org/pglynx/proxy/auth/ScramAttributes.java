package org.pglynx.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Walks the attributes of one SCRAM message ({@code a=value,b=value}, RFC 5802 section 7) in order,
 * strictly. Messages are held as ISO 8859-1 text so that every byte survives unchanged into the
 * AuthMessage that both sides sign.
 */
final class ScramAttributes {
  private final String text;
  private int position;

  /** Refuses what is empty, too long, or contains a NUL. */
  ScramAttributes(byte[] message) throws ScramException {
    if (message.length == 0) {
      throw ScramException.malformed("the message is empty");
    }
    if (message.length > ScramLimits.MAX_MESSAGE_BYTES) {
      throw ScramException.malformed("the message has " + message.length + " bytes");
    }
    this.text = new String(message, StandardCharsets.ISO_8859_1);
    if (text.indexOf('\0') >= 0) {
      throw ScramException.malformed("the message contains a NUL");
    }
  }

  String text() {
    return text;
  }

  int position() {
    return position;
  }

  boolean atEnd() {
    return position == text.length();
  }

  /** The next character, or NUL at the end; NUL cannot occur in the text. */
  char peek() {
    return atEnd() ? '\0' : text.charAt(position);
  }

  char character() {
    char c = peek();
    if (!atEnd()) {
      position++;
    }
    return c;
  }

  void comma() throws ScramException {
    char c = character();
    if (c != ',') {
      throw ScramException.malformed("a comma was expected but found " + show(c));
    }
  }

  /** The value of the attribute that must come next. */
  String value(char name) throws ScramException {
    if (peek() != name) {
      throw ScramException.malformed(
          "attribute \"" + name + "\" was expected but found " + show(peek()));
    }
    return anyValue();
  }

  /** The value of whatever attribute comes next; {@link #peek()} tells its name. */
  String anyValue() throws ScramException {
    char name = character();
    if (!((name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z'))) {
      throw ScramException.malformed("an attribute was expected but found " + show(name));
    }
    char equals = character();
    if (equals != '=') {
      throw ScramException.malformed(
          "\"=\" was expected after attribute \"" + name + "\" but found " + show(equals));
    }
    return untilComma();
  }

  private String untilComma() throws ScramException {
    int comma = text.indexOf(',', position);
    String value = text.substring(position, comma < 0 ? text.length() : comma);
    position += value.length();
    if (comma >= 0) {
      position++;
      if (atEnd()) {
        throw ScramException.malformed("the message ends with a comma");
      }
    }
    return value;
  }

  /** Passes over the optional extensions at the end; a mandatory one ({@code m=}) is refused. */
  void skipExtensions() throws ScramException {
    while (!atEnd()) {
      refuseMandatoryExtension();
      anyValue();
    }
  }

  void refuseMandatoryExtension() throws ScramException {
    if (peek() == 'm') {
      throw ScramException.unsupported("a mandatory SCRAM extension is asked for");
    }
  }

  void end() throws ScramException {
    if (!atEnd()) {
      throw ScramException.malformed("garbage found at the end: " + show(peek()));
    }
  }

  /** Checks what RFC 5802 calls printable, and the length. */
  static String nonce(String value) throws ScramException {
    if (value.isEmpty() || value.length() > ScramLimits.MAX_NONCE_BYTES) {
      throw ScramException.malformed(
          "the nonce has "
              + value.length()
              + " bytes; 1 to "
              + ScramLimits.MAX_NONCE_BYTES
              + " are allowed");
    }
    if (!value.chars().allMatch(c -> c >= 0x21 && c <= 0x7e)) {
      throw ScramException.malformed("the nonce contains non-printable characters");
    }
    return value;
  }

  /** Strict base64: padding, canonical last digit, nothing else, and a length within bounds. */
  static byte[] base64(String name, String value, int minBytes, int maxBytes)
      throws ScramException {
    byte[] bytes = decoded(name, value);
    if (bytes.length < minBytes || bytes.length > maxBytes) {
      throw ScramException.malformed(
          name
              + " has "
              + bytes.length
              + " bytes; "
              + minBytes
              + " to "
              + maxBytes
              + " are allowed");
    }
    return bytes;
  }

  private static byte[] decoded(String name, String value) throws ScramException {
    try {
      byte[] bytes = Base64.getDecoder().decode(value);
      // The JDK's decoder lets missing padding and stray low bits pass.
      if (ScramHash.base64(bytes).equals(value)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw notBase64(name);
    }
    throw notBase64(name);
  }

  private static ScramException notBase64(String name) {
    return ScramException.malformed(name + " is not valid base64");
  }

  /** A peer's character, safe for a log line. */
  static String show(char c) {
    if (c == '\0') {
      return "the end of the message";
    }
    return c >= 0x21 && c <= 0x7e ? "\"" + c + "\"" : "0x%02x".formatted((int) c);
  }
}
