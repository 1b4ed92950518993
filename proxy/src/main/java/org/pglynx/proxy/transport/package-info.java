/** Event loops and the choice of the native transport. */
@NullMarked
package org.pglynx.proxy.transport;

import org.jspecify.annotations.NullMarked;
