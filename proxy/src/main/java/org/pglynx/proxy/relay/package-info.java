/**
 * The seam between a client's session and whatever answers it: upstreams that relay to a server,
 * statements that the proxy answers itself, and rewritten statements whose rows are transformed on
 * their way.
 */
@NullMarked
package org.pglynx.proxy.relay;

import org.jspecify.annotations.NullMarked;
