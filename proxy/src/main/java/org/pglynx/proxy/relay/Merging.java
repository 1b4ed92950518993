package org.pglynx.proxy.relay;

/** How the answers of several servers to one execution become one answer. */
public interface Merging {}
