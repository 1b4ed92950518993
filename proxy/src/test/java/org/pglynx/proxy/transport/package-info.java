/** Tests of the transports. */
@NullMarked
package org.pglynx.proxy.transport;

import org.jspecify.annotations.NullMarked;
