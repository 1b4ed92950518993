/**
 * Connections to servers: login, matching of replies against what was sent, and the proxy's own
 * conversations with a server.
 */
@NullMarked
package org.pglynx.proxy.backend;

import org.jspecify.annotations.NullMarked;
