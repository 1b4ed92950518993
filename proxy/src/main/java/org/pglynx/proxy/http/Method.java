package org.pglynx.proxy.http;

/** What a request wants. HEAD is a GET whose answer has no body. */
public enum Method {
  GET,
  POST,
  PUT,
  DELETE
}
