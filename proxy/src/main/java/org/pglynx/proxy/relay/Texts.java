package org.pglynx.proxy.relay;

/**
 * What of a statement is read or written as UTF-8, whatever the client's encoding is; and whether
 * the server could do the same, which knows all encodings.
 */
public enum Texts {
  /** Nothing, or it is seen to elsewhere. */
  ANY,
  /** The statement's text; its values are numbers. The server can do it. */
  STATEMENT,
  /** The statement's text and values. The server can do it. */
  VALUES,
  /** The statement's text and parameters. Nobody else can do it. */
  OWN_STATEMENT,
  /** The statement's text and values. Nobody else can do it. */
  OWN_VALUES
}
