/** What the process answers over HTTP. Who has something to show adds a route. */
@NullMarked
package org.pglynx.proxy.http;

import org.jspecify.annotations.NullMarked;
