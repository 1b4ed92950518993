/** What may look at a statement before it is routed, and the closed set of what it may decide. */
@NullMarked
package org.pglynx.proxy.intercept;

import org.jspecify.annotations.NullMarked;
