/**
 * A client's session: login, the relay of its frames, statements that the proxy answers itself, and
 * the registry by which cancel requests find it.
 */
@NullMarked
package org.pglynx.proxy.session;

import org.jspecify.annotations.NullMarked;
